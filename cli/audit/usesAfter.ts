import { SITES } from "../../provider/datadog/sites";
import type { AuditRecord, Finding } from "./auditReport";
import { leakText, usedAfterLeak, usedAfterReport } from "./leak";

/** The tokens of one stack that were used after they leaked, or else after they were reported, each once. */
export function usesAfter(records: readonly AuditRecord[]): Finding[] {
  return [...Map.groupBy(records, ({ tokenId }) => tokenId).values()].flatMap((same) => {
    const leaked = same.findLast((record) => usedAfterLeak(record) === true);
    if (leaked) return toFinding("usedAfterLeak", leaked, `Datadog found it leaked: ${leakText(leaked.snapshot)}`);
    const reported = same.findLast((record) => usedAfterReport(record) === true);
    return reported ? toFinding("usedAfterReport", reported, `it was reported: ${reported.reportedAt}`) : [];
  });
}

function toFinding(kind: Finding["kind"], record: AuditRecord, event: string): Finding {
  const { stack, resource, tokenId, snapshot, site } = record;
  const trail = appOf(site);
  const message =
    `it was last used at ${snapshot?.lastUsedAt}, after ${event}. ` +
    `See what its owner's credentials did since then, with this token or others: search the Audit Trail${trail === undefined ? "" : ` (https://${trail}/audit-trail)`}` +
    `${snapshot?.owner === undefined ? " for its owner's requests" : ` for ${queryOf(snapshot.owner)}`}`;
  return { kind, stack, resource, tokenId, message };
}

/** What an owner did, or an agent of Datadog's for that owner. A service account's `usr.id` may be its UUID. */
function queryOf({ id, handle }: { readonly id: string; readonly handle?: string }): string {
  const names = [...new Set([id, handle || id])].map((name) => JSON.stringify(name));
  const anyOf = names.length === 1 ? names[0] : `(${names.join(" OR ")})`;
  return `@evt.name:Request (@usr.uuid:${names[0]} OR @usr.id:${anyOf} OR @delegator.id:${anyOf})`;
}

/**
 * Where a site's pages are, which is not where its API is.
 *
 * @see https://docs.datadoghq.com/getting_started/site/
 */
function appOf(site: string | null): string | undefined {
  if (site === null || !SITES.includes(site)) return undefined;
  return site.split(".").length === 2 ? `app.${site}` : site;
}
