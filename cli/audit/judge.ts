import type { AuditedHistory, AuditedStack, AuditRecord, Finding } from "./auditReport";
import type { Condition } from "./conditions";
import { isUnreadable } from "./declared";
import { isAlive, isNotAsked, isUnverified, NEVER_SEEN, whyNotVerified, whyOutcomeOpen } from "./lastSeen";
import {
  type Answer,
  leastSecondsToRevoke,
  usedAfterLeak,
  usedAfterReport,
  whyLeakOpen,
  whyReportOpen,
  whyReportUnjudged,
} from "./leak";
import { cannotBeJudged } from "./reportSentences";

/** How a condition of `--fail-on` is judged. */
interface Gate {
  /** The records that it applies to. Without, it applies to the findings of its kind. */
  readonly applies?: (record: AuditRecord, limit: number) => boolean;
  /** Why it may apply to a record all the same; undefined: it can be judged. */
  readonly whyOpen?: (record: AuditRecord, limit: number) => string | undefined;
  /** What it asks of a token, where one of the token's records to which it asks the same is enough to tell. */
  readonly question?: (record: AuditRecord) => string;
  /** Whether a run that is under way leaves it open for its stack. */
  readonly isOpenDuringRun?: true;
  /** Whether it is asked also of records that are not in state any more; of `alive` only where Datadog tells. */
  readonly isOfRemoved: boolean | "verified";
}

const GATES: Readonly<Record<Condition["kind"], Gate>> = {
  alreadyRevoked: {
    applies: ({ outcome }) => outcome === "alreadyRevoked",
    whyOpen: whyOutcomeOpen,
    isOfRemoved: true,
  },
  unverified: {
    applies: (record) => isUnverified(record) && whyVerifiedOpen(record) === undefined,
    whyOpen: (record) => (isUnverified(record) ? whyVerifiedOpen(record) : undefined),
    isOfRemoved: true,
  },
  slow: {
    applies: isSlow,
    whyOpen: (record, limit) => (isSlow(record, limit) ? undefined : whyUntimed(record)),
    isOfRemoved: true,
  },
  pending: { isOpenDuringRun: true, isOfRemoved: false },
  failed: { isOpenDuringRun: true, isOfRemoved: false },
  alive: { whyOpen: whyAliveOpen, isOpenDuringRun: true, isOfRemoved: "verified" },
  usedAfterLeak: { ...usedAfter(usedAfterLeak), question: () => "" },
  usedAfterReport: { ...usedAfter(usedAfterReport), question: ({ reportedAt }) => reportedAt ?? "" },
};

/** The conditions that apply, each with how often: `"--fail-on slow:24h: applies to 3"`. */
export function judge({ records, findings }: AuditedHistory, conditions: readonly Condition[]): string[] {
  return conditions.flatMap((condition) => {
    const { applies } = GATES[condition.kind];
    const count = applies
      ? records.filter((record) => applies(record, limitOf(condition))).length
      : findings.filter(({ kind }) => kind === condition.kind).length;
    return count === 0 ? [] : [`--fail-on ${nameOf(condition)}: applies to ${count}`];
  });
}

/** The conditions that could not be judged of some record or stack, each with which: they may apply. */
export function unjudged({ records, findings, stacks }: AuditedHistory, conditions: readonly Condition[]): string[] {
  return conditions.flatMap((condition) => {
    const { whyOpen = () => undefined, question, isOpenDuringRun, isOfRemoved } = GATES[condition.kind];
    const answers = records.map((record) => ({
      tokenId: record.tokenId,
      why: whyOpen(record, limitOf(condition)),
      asked: question && `${record.tokenId} ${question(record)}`,
    }));
    const told = new Set(answers.filter(({ why }) => why === undefined).map(({ asked }) => asked));
    const ofRecords = answers.flatMap(({ tokenId, why, asked }) =>
      why === undefined || (asked !== undefined && told.has(asked)) ? [] : [`${tokenId} (${why})`],
    );
    const ofStacks = findings.flatMap((finding) => whyAllOpen(finding, isOpenDuringRun ?? false));
    const isAskedOfRemoved = isOfRemoved === "verified" ? records.some((each) => each.verification) : isOfRemoved;
    const ofRemoved = isAskedOfRemoved ? stacks.flatMap(whyRemovedOpen) : [];
    const open = [...new Set(ofStacks), ...ofRemoved, ...ofRecords];
    return open.length === 0 ? [] : [cannotBeJudged(`--fail-on ${nameOf(condition)}`, open)];
  });
}

/** What a finding leaves open, whatever the records say. */
function whyAllOpen({ kind, stack, tokenId }: Finding, isOpenDuringRun: boolean): string[] {
  if (kind === "unreadable") return [`${tokenId ?? `stack ${stack}`} (some of its data cannot be read)`];
  return kind === "underWay" && isOpenDuringRun ? [`stack ${stack} (a run is under way)`] : [];
}

/** That records may be missing which were removed from state. */
function whyRemovedOpen({ stack, removalsUnknown = [] }: AuditedStack): string[] {
  if (removalsUnknown.length === 0) return [];
  const by = `${removalsUnknown.length === 1 ? "deployment" : "deployments"} ${removalsUnknown.join(", ")}`;
  return [`stack ${stack} (records that ${by} may have removed cannot be shown)`];
}

function usedAfter(used: (record: AuditRecord) => Answer): Gate {
  return {
    isOfRemoved: true,
    applies: (record) => used(record) === true,
    whyOpen: (record) => {
      const answer = used(record);
      return typeof answer === "boolean" ? undefined : answer.why;
    },
  };
}

function whyStatusOpen({ unknown }: AuditRecord): string | undefined {
  return unknown.status === undefined ? undefined : `its status is ${unknown.status}`;
}

/** Why a record that does not say that the token was seen gone may be of one that was. */
function whyVerifiedOpen(record: AuditRecord): string | undefined {
  const { verification, verifiedAt, unknown } = record;
  if (verification) return whyNotVerified(record);
  if (isUnreadable(unknown.verifiedAt)) return `the time when it was seen gone is ${unknown.verifiedAt}`;
  return verifiedAt === null ? undefined : whyStatusOpen(record);
}

/** Why a token may be alive that does not count as such. Of one that is superseded the later record tells. */
function whyAliveOpen(record: AuditRecord): string | undefined {
  const { status, supersededBy, verification } = record;
  if (supersededBy || isAlive(record)) return undefined;
  if (verification) return whyNotVerified(record);
  if (status === "alive") return "Datadog still knew it when it was last asked, and its record was removed";
  return whyStatusOpen(record);
}

function isSlow(record: AuditRecord, limit: number): boolean {
  const seconds = record.secondsToRevoke ?? leastSecondsToRevoke(record);
  return seconds !== null && seconds > limit;
}

/** Why it may have taken longer than the record tells: of what this stack revoked, when it was reported or found leaked. */
function whyUntimed(record: AuditRecord): string | undefined {
  if (record.outcome !== "revoked") return whyOutcomeOpen(record);
  if (whyReportOpen(record) !== undefined) return record.unknown.secondsToRevoke ?? whyReportUnjudged(record);
  return whyReportUnjudged(record) ?? whyLeakOpen(record);
}

/** What could not be read or asked, a sentence each. */
export function unread({ records, findings }: AuditedHistory): string[] {
  const told = (count: number, sentence: (records: string) => string): string[] =>
    count === 0
      ? []
      : [`${sentence(`${count} ${count === 1 ? "record" : "records"}`)} The report says why beside each.`];
  const trails = records.flatMap(({ auditTrail }) => (auditTrail && !auditTrail.complete ? [auditTrail] : []));
  return [
    ...(findings.some(({ kind }) => kind === "unreadable")
      ? ["Some data could not be read. The report names it."]
      : []),
    ...told(
      records.filter(isVerificationOpen).length,
      (some) => `--verify could not tell for ${some} whether the token is alive.`,
    ),
    ...told(
      trails.filter(({ why }) => isNotAsked(why)).length,
      (some) => `The Audit Trail was not asked about ${some}.`,
    ),
    ...told(
      trails.filter(({ why }) => !isNotAsked(why)).length,
      (some) => `The Audit Trail could not be read whole for ${some}.`,
    ),
  ];
}

/** Datadog was not asked, or did not answer. What was never seen there was looked for. */
function isVerificationOpen(record: AuditRecord): boolean {
  return !record.supersededBy && whyNotVerified(record) !== undefined && record.verification?.why !== NEVER_SEEN;
}

function limitOf(condition: Condition): number {
  return condition.kind === "slow" ? condition.seconds : Number.NaN;
}

function nameOf(condition: Condition): string {
  return condition.kind === "slow" ? `slow:${condition.text}` : condition.kind;
}
