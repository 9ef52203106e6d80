import { redactTokenValues } from "../../provider/tokens/redact";
import { isUuid } from "../../provider/tokens/tokenIds";
import type { AuditedHistory, AuditRecord, Deployment, Finding } from "./auditReport";
import type { Lock, StackSource } from "./backends/stackSource";
import { notesOfActs } from "./declared";
import { evidenceOf, type StackEvidence } from "./evidence/stackEvidence";
import { inOrder } from "./inOrder";
import { isAlive, isNeverSeen } from "./lastSeen";
import { laterRecords } from "./laterRecords";
import { type Recovered, recover } from "./recover";
import { textOf } from "./storedValues";
import { toAuditRecord } from "./toAuditRecord";
import { usesAfter } from "./usesAfter";

/** A report, and what asking Datadog about its records takes besides. */
export interface Collected {
  readonly report: AuditedHistory;
  /** UUIDs of the service accounts that own tokens, where the record has them: part of the path of such a token. */
  readonly serviceAccounts: ReadonlyMap<AuditRecord, string>;
  /** The tokens that were seen where they were revoked, each with that place: some record of a stack says so. */
  readonly seenThere: ReadonlySet<string>;
  /** What was read for it. */
  readonly evidence: readonly StackEvidence[];
}

/** How many stacks are read at the same time: what takes time is waiting for a store's answers. */
export const STACKS_AT_ONCE = 8;

/** Reads stacks, and makes the report of them. */
export async function collect(sources: AsyncIterable<StackSource> | Iterable<StackSource>): Promise<Collected> {
  const stacks: AuditedHistory["stacks"][number][] = [];
  const records: AuditRecord[] = [];
  const findings: Finding[] = [];
  const projects = new Set<string>();
  const serviceAccounts = new Map<AuditRecord, string>();
  const seenThere = new Set<string>();
  const evidence: StackEvidence[] = [];
  for await (const { source, recovered, lock, hasRun } of inOrder(sources, STACKS_AT_ONCE, read)) {
    const { stack, project, backend, history, notes, damaged } = source;
    projects.add(project);
    evidence.push(evidenceOf(source));
    const later = laterRecords(recovered.records);
    const own: AuditRecord[] = [];
    for (const each of recovered.records) {
      const record = toAuditRecord(stack, each, later.get(each));
      own.push(record);
      if (!isNeverSeen(record)) seenThere.add(tokenAndPlace(record));
      const { owner } = record.snapshot ?? {};
      const account = owner?.type === "service_account" ? owner.id : textOf(each.last.resource.shared.serviceAccountId);
      if (account !== null && isUuid(account)) serviceAccounts.set(record, account);
      if (isAlive(record)) findings.push(stillAlive(record));
    }
    records.push(...own);
    findings.push(...usesAfter(own));
    const add = (kind: Finding["kind"], resource: string | null, tokenId: string | null, message: string): void => {
      const urn = resource && redactTokenValues(resource);
      findings.push({ kind, stack, resource: urn, tokenId, message: redactTokenValues(message) });
    };
    if (lock) add("underWay", null, null, underWay(lock));
    else if (hasRun)
      add(
        "underWay",
        null,
        null,
        "a run ended while this was read, so part of it may be missing: make the report again",
      );
    // What such a run has begun is not interrupted.
    const pending = lock ? [] : (recovered.state?.pending ?? []);
    for (const { urn, tokenId, message } of pending) add("pending", urn, tokenId, message);
    for (const { urn, tokenId, message } of recovered.state?.failures ?? []) {
      add("failed", urn, tokenId, `not revoked: ${message}. The next pulumi up tries again`);
    }
    const last = lastRun(source);
    if (last?.result === "failed") add("failed", null, null, unmended(last));
    else if (last && !RESULTS.includes(last.result)) add("unreadable", null, null, oddResult(last));
    for (const message of damaged) add("unreadable", null, null, message);
    for (const { resource, tokenId, message } of recovered.unreadable) add("unreadable", resource, tokenId, message);
    stacks.push({
      stack,
      backend,
      deployments: history.flatMap(({ deployment }) => deployment ?? []),
      notes: [...notes, ...notesOfActs(recovered.records)],
      ...(recovered.removalsUnknown.length > 0 && { removalsUnknown: recovered.removalsUnknown }),
    });
  }
  return {
    report: {
      project: [...projects].join(", "),
      stacks,
      records: records.toSorted(by(({ revokedAt, tokenId, stack }) => [revokedAt, tokenId, stack])),
      findings: findings.toSorted(
        by(({ stack, kind, resource, tokenId, message }) => [stack, kind, resource ?? "", tokenId ?? "", message]),
      ),
    },
    serviceAccounts,
    seenThere,
    evidence,
  };
}

async function read(
  source: StackSource,
): Promise<{ source: StackSource; recovered: Recovered; lock: Lock | undefined; hasRun: boolean }> {
  // A run may begin, or end, while the state is read.
  const before = await source.lock();
  const recovered = await recover(source);
  const lock = before ?? (await source.lock());
  return { source, recovered, lock, hasRun: (await source.hasRunSince?.()) ?? false };
}

/** A token, and where its record was made. */
export function tokenAndPlace({ tokenId, apiUrl, actor }: AuditRecord): string {
  return `${tokenId} ${apiUrl} ${actor?.organizationId}`.toLowerCase();
}

function stillAlive({ stack, resource, tokenId }: AuditRecord): Finding {
  const message = "Datadog was last seen to know this token still: pulumi up revokes it again";
  return { kind: "alive", stack, resource, tokenId, message };
}

function underWay({ by, since }: Lock): string {
  const who = by === null ? "" : ` by ${by}`;
  const when = since === null ? "" : ` since ${since}`;
  return (
    `a run is under way: the stack is locked${who}${when}. What it does is not all recorded yet: make the report again ` +
    "when it is done. If it was killed, run pulumi cancel, then pulumi up"
  );
}

/** The last deployment that may have revoked something. */
function lastRun({ history }: StackSource): Deployment | undefined {
  const last = history.findLast(({ deployment }) => deployment !== null && /^(update|destroy)$/.test(deployment.kind));
  return last?.deployment ?? undefined;
}

/** @see https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/updates.go */
const RESULTS = ["succeeded", "failed", "in-progress"];

function unmended({ version, kind }: Deployment): string {
  return `deployment ${version} (${kind}) failed, and none succeeded since: pulumi up tries again what it left`;
}

function oddResult({ version, kind, result }: Deployment): string {
  return `the result of deployment ${version} (${kind}) is ${JSON.stringify(result)}, which this version does not know`;
}

/** Sorts by several texts, the first that differ. */
export function by<T>(keys: (item: T) => readonly string[]): (one: T, other: T) => number {
  return (one, other) => {
    const others = keys(other);
    for (const [index, key] of keys(one).entries()) {
      const against = others[index] ?? "";
      if (key !== against) return key < against ? -1 : 1;
    }
    return 0;
  };
}
