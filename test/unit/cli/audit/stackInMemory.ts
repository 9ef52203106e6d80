import type { AuditRecord, AuditReport } from "../../../../cli/audit/auditReport";
import type { StackSource } from "../../../../cli/audit/backends/stackSource";
import { collect } from "../../../../cli/audit/collect";
import { toHistoryEntry } from "../../../../cli/audit/historyEntry";
import { ABOUT } from "../../../support/auditSample";
import type { StackHistory } from "../../../support/stackHistory";

/** A stack in memory, which counts what was opened of it. */
export function sourceOf(history: StackHistory, keepsCheckpoints = true): StackSource & { opened: number[] } {
  const opened: number[] = [];
  return {
    stack: "shop/dev",
    project: "shop",
    backend: keepsCheckpoints ? "file" : "postgres",
    history: history.entries.map((entry, index) => toHistoryEntry(entry, index + 1)),
    damaged: [],
    notes: [],
    read: [],
    digest: async () => "",
    lock: async () => undefined,
    state: async () => history.checkpoint(),
    ...(keepsCheckpoints && {
      checkpoint: async ({ version }) => {
        opened.push(version);
        return history.checkpoints[version - 1];
      },
    }),
    opened,
  };
}

export async function reportOf(history: StackHistory, keepsCheckpoints = true): Promise<AuditReport> {
  return { about: ABOUT, ...(await collect([sourceOf(history, keepsCheckpoints)])).report };
}

/** The report's one record. */
export const only = ({ records }: AuditReport): AuditRecord => {
  expect(records).toHaveLength(1);
  return records[0] as AuditRecord;
};
