import type { TokenAddress } from "../datadog/client";
import { concurrently } from "./concurrently";
import { lookUpUnlisted } from "./lookUp";
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
    let present = seen.get(record.tokenId);
    if (present?.found === "gone" && present.byListing && record.status === "alive") {
      present = await lookUpUnlisted(session, addressFor(record));
    }
    if (present?.found !== "unseen") return { ...record, status: present?.found === "alive" ? "alive" : "revoked" };
    await session.messages.warnOnce(notChecked(record.tokenId, present.why), "read");
    return record;
  });
}
