import type { RecoveredRecord } from "./recover";
import type { StoredAct } from "./storedAct";
import { isSecret, textOf } from "./storedValues";

/** What stands in a cell, or why nothing does. */
export type Declared = { readonly text: string } | { readonly why: string };

/** Where nothing was given, ever. */
const NOT_GIVEN = "not given";
/** Where something was given after the act; what follows says what. */
const GIVEN_LATER = "given later";

/** As `textOf` shows one. */
export const SECRET = "(secret)";
/** Why nothing stands in a cell for which something is recorded. */
export const ODD = "recorded in a shape that this version does not know";

/** Whether a cell is empty because what is recorded cannot be read. */
export function isUnreadable(why: string | undefined): boolean {
  return why === SECRET || why === ODD;
}

/** Why nothing stands in a cell, in few words, for where there is no room for what was given. */
export function inShort(why: string | undefined): typeof NOT_GIVEN | typeof GIVEN_LATER | "not known" {
  if (why === undefined || why === NOT_GIVEN) return NOT_GIVEN;
  return why.startsWith(GIVEN_LATER) ? GIVEN_LATER : "not known";
}

/**
 * The act of a record. An act of 0.1.0 was made by a later run, from what was declared then: what an older state shows of
 * the deployment that revoked is nearer to the truth.
 */
export function actOf({ first, last, origin }: RecoveredRecord): StoredAct {
  if (first.act.fields) return first.act;
  const isExact = first.act.problem === undefined && origin.entry !== null && !origin.changedSince;
  if (!isExact && last.act.fields) return last.act;
  return first.act;
}

/** What was declared of a record when the token was revoked. */
export function declaredThen(recovered: RecoveredRecord, column: string): Declared {
  const { first, last, origin, givenBy } = recovered;
  const { fields: act } = actOf(recovered);
  const now = textOf(last.resource.shared[column]);
  if (!act && origin.changedSince) {
    return { why: `the resource was changed since; now ${now === null ? "none" : JSON.stringify(now)}` };
  }
  const [isSecretThen, isSecretNow] = [first, last].map(({ resource }) => isSecret(resource.shared[column]));
  // Acts hold no secrets: the engine would store them in plain there. The argument itself is one from the first sight on.
  const isAsThen = origin.entry !== null && !origin.changedSince;
  if (isSecretThen && (!act || act[column] !== undefined || isAsThen)) return { text: SECRET };
  if (isSecretThen) {
    return {
      why: `a secret is not kept with the act, so it is not known whether this one was declared then; now ${SECRET}`,
    };
  }
  const recorded = (act ?? first.resource.shared)[column];
  const then = textOf(recorded);
  // What was made a secret later is not to be told, either.
  if (then !== null) return { text: isSecretNow ? SECRET : then };
  if (recorded != null) return { why: ODD };
  if (now === null) return { why: NOT_GIVEN };
  const by = givenBy[column];
  const when = by ? `, deployment ${by.version}` : "";
  return { why: `${GIVEN_LATER}${when}: ${isSecretNow ? SECRET : JSON.stringify(now)}` };
}

/** Where an act cannot be read, a sentence for each reason. */
export function notesOfActs(records: readonly RecoveredRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const record of records) {
    const { problem } = actOf(record);
    if (problem !== undefined) counts.set(problem, (counts.get(problem) ?? 0) + 1);
  }
  return [...counts].map(
    ([problem, count]) =>
      `For ${count} ${count === 1 ? "record" : "records"} ${problem}: reason, ticket, requestedBy, reportedAt, actor and ` +
      "site are told by the oldest state that has the record",
  );
}
