import { isDeepStrictEqual } from "node:util";
import type { LoggedRequest } from "pulumi-datadog-revocation/simulator";
import type { Entry, Fate, Prediction, Recorded } from "./prediction";
import type { Declaration, Run, TokenNumber } from "./program";
import type { Ran, Stored } from "./stack";
import { idOf, KINDS, nameOf, numberOf } from "./world";

/** What the model and the product disagree about. */
export class Disagreement extends Error {
  override readonly name = "Disagreement";
}

/** What was done so far. */
export const taken = { programs: 0, steps: 0, runs: 0, deletes: 0, skipped: 0 };

export type Predicted = Prediction & { readonly as: Declaration };
type Acted = Extract<Predicted, { does: "act" }>;

/** Compares a run with what was predicted of it. */
export class Judge {
  constructor(
    private readonly run: Run,
    private readonly before: ReadonlySet<TokenNumber>,
    private readonly after: ReadonlySet<TokenNumber>,
    private readonly requests: readonly LoggedRequest[],
    private readonly ran: Ran,
    private readonly olds: ReadonlyMap<string, Recorded>,
    private readonly storedBefore: ReadonlyMap<string, Stored>,
  ) {}

  /** @returns what is recorded from now on */
  judge(predictions: ReadonlyMap<string, Predicted>, state: ReadonlyMap<string, Stored>): Map<string, Recorded> {
    this.#judgeRequests(predictions);
    const all = [...predictions.values()];
    // A preview that refuses ends before anything is done.
    const isRefused = all.some(({ does }) => does === "refuse");
    const isVain = this.run === "preview" || (this.run === "up" && isRefused);
    const recorded = new Map<string, Recorded>();
    let fails = isRefused || (!isVain && all.some(({ does }) => does === "fail"));
    // What fails as a whole lets the engine begin nothing more.
    const stops = all.some((each) => each.does === "refuse" || each.does === "fail" || this.#failsAlone(each));

    for (const [name, predicted] of predictions) {
      const stored = state.get(name);
      const outcome = isVain ? undefined : this.#outcome(name, predicted, stored);
      const wrong = outcome && "wrong" in outcome ? outcome.wrong : undefined;
      if (outcome === undefined || "wrong" in outcome) {
        const isUntouched = isVain || stops || predicted.does !== "act";
        if (!isUntouched || !this.#isAsBefore(name, stored) || (predicted.does === "act" && this.#hasDied(predicted))) {
          this.#complain(name, predicted, stored, wrong);
        }
        const old = this.olds.get(name);
        if (old && stored) recorded.set(name, old);
        continue;
      }
      fails ||= outcome.fails;
      if (outcome.recorded) recorded.set(name, outcome.recorded);
    }
    if (this.ran.succeeded === fails) {
      throw new Disagreement(`${this.run} ${fails ? "succeeds" : "fails"}:\n${this.ran.printed}\n${show(predictions)}`);
    }
    for (const name of state.keys()) {
      if (predictions.has(name)) continue;
      const old = this.olds.get(name);
      // Removed at the end of a run that came so far.
      if (!old || this.run === "destroy" || (this.run.startsWith("up") && !fails))
        throw new Disagreement(`${name} is in state`);
      recorded.set(name, old);
    }
    return recorded;
  }

  /** Nothing is sent that was not asked for, and nothing more once Datadog accepted. */
  #judgeRequests(predictions: ReadonlyMap<string, Predicted>): void {
    const asked = new Set(
      [...predictions.values()].flatMap((each) =>
        each.does === "act"
          ? [...each.fates].flatMap(([token, fates]) => (fates.some(({ asked }) => asked) ? [token] : []))
          : [],
      ),
    );
    const accepted = new Set<TokenNumber>();
    const counts = new Map<TokenNumber, number>();
    for (const { method, path, status } of this.requests) {
      if (method === "GET") continue;
      taken.deletes++;
      const token = numberOf(path.split("/").at(-1) ?? "");
      const count = (counts.get(token) ?? 0) + 1;
      counts.set(token, count);
      const isWrong = method !== "DELETE" || !asked.has(token) || this.run === "preview" || this.run === "refresh";
      if (isWrong || accepted.has(token) || count > 4) {
        throw new Disagreement(`${this.run} sends ${method} ${path}, number ${count}\n${show(predictions)}`);
      }
      if (status === 204 || status === 404) accepted.add(token);
    }
    for (const token of KINDS.keys()) {
      if (this.before.has(token) !== this.after.has(token) && !counts.has(token))
        throw new Disagreement(`${nameOf(token)} died`);
    }
  }

  #failsAlone(predicted: Predicted): boolean {
    return (
      predicted.as.type === "revocation" && predicted.does === "act" && fatesOf(predicted).some(({ failed }) => failed)
    );
  }

  #isAsBefore(name: string, stored: Stored | undefined): boolean {
    return isDeepStrictEqual(stored?.outputs, this.storedBefore.get(name)?.outputs);
  }

  #hasDiedUnforeseen({ fates }: Acted): boolean {
    return [...fates].some(([token, each]) => each.every(({ alive }) => alive !== this.after.has(token)));
  }

  #hasDied({ fates }: Acted): boolean {
    return [...fates.keys()].some((token) => this.before.has(token) !== this.after.has(token));
  }

  /** What became of a resource: as predicted, or what is wrong. */
  #outcome(
    name: string,
    predicted: Predicted,
    stored: Stored | undefined,
  ): { wrong: string } | { fails: boolean; recorded: Recorded | undefined } | undefined {
    if (predicted.does === "nothing" && this.#isAsBefore(name, stored)) {
      return { fails: false, recorded: { ...(this.olds.get(name) as Recorded), as: predicted.as } };
    }
    if (predicted.does !== "act") return undefined;
    const { as, matched } = predicted;
    if (this.#failsAlone(predicted) && this.#isAsBefore(name, stored) && !this.#hasDiedUnforeseen(predicted)) {
      return { fails: true, recorded: this.olds.get(name) };
    }
    if (!stored) return { wrong: "it is not recorded" };
    const { reason } = stored.outputs as { reason?: string };
    if (reason !== as.reason) return { wrong: `the reason is ${reason}` };
    const found = read(stored, as);
    const entries = new Map<TokenNumber, Entry>();
    const failed: TokenNumber[] = [];
    for (const [token, fates] of predicted.fates) {
      const entry = found.entries.get(token);
      // A refresh leaves failures as they stand, whatever it sees of the token.
      const hasFailed = this.run !== "refresh" && found.failed.includes(token);
      const fate = fates.find(
        (each) =>
          isDeepStrictEqual(each.entry, entry) && each.failed === hasFailed && each.alive === this.after.has(token),
      );
      if (!fate) return { wrong: `${nameOf(token)} (${idOf(token)})` };
      if (fate.entry) entries.set(token, fate.entry);
      if (fate.failed) failed.push(token);
      if (fate.failed && !this.ran.printed.includes(idOf(token))) return { wrong: `nobody is told of ${idOf(token)}` };
    }
    const extra = [...found.entries.keys()].find((token) => !predicted.fates.has(token));
    if (extra !== undefined) return { wrong: `${nameOf(extra)} is recorded too` };
    if (matched && !isDeepStrictEqual(found.matched, matched)) return { wrong: "what is matched" };
    // A run that stopped before it came here leaves the record as it was declared before.
    const old = this.#isAsBefore(name, stored) ? this.olds.get(name) : undefined;
    return {
      fails: failed.length > 0,
      recorded: {
        as: old?.as ?? as,
        entries,
        failed: this.run === "refresh" ? found.failed : failed,
        matched: found.matched,
      },
    };
  }

  #complain(name: string, predicted: Predicted, stored: Stored | undefined, wrong = "what became of it"): never {
    throw new Disagreement(
      [
        `${this.run}: ${name}: ${wrong}`,
        `predicted ${show(new Map([[name, predicted]]))}`,
        `before    ${JSON.stringify(this.storedBefore.get(name)?.outputs)}`,
        `after     ${JSON.stringify(stored?.outputs)}`,
        `alive     before ${[...this.before]}, after ${[...this.after]}`,
        `requests  ${this.requests.map(({ method, path, status }) => `${method} ${path} ${status}`).join("\n          ")}`,
        `printed   ${this.ran.printed.replaceAll("\n", "\n          ")}`,
      ].join("\n"),
    );
  }
}

const fatesOf = (predicted: Predicted): readonly Fate[] =>
  predicted.does === "act" ? [...predicted.fates.values()].flat() : [];

function show(predictions: ReadonlyMap<string, Predicted>): string {
  return JSON.stringify([...predictions], (_, value) => (value instanceof Map ? [...value] : value));
}

interface Row {
  readonly tokenId: string;
  readonly outcome: Entry["outcome"];
  readonly status: Entry["status"];
  readonly verifiedAt?: string;
  readonly snapshot?: { readonly tokenId: string; readonly name: string };
}

/** What a resource's outputs say. */
function read({ outputs }: Stored, as: Declaration): Omit<Recorded, "as"> {
  const shape = outputs as unknown as Row & { records?: Row[]; failures?: Row[]; matched?: Row[] };
  const rows = as.type === "revocation" ? [shape] : (shape.records ?? []);
  const entries = rows.map(({ tokenId, outcome, status, verifiedAt, snapshot }): [TokenNumber, Entry] => {
    const token = numberOf(tokenId);
    const isOther = snapshot !== undefined && (snapshot.tokenId !== tokenId || snapshot.name !== nameOf(token));
    if (isOther) throw new Disagreement(`the snapshot of ${nameOf(token)} is another token's`);
    return [token, { outcome, status, verified: verifiedAt !== undefined, seen: snapshot !== undefined }];
  });
  const numbers = (some: readonly Row[] = []): TokenNumber[] =>
    some.map(({ tokenId }) => numberOf(tokenId)).sort((one, other) => one - other);
  return {
    entries: new Map(entries),
    failed: numbers(shape.failures),
    ...(shape.matched && { matched: numbers(shape.matched) }),
  };
}
