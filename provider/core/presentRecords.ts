import type { TokenAddress } from "../datadog/client";
import { concurrently } from "./concurrently";
import { lookUpUnlisted } from "./lookUp";
import { lookUpMany } from "./lookUpMany";
import { elsewhere } from "./place";
import { addressOf, type Recorded, type RevocationRecord } from "./records";
import type { Session } from "./session";
import { notChecked, notCheckedElsewhere } from "./wording";

/**
 * The records of many tokens with the status that Datadog gives them now. What cannot be seen, and what was recorded at
 * another place, is left as it stands, and that is said.
 */
export async function presentRecords(
  session: Session,
  recorded: readonly Recorded[],
  { serviceAccountId, concurrency }: { readonly serviceAccountId?: string | undefined; readonly concurrency: number },
): Promise<RevocationRecord[]> {
  const here: RevocationRecord[] = [];
  for (const each of recorded) {
    const other = await elsewhere(session, each);
    if (other) await session.messages.warnOnce(...notCheckedElsewhere(each.record.tokenId, other));
    else here.push(each.record);
  }
  const addressFor = (record: RevocationRecord): TokenAddress => addressOf({ ...record, serviceAccountId });
  const seen = await lookUpMany(session, here.map(addressFor), concurrency);
  return concurrently(recorded, concurrency, async ({ record }): Promise<RevocationRecord> => {
    let present = seen.get(record.tokenId);
    if (!present) return record;
    if (record.status === "alive") present = await lookUpUnlisted(session, addressFor(record), present);
    if (present.found !== "unseen") return { ...record, status: present.found === "alive" ? "alive" : "revoked" };
    await session.messages.warnOnce(notChecked(record.tokenId, present.why), "read");
    return record;
  });
}
