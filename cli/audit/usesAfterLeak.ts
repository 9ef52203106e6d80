import { SITES } from "../../provider/datadog/sites";
import type { AuditRecord, Finding } from "./auditReport";
import { leakText, usedAfterLeak } from "./leak";

/** The tokens of one stack that were used after they leaked, each once. */
export function usesAfterLeak(records: readonly AuditRecord[]): Finding[] {
  const used = records.filter((record) => usedAfterLeak(record) === true);
  return [...Map.groupBy(used, ({ tokenId }) => tokenId).values()].map((same) => toFinding(same.at(-1) as AuditRecord));
}

function toFinding({ stack, resource, tokenId, snapshot, site }: AuditRecord): Finding {
  const trail = appOf(site);
  const message =
    `it was last used at ${snapshot?.lastUsedAt}, after Datadog found it leaked: ${leakText(snapshot)}. ` +
    `See what its owner's credentials did since then, with this token or others: search the Audit Trail${trail === undefined ? "" : ` (https://${trail}/audit-trail)`}` +
    `${snapshot?.owner === undefined ? " for its owner's requests" : ` for ${queryOf(snapshot.owner)}`}`;
  return { kind: "usedAfterLeak", stack, resource, tokenId, message };
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
