import type { TokenAddress } from "../datadog/client";
import { concurrently } from "./concurrently";
import { type LookUp, lookUpUnlisted } from "./lookUp";
import { lookUpMany } from "./lookUpMany";
import { addressOf, type RevocationRecord } from "./records";
import type { Session } from "./session";
import { notChecked } from "./wording";

/**
 * The records of many tokens with the status that Datadog gives them now. What cannot be seen is left as it stands, and
 * that is said.
 */
export async function presentRecords(
  session: Session,
  records: readonly RevocationRecord[],
  { serviceAccountId, concurrency }: { readonly serviceAccountId?: string | undefined; readonly concurrency: number },
): Promise<RevocationRecord[]> {
  const addressFor = (record: RevocationRecord): TokenAddress => addressOf({ ...record, serviceAccountId });
  const seen = await lookUpMany(session, records.map(addressFor), concurrency);
  return concurrently(records, concurrency, async (record): Promise<RevocationRecord> => {
    const now = seen.get(record.tokenId);
    const isUnlisted = now?.found === "gone" && record.status === "alive";
    return presentRecord(session, record, isUnlisted ? await lookUpUnlisted(session, addressFor(record)) : now);
  });
}

/** The same for one, of what was seen of it. */
export async function presentRecord(
  { messages }: Session,
  record: RevocationRecord,
  seen: LookUp | undefined,
): Promise<RevocationRecord> {
  if (seen?.found !== "unseen") return { ...record, status: seen?.found === "alive" ? "alive" : "revoked" };
  await messages.warnOnce(notChecked(record.tokenId, seen.why), "read");
  return record;
}
