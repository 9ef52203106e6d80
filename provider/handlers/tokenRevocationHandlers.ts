import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { lastActIn } from "../core/acts";
import { REVOCATION_VALIDATORS, type Revocation, type RevocationArguments } from "../core/arguments";
import { guard } from "../core/guards";
import { whoAmI } from "../core/lookUp";
import { NotRevokedError } from "../core/notRevokedError";
import { compact, pick } from "../core/objects";
import { type Elsewhere, elsewhere } from "../core/place";
import {
  type Act,
  addressOf,
  isOtherPath,
  isUnverified,
  RECORD_FIELDS,
  type Recorded,
  type RevocationRecord,
  type Snapshot,
  type Status,
  wasNeverSeen,
  withoutLastUse,
  withSecrets,
} from "../core/records";
import { doneBefore, revoke, revokeOnce, seenBefore, verifyLater } from "../core/revoke";
import { warnOfRights } from "../core/rights";
import type { Run } from "../core/run";
import { ArgumentError, demandValid } from "../core/validators";
import {
  askedAgain,
  knownNoMore,
  notChecked,
  notCheckedElsewhere,
  notFound,
  notLookedUp,
  stillAlive,
} from "../core/wording";
import type { Actor } from "../datadog/client";
import { isAlive } from "../datadog/token";
import { sentence } from "../text/plainLine";
import type { TokenKind } from "../tokens/syntax";
import { UNKNOWN } from "../tokens/tokenIds";
import { checked, type Handlers, type Provided, splitUnknown } from "./checking";

/** What stands in the inputs: the arguments, and what `check` adds for the reviewer. */
interface Inputs extends RevocationArguments, Provided {
  readonly kind?: TokenKind | undefined;
  readonly status: Status;
  readonly snapshot?: Snapshot;
  readonly secretArguments?: readonly string[] | undefined;
}

/** What stands in state: the inputs, the record, and its act; where that was, and by whom, also by itself. */
type State = Inputs &
  Omit<RevocationRecord, "act"> & {
    readonly apiUrl?: string | undefined;
    readonly actor?: Actor | undefined;
    /** Absent in state of 0.1.0. */
    readonly act?: Act | undefined;
  };

const ARGUMENTS = Object.keys(REVOCATION_VALIDATORS) as (keyof RevocationArguments)[];

/** What the engine calls for a TokenRevocation. */
export function tokenRevocationHandlers(run: Run): Handlers {
  const { messages } = run;

  /**
   * Checks the arguments and shows the reviewer the token: adds `snapshot`, `kind` and `status` to the inputs, and judges
   * the guards by them. What was revoked already is not looked up again.
   */
  function check(olds: Partial<Inputs>, news: Partial<Inputs>): Promise<pulumi.dynamic.CheckResult> {
    return checked(news, async () => {
      const { __provider, kind, secretArguments, snapshot: _snapshot, status: _status, ...given } = news;
      const { known, unknown } = splitUnknown(given);
      const args = demandValid<Partial<RevocationArguments>>(REVOCATION_VALIDATORS, known);
      const { tokenId } = args;
      const inputs = { ...args, ...unknown, status: "revoked", secretArguments, __provider };

      // Named as unknown, they may differ at `up` without making a reviewed plan stale.
      if ("tokenId" in unknown || "serviceAccountId" in unknown) {
        return compact({ ...inputs, kind: UNKNOWN, snapshot: UNKNOWN });
      }
      if (tokenId === undefined) throw new ArgumentError("is missing", ["tokenId"]);

      const isSameToken = olds.tokenId === tokenId;
      const isRevoked =
        olds.status === "revoked" && !(olds.snapshot === undefined && isOtherPath(olds, { ...args, kind }));
      if (isSameToken && isRevoked) {
        return compact({ ...inputs, kind: olds.kind, snapshot: olds.snapshot });
      }
      const snapshot = await showToken({ ...args, tokenId, kind }, isSameToken ? olds : {});
      return compact({ ...inputs, kind: snapshot?.kind ?? kind, snapshot: snapshot && withoutLastUse(snapshot) });
    });
  }

  /** Looks the token up as far as it can be seen, says what cannot, and throws what a guard has against it. */
  async function showToken(revocation: Revocation, olds: Partial<Inputs>): Promise<Snapshot | undefined> {
    const { tokenId } = revocation;
    const session = await run.connect();
    if (!session) {
      await messages.warnOnce(notLookedUp(tokenId, run), run.noCredentials);
      return undefined;
    }
    const done = await doneBefore(session, tokenId);
    const { seen } = await guard(session, revocation, {
      seen: done && seenBefore(done),
      recorded: olds.snapshot,
    });
    if (seen.found === "alive") {
      await run.tokenLines.toRevoke(seen.snapshot);
      await warnOfRights(session, [seen.snapshot]);
      return seen.snapshot;
    }
    if (seen.found === "unseen") {
      await messages.warnOnce(`${tokenId}: its name and owner cannot be shown: ${seen.why}`);
      await warnOfRights(session, [revocation]);
      return undefined;
    }
    const who = await whoAmI(session);
    const text = olds.status === "alive" ? knownNoMore(session, who) : notFound(session, revocation, who, seen);
    await messages.warnOnce(`${tokenId}: ${text}`);
    return undefined;
  }

  /** Names what an edit changes. Only another token replaces. */
  async function diff(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.DiffResult> {
    if (olds.status === "alive") {
      await messages.warnOnce(`${olds.tokenId}: still alive when Datadog was last asked: pulumi up revokes it again`);
    }
    const changed = [...ARGUMENTS, "status" as const].filter((name) => !isDeepStrictEqual(olds[name], news[name]));
    const replaces = changed.filter((name) => name === "tokenId");
    const isNew = replaces.length > 0 || (wasNeverSeen(recordedIn(olds).record) && isOtherPath(olds, news));
    const isElsewhere = !isNew && (await showElsewhere(olds, news));
    return { changes: changed.length > 0 || isNew || isElsewhere, replaces };
  }

  /** Whether the record does not hold at this run's place; says so, and what is known of the token here. */
  async function showElsewhere(olds: State, news: Inputs): Promise<boolean> {
    const other = await soughtElsewhere(olds);
    if (!other) return false;
    await messages.warnOnce(`${olds.tokenId}: ${askedAgain(other)}`);
    const { known } = splitUnknown(news);
    // What a guard has against it, `up` says too, and does nothing.
    await showToken(known as Inputs, {}).catch((error) => messages.warnOnce(sentence(error)));
    return true;
  }

  /** Where the token was looked for and not found, if that was elsewhere. */
  async function soughtElsewhere(state: State): Promise<Elsewhere | undefined> {
    const recorded = recordedIn(state);
    const session = wasNeverSeen(recorded.record) ? await run.connectToCompare(state.tokenId) : undefined;
    return session && elsewhere(session, recorded);
  }

  /** Revokes. */
  async function create(inputs: Inputs): Promise<pulumi.dynamic.CreateResult> {
    const session = await run.connectToRevoke(inputs.tokenId);
    const recorded = await revokeOnce(session, inputs);
    await run.tokenLines.became(recorded);
    return { id: inputs.tokenId, outs: toState(inputs, recorded) };
  }

  /** Changes what is declared; asks Datadog only where the record does not settle the token, or is to be verified. */
  async function update(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.UpdateResult> {
    const previous = recordedIn(withSecrets(olds, news));
    const recorded = await settle(olds, news, previous);
    await run.tokenLines.became(recorded, previous);
    return { outs: toState(news, recorded) };
  }

  async function settle(olds: State, news: Inputs, previous: Recorded): Promise<Recorded> {
    const { tokenId, status } = olds;
    const isUnsettled =
      status === "alive" ||
      (wasNeverSeen(previous.record) && isOtherPath(olds, news)) ||
      (await soughtElsewhere(olds)) !== undefined;
    if (isUnsettled) return revoke(await run.connectToRevoke(tokenId), news, { previous });
    const isDue = isUnverified(previous.record) && news.verify !== false;
    const session = isDue ? await run.connectToVerify(tokenId) : undefined;
    return session ? verifyLater(session, news, previous) : previous;
  }

  /** Asks Datadog whether the token is still gone. What cannot be seen is left as it stands. */
  async function read(id: string, props: State): Promise<pulumi.dynamic.ReadResult> {
    const status = await presentStatus({ ...props, tokenId: id }).catch(async (error) => {
      await messages.warnOnce(notChecked(id, sentence(error)), "read");
      return props.status;
    });
    const { snapshot, ...inputs } = { ...pick(props, [...ARGUMENTS, "secretArguments", "kind", "snapshot"]), status };
    return {
      id,
      props: compact({ ...props, status }),
      inputs: compact({ ...inputs, snapshot: snapshot && withoutLastUse(snapshot) }),
    };
  }

  async function presentStatus(state: State): Promise<Status> {
    const session = await run.connectToLook();
    const other = await elsewhere(session, recordedIn(state));
    if (!other) return isAlive(await session.client.getToken(addressOf(state))) ? "alive" : "revoked";
    await messages.warnOnce(...notCheckedElsewhere(state.tokenId, other));
    return state.status;
  }

  /** Forgets the record. Nothing is sent: Datadog cannot restore a token. */
  async function forgetRecord(id: string, { status }: State): Promise<void> {
    const alive = status === "alive" ? " The token was alive when Datadog was last asked." : "";
    await messages.info(`${id}: removed from state only. Nothing was sent to Datadog and nothing is restored.${alive}`);
  }

  return { check, diff, create, update, read, delete: forgetRecord };
}

/** The record in state and its act; state of 0.1.0 tells who acted and where, and what was declared last. */
function recordedIn(state: State): Recorded {
  return { record: pick(state, RECORD_FIELDS), act: state.act ?? lastActIn(state) };
}

/** Joins inputs and record to what stands in state; fails the deployment, and is recorded, for a token still alive. */
function toState(inputs: Inputs, { record, act }: Recorded): State {
  const { apiUrl, actor } = act ?? {};
  const outs = compact({ ...inputs, ...record, kind: record.snapshot?.kind ?? inputs.kind, actor, apiUrl, act });
  if (record.status !== "alive") return outs;
  const reason = stillAlive(record.tokenId);
  // The engine records a failed resource by these three fields.
  throw Object.assign(new NotRevokedError(reason), { id: record.tokenId, properties: outs, reasons: [reason] });
}
