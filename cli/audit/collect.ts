import { redactTokenValues } from "../../provider/tokens/redact";
import { isUuid } from "../../provider/tokens/tokenIds";
import type { AuditRecord, AuditReport, Finding } from "./auditReport";
import { recover } from "./recover";
import type { StackSource } from "./stackSource";
import { textOf } from "./storedState";
import { toAuditRecord } from "./toAuditRecord";

/** A report, and what asking Datadog about its records takes besides. */
export interface Collected {
  readonly report: AuditReport;
  /** UUIDs of the service accounts that own tokens, where the record has them: part of the path of such a token. */
  readonly serviceAccounts: ReadonlyMap<AuditRecord, string>;
}

/** Reads stacks, one at a time, and makes the report of them. */
export async function collect(sources: AsyncIterable<StackSource> | Iterable<StackSource>): Promise<Collected> {
  const stacks: AuditReport["stacks"][number][] = [];
  const records: AuditRecord[] = [];
  const findings: Finding[] = [];
  const projects = new Set<string>();
  const serviceAccounts = new Map<AuditRecord, string>();
  for await (const source of sources) {
    const { stack, project, backend, history, notes, damaged } = source;
    projects.add(project);
    const recovered = await recover(source);
    for (const each of recovered.records) {
      const record = toAuditRecord(stack, each);
      records.push(record);
      const account =
        record.snapshot?.kind === "service"
          ? record.snapshot.owner.id
          : textOf(each.last.resource.shared.serviceAccountId);
      if (account !== null && isUuid(account)) serviceAccounts.set(record, account);
      if (!record.removed && record.status === "alive") findings.push(alive(record));
    }
    const add = (kind: Finding["kind"], resource: string | null, tokenId: string | null, message: string): void => {
      const urn = resource && redactTokenValues(resource);
      findings.push({ kind, stack, resource: urn, tokenId, message: redactTokenValues(message) });
    };
    for (const { urn, tokenId, message } of recovered.state?.pending ?? []) add("pending", urn, tokenId, message);
    for (const { urn, tokenId, message } of recovered.state?.failures ?? []) {
      add("failed", urn, tokenId, `not revoked: ${message}. The next pulumi up tries again`);
    }
    const failed = unmended(source);
    if (failed) add("failed", null, null, failed);
    for (const message of damaged) add("unreadable", null, null, message);
    for (const { resource, tokenId, message } of recovered.unreadable) add("unreadable", resource, tokenId, message);
    stacks.push({ stack, backend, deployments: history.flatMap(({ deployment }) => deployment ?? []), notes });
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
  };
}

function alive({ stack, resource, tokenId }: AuditRecord): Finding {
  const message = "Datadog was last seen to know this token still: pulumi up revokes it again";
  return { kind: "alive", stack, resource, tokenId, message };
}

/** A deployment that failed, and after which none succeeded. */
function unmended({ history }: StackSource): string | undefined {
  const last = history.findLast(({ deployment }) => deployment !== null && /^(update|destroy)$/.test(deployment.kind));
  if (last?.deployment?.result !== "failed") return undefined;
  return `deployment ${last.version} (${last.deployment.kind}) failed, and none succeeded since: pulumi up tries again what it left`;
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
