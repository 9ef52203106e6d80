import { basename } from "node:path";
import { toJsonText } from "../../safeJson";
import { thisPackage } from "../../thisPackage";
import type { AuditReport } from "../auditReport";
import { digestOf } from "../backends/digest";
import type { StackEvidence } from "./stackEvidence";

/** @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

/** What every version of the predicate's type begins with. */
export const PREDICATE = "https://www.npmjs.com/package/pulumi-datadog-revocation/audit/";

/** Names what a predicate holds; never fetched. The number changes when an older release would misread the predicate. */
export const PREDICATE_TYPE = `${PREDICATE}v1`;

/** The subject where the report is in no file: its JSON, which the predicate holds. */
const INLINE = "audit.json";

/** An in-toto statement: that this report was made of these states and histories. Signed by others, if at all. */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  /** The report, in every format that was written. One of them is JSON, as `--format json` writes it of the predicate's report. */
  readonly subject: readonly Subject[];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: Predicate;
}

export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

export interface Predicate {
  readonly tool: { readonly name: string; readonly version: string };
  /** The statement before this one, by the digest of what `--format intoto` wrote; null: none was given. */
  readonly previous: { readonly sha256: string } | null;
  /** What was read, stack by stack, in the report's order. */
  readonly stacks: readonly StackEvidence[];
  readonly report: AuditReport;
}

/** A report that was written to a file. */
export interface WrittenReport {
  readonly file: string;
  readonly text: string;
}

/**
 * @param written the files that hold the report
 * @param previous the digest of the statement before
 */
export function toStatement(
  report: AuditReport,
  stacks: readonly StackEvidence[],
  written: readonly WrittenReport[],
  previous: string | undefined,
): Statement {
  const json = toJsonText(report);
  const inline = written.some(({ text }) => text === json) ? [] : [{ file: INLINE, text: json }];
  return {
    _type: STATEMENT_TYPE,
    subject: [...inline, ...written].map(({ file, text }) => ({
      name: basename(file),
      digest: { sha256: digestOf(text) },
    })),
    predicateType: PREDICATE_TYPE,
    predicate: {
      tool: thisPackage,
      previous: previous === undefined ? null : { sha256: previous },
      stacks,
      report,
    },
  };
}
