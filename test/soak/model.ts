/**
 * Datadog and a stack in a few rules, written from what the README promises and not from the code: what each resource's
 * record says after a run, and which tokens are dead. Where two ways of asking may see different things, all are given.
 */
import { isDeepStrictEqual } from "node:util";
import { type Entry, essence, type Fate, type Prediction, type Recorded, tokensOf } from "./prediction";
import {
  type Access,
  ALWAYS,
  type Batch,
  type Behaviour,
  type Declaration,
  OWN,
  type Revocation,
  type Sweep,
  type Terms,
  type TokenNumber,
  type Trouble,
} from "./program";
import { KINDS, kindOf } from "./world";

type Look = "alive" | "gone" | "unseen";

/** One run's Datadog, as the run's credentials meet it. */
export class Model {
  /** Whether a verification waits for a token that lives, for half a minute. */
  takesLong = false;
  /** What revocations and batches of the program are about: a sweep with old records of these may look before or after. */
  contested: ReadonlySet<TokenNumber> = new Set();

  constructor(
    private readonly alive: ReadonlySet<TokenNumber>,
    private readonly behaviour: Behaviour,
    private readonly access: Access,
    private readonly troubles: readonly Trouble[],
  ) {}

  /** What an `up` does to each resource of a program; `old` is what stands in state. */
  up(name: string, as: Declaration, old: Recorded | undefined): Prediction {
    if (as.type === "revocation") return this.revocation(as, old);
    return as.type === "sweep" ? this.sweep(as, old) : this.shard(name, as, old);
  }

  private revocation(as: Revocation, before: Recorded | undefined): Prediction {
    const old = before && (before.as as Revocation).token === as.token ? before : undefined;
    const entry = old?.entries.get(as.token);
    if (entry?.status !== "revoked") {
      const look = this.get(as.token, as.account);
      if (this.access !== "absent" && this.guarded(as.token, as, look, entry)) return { does: "refuse" };
      return this.access === "absent"
        ? { does: "fail" }
        : this.acts([[as.token, this.act(as.token, as, [look], entry)]]);
    }
    if (this.isSoughtElsewhere(as.token, entry, as, old?.as)) {
      if (this.access === "absent") return { does: "fail" };
      const look = this.get(as.token, as.account);
      if (this.guarded(as.token, as, look, undefined)) return { does: "refuse" };
      return this.acts([[as.token, this.actAgain(as.token, as, [look], entry)]]);
    }
    if (isDeepStrictEqual(essence(old?.as, ""), essence(as, ""))) return { does: "nothing" };
    const isDue = as.verify !== false && this.isDue(entry) && this.access !== "absent";
    return this.acts([[as.token, isDue ? this.verify(as.token, entry, old?.as) : this.keep(as.token, entry)]]);
  }

  /** The tokens of one first digit; `name` ends with it. */
  private shard(name: string, as: Batch, old: Recorded | undefined): Prediction {
    const tokens = tokensOf(name, as);
    const before = new Set(old && tokensOf(name, old.as as Batch));
    const [entries, failed] = [old?.entries ?? new Map<TokenNumber, Entry>(), new Set(old?.failed)];
    const isAlive = [...entries.values()].some(({ status }) => status === "alive");
    const [added, absent] = [tokens.filter((token) => !before.has(token)), this.access === "absent"];
    const asked = isAlive ? tokens : added;
    if (!absent && asked.length > 0 && this.runGuarded(asked, as)) return { does: "refuse" };
    const fates = tokens.map((token): [TokenNumber, readonly Fate[] | undefined] => {
      const entry = entries.get(token);
      if (this.isToRevoke(token, entry, as, old)) {
        // Shards share look-ups: which of the two ways is taken depends on what the others asked before.
        const looks = [...new Set([this.get(token), this.listed(token)])];
        const terms = { verify: false, ...as };
        const isSought = entry && this.isNeverSeen(entry);
        return [token, isSought ? this.actAgain(token, terms, looks, entry) : this.act(token, terms, looks, entry)];
      }
      // What failed, and is gone by a refresh, is seen to be gone.
      const isDue = failed.has(token) || (as.verify && this.isDue(entry as Entry));
      return [token, isDue ? this.verify(token, entry as Entry, as) : undefined];
    });
    const due = fates.flatMap(([token, fate]) => (fate ? [token] : []));
    // What is only verified is not guarded.
    const toRevoke = due.filter((token) => this.isToRevoke(token, entries.get(token), as, old));
    const isGuarded = toRevoke.length > 0 && this.runGuarded(toRevoke, as);
    if (due.length > 0 && (absent || isGuarded)) return { does: "fail" };
    const isSame = old && due.length === 0 && isDeepStrictEqual(essence(old.as, name), essence(as, name));
    if (isSame) return { does: "nothing" };
    return this.acts(fates.map(([token, fate]) => [token, fate ?? this.keep(token, entries.get(token) as Entry)]));
  }

  private sweep(as: Sweep, old: Recorded | undefined): Prediction {
    const isEdited = !old || !isDeepStrictEqual(old.as, as);
    if (this.access === "absent") return isEdited ? { does: "fail" } : { does: "nothing" };
    if (this.runGuarded([], as) || !this.mayList()) return { does: "refuse" };
    const isMatch = (token: TokenNumber): boolean => kindOf(token).group === as.group && token !== as.exempt;
    const matched = [...KINDS.keys()].filter((token) => isMatch(token) && this.listed(token) === "alive");
    if (as.enforce && matched.length > (as.fuse ?? 10)) return { does: "refuse" };
    const isNews = as.enforce
      ? matched.length > 0 || old?.failed.length !== 0
      : !isDeepStrictEqual(matched, old?.matched);
    if (!isEdited && !isNews) return { does: "nothing" };
    const fates = new Map<TokenNumber, readonly Fate[]>();
    for (const [token, entry] of old?.entries ?? []) {
      const isGone = this.listed(token) !== "alive" && this.lookOf(token, entry) === "gone";
      const kept = this.keep(token, isGone ? { ...entry, status: "revoked" } : entry);
      const dead = { ...entry, status: "revoked" } as const;
      const others = [entry, dead].flatMap((each) =>
        [true, false].map((alive) => ({ ...kept[0], entry: each, alive }) as Fate),
      );
      fates.set(token, this.contested.has(token) ? others : kept);
    }
    for (const token of old?.failed ?? []) {
      if (this.listed(token) !== "alive") fates.set(token, this.vanished(token, old as Recorded));
    }
    for (const token of as.enforce ? matched : []) {
      const entry = old?.entries.get(token);
      fates.set(token, this.act(token, {}, ["alive"], entry && { ...entry, status: "alive" }));
    }
    return { ...this.acts([...fates]), matched };
  }

  /** What a sweep makes of a token that failed and is not listed any more: perhaps only the answer was lost. */
  private vanished(token: TokenNumber, { entries, matched }: Recorded): Fate[] {
    const earlier = entries.get(token);
    const seen = earlier?.seen === true || matched?.includes(token) === true;
    const gone = { outcome: "alreadyRevoked", status: "revoked", verified: seen, seen } as const;
    const settled = this.keep(token, earlier ? { ...earlier, status: "revoked" } : gone);
    const failed = { entry: earlier, failed: true, alive: this.alive.has(token), asked: false };
    const fates = this.get(token, this.path(token, undefined, seen)) === "gone" ? settled : [failed];
    if (!this.contested.has(token)) return fates;
    return [...settled, failed].flatMap((fate) => [true, false].map((alive) => ({ ...fate, alive })));
  }

  /** What a refresh makes of each token's record. */
  refresh({ as, entries }: Recorded): Prediction {
    const looks = (token: TokenNumber, entry: Entry): readonly Look[] => {
      if (this.access === "absent") return ["unseen"];
      if (as.type === "sweep") return [this.lookOf(token, entry)];
      const path = this.path(token, as, entry.seen);
      return as.type === "batch" ? [this.get(token, path), this.lookOf(token, entry, as)] : [this.getAt(token, path)];
    };
    const present = (entry: Entry, look: Look): Entry =>
      look === "unseen" ? entry : { ...entry, status: look === "alive" ? "alive" : "revoked" };
    return this.acts(
      [...entries].map(([token, entry]) => [
        token,
        looks(token, entry).flatMap((look) => this.keep(token, present(entry, look))),
      ]),
    );
  }

  /** Revokes one token, which each of the looks may have shown. */
  private act(token: TokenNumber, as: Terms, looks: readonly Look[], old: Entry | undefined): Fate[] {
    return looks.flatMap((look): Fate | Fate[] => {
      const failed = { entry: old, failed: true, alive: this.alive.has(token), asked: false };
      if (this.guarded(token, as, look, old)) return failed;
      const seen = look === "alive" || old?.seen === true;
      const path = this.path(token, as, seen);
      const { status, lost, alive } = this.send(token, path);
      const fate = { failed: false, alive, asked: true };
      const gone = { outcome: "alreadyRevoked", status: "revoked", verified: false, seen: false } as const;
      if (status === "error") return { ...failed, alive, asked: true };
      if (status === 204) {
        const entry = { outcome: "revoked", status: "revoked", seen, verified: false } as const;
        if (as.verify === false || !this.seesGone(token, path)) return { ...fate, entry };
        // One that lingers may be seen by the verification itself, if that is quick enough.
        const isSeen = seen || !this.behaviour.lingers ? [seen] : [false, true];
        return isSeen.map((verified): Fate => ({ ...fate, entry: { ...entry, verified } }));
      }
      if (look === "alive" && lost) return { ...fate, entry: { ...gone, outcome: "revoked", verified: true, seen } };
      if (old) return { ...fate, entry: { ...old, status: "revoked", verified: old.verified || old.seen } };
      if (as.onNotFound === "fail") return { ...failed, alive, asked: true };
      return { ...fate, entry: { ...gone, verified: look === "alive", seen } };
    });
  }

  /** Whether a token was never seen, and was looked for by another path than now. */
  private isSoughtElsewhere(token: TokenNumber, entry: Entry, as: Terms, old: Terms | undefined): boolean {
    const isService = (each: Terms | undefined): boolean =>
      each?.byValue === true && typeof kindOf(token).owner === "number";
    return this.isNeverSeen(entry) && (as.account !== old?.account || (isService(as) && !isService(old)));
  }

  private isNeverSeen({ outcome, seen, verified, status }: Entry): boolean {
    return outcome === "alreadyRevoked" && !seen && !verified && status !== "alive";
  }

  /** Whether a batch has to revoke a token, and not merely to see that it is gone. */
  private isToRevoke(token: TokenNumber, entry: Entry | undefined, as: Batch, old: Recorded | undefined): boolean {
    if (!entry || entry.status === "alive") return true;
    const hasFailed = old?.failed.includes(token) === true && this.isNeverSeen(entry);
    return hasFailed || this.isSoughtElsewhere(token, entry, as, old?.as);
  }

  /** Revokes a token that such a record is of: as if there were none, but that it stays when that fails. */
  private actAgain(token: TokenNumber, as: Terms, looks: readonly Look[], entry: Entry): Fate[] {
    return this.act(token, as, looks, undefined).map((fate) => (fate.failed ? { ...fate, entry } : fate));
  }

  private acts(fates: readonly (readonly [TokenNumber, readonly Fate[]])[]): Prediction & { does: "act" } {
    return { does: "act", fates: new Map(fates) };
  }

  private keep(token: TokenNumber, entry: Entry): Fate[] {
    return [{ entry, failed: false, alive: this.alive.has(token), asked: false }];
  }

  private isDue({ outcome, verified, seen }: Entry): boolean {
    return outcome === "revoked" && !verified && seen;
  }

  private verify(token: TokenNumber, entry: Entry, as: Terms | undefined): Fate[] {
    const verified = this.seesGone(token, this.path(token, as, true));
    if (verified && this.alive.has(token)) this.takesLong = true;
    return this.keep(token, { ...entry, verified: entry.verified || (entry.seen && verified) });
  }

  /** The service account by whose path a token goes, as far as that is known. */
  private path(token: TokenNumber, as: Terms | undefined, seen: boolean): 0 | 1 | undefined {
    const { owner } = kindOf(token);
    // Whose a token is that was seen, is known better than what is declared.
    if (seen) return typeof owner === "number" ? owner : undefined;
    return as?.account;
  }

  private guarded(token: TokenNumber, as: Terms, look: Look, old: Entry | undefined): boolean {
    const { owner } = kindOf(token);
    if (this.runGuarded([token], as)) return true;
    if (look === "alive") return as.name === "wrong" || (as.account !== undefined && as.account !== owner);
    if (look === "unseen" && as.name !== undefined) return true;
    // By whose path it goes must be known.
    return as.account === undefined && as.byValue === true && typeof owner === "number" && !old?.seen;
  }

  private runGuarded(tokens: readonly TokenNumber[], as: Terms): boolean {
    if (this.access === "token" && tokens.includes(OWN) && !as.allowSelf) return true;
    if (as.organization === undefined) return false;
    return as.organization === "wrong" || !this.isSomebody() || this.always("who");
  }

  /** Datadog's answer to a DELETE, with retries. */
  private send(
    token: TokenNumber,
    account: 0 | 1 | undefined,
  ): { status: 204 | 404 | "error"; lost: boolean; alive: boolean } {
    const trouble = this.troubleOf("DELETE", token);
    const alive = this.alive.has(token);
    const answer = this.answer(token, account);
    const lost = trouble === "lost" || trouble === "lost503";
    if (trouble === "alwaysLost") return { status: "error", lost: true, alive: alive && answer !== 204 };
    if (answer === 403 || (trouble && isAlways(trouble))) return { status: "error", lost: false, alive };
    const again = lost && answer === 204 && !this.behaviour.again204 ? 404 : answer;
    return { status: again, lost, alive: alive && answer !== 204 };
  }

  private answer(token: TokenNumber, account: 0 | 1 | undefined): 204 | 403 | 404 {
    const { owner } = kindOf(token);
    if (account !== undefined) {
      if (!this.may("all", "token", "ownAndRevoke", "revokeOnly")) return 403;
      return owner === account && this.alive.has(token) ? 204 : 404;
    }
    if (!this.may("all", "token", "own", "ownAndRevoke", "revokeOnly")) return 403;
    if (typeof owner === "number" || !this.alive.has(token)) return 404;
    return owner === "own" || !this.may("own") ? 204 : 403;
  }

  /** One token's GET, and where that does not know it, the listing. */
  private get(token: TokenNumber, account?: 0 | 1): Look {
    const look = this.getAt(token, account);
    return look === "gone" && this.listed(token) === "alive" && account !== kindOf(token).owner ? "alive" : look;
  }

  private getAt(token: TokenNumber, account?: 0 | 1): Look {
    const { owner } = kindOf(token);
    if (this.always("GET", token)) return "unseen";
    if (account !== undefined) {
      if (!this.may("all", "token", "readOnly")) return "unseen";
      return owner === account && this.alive.has(token) ? "alive" : "gone";
    }
    if (!this.may("all", "token", "own", "ownAndRevoke", "readOnly")) return "unseen";
    if (!this.alive.has(token) || (typeof owner === "number" && this.behaviour.strict)) return "gone";
    return owner === "own" || this.may("all", "token", "readOnly") ? "alive" : "unseen";
  }

  /** Whether a GET after the revocation says that the token is not there. */
  private seesGone(token: TokenNumber, account: 0 | 1 | undefined): boolean {
    if (this.always("GET", token) || (token === OWN && this.access === "token")) return false;
    return account === undefined
      ? this.may("all", "token", "own", "ownAndRevoke", "readOnly")
      : this.may("all", "token", "readOnly");
  }

  private mayList(): boolean {
    return !this.always("list") && this.may("all", "token", "own", "ownAndRevoke", "readOnly");
  }

  private listed(token: TokenNumber): Look {
    if (!this.mayList()) return "unseen";
    const isVisible = kindOf(token).owner === "own" || this.may("all", "token", "readOnly");
    return this.alive.has(token) && isVisible ? "alive" : "gone";
  }

  /** What the listing says; of a token that was alive, and that it may hide, its own path. */
  private lookOf(token: TokenNumber, { status, seen }: Entry, as?: Batch): Look {
    const look = this.listed(token);
    return look === "gone" && status === "alive" ? this.get(token, this.path(token, as, seen)) : look;
  }

  private isSomebody(): boolean {
    return this.access === "token" ? this.alive.has(OWN) : this.access !== "foreign" && this.access !== "absent";
  }

  private may(...access: Access[]): boolean {
    return this.isSomebody() && access.includes(this.access);
  }

  private troubleOf(on: Trouble["on"], token?: TokenNumber): Trouble["kind"] | undefined {
    return this.troubles.find(
      (each) => each.on === on && (each.token === undefined || on === "list" || on === "who" || each.token === token),
    )?.kind;
  }

  private always(on: Trouble["on"], token?: TokenNumber): boolean {
    const kind = this.troubleOf(on, token);
    return kind !== undefined && isAlways(kind);
  }
}

const isAlways = (kind: Trouble["kind"]): boolean => (ALWAYS as readonly string[]).includes(kind);
