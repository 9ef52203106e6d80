import type { RecoveredRecord } from "./recover";

/**
 * The next record of the same token, for each that has one: that one holds instead. For what is in state, one that is not
 * in state any more does not: it says nothing of today.
 */
export function laterRecords(records: readonly RecoveredRecord[]): Map<RecoveredRecord, RecoveredRecord> {
  const byToken = Map.groupBy(records, ({ first }) => first.tokenId);
  const later = new Map<RecoveredRecord, RecoveredRecord>();
  for (const same of byToken.values()) {
    const inOrder = same.toSorted((one, other) => timeOf(one) - timeOf(other));
    for (const record of inOrder) {
      const next = inOrder.find((other) => timeOf(other) > timeOf(record) && (record.removed || !other.removed));
      if (next) later.set(record, next);
    }
  }
  return later;
}

function timeOf({ first }: RecoveredRecord): number {
  return Date.parse(first.revokedAt);
}
