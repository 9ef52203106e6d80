import { resolve } from "node:path";
import type { Options } from "../../options";
import { UsageError } from "../../usageError";

const evidence = {
  group: "Evidence that can be checked later (--format intoto makes a statement, for others to sign: in-toto.io)",
} as const;

export const EVIDENCE_OPTIONS = {
  report: {
    ...evidence,
    type: "string",
    multiple: true,
    placeholder: "FILE",
    description:
      "write the report to this file too, as its ending says: .html, .json, .csv or .md; may be repeated. It is a subject " +
      "of the statement that --format intoto makes",
  },
  previous: {
    ...evidence,
    type: "string",
    placeholder: "FILE",
    description: "with --format intoto, the statement that this one follows; with --check, see that it does",
  },
  check: {
    ...evidence,
    type: "string",
    placeholder: "FILE",
    description:
      "instead of a report: compare what this statement says with what state and history hold now; also in a signed " +
      "envelope or a Sigstore bundle, whose signatures are not checked. Exit status: 0 as it was, or deployments ran " +
      "since, 1 something changed that only an edit changes, 2 something could not be compared",
  },
} as const satisfies Options;

/** What goes with `--check`. */
const WITH_CHECK = ["check", "previous", "cwd", "format", "output"];

/**
 * Demands that options are given which go together.
 *
 * @param values the options as they were parsed
 * @param format of the output
 * @throws UsageError
 */
export function demandFitting(
  values: Readonly<Record<string, unknown>> & {
    readonly report?: readonly string[] | undefined;
    readonly previous?: string | undefined;
    readonly check?: string | undefined;
    readonly output?: string | undefined;
  },
  format: string,
  definitions: Options,
): void {
  const { check, previous, output, report = [] } = values;
  if (check !== undefined) {
    const other = Object.keys(values).find(
      (name) => !WITH_CHECK.includes(name) && values[name] !== definitions[name]?.default,
    );
    if (other !== undefined) throw new UsageError(`--${other} does not go with --check: leave out one of the two.`);
    if (format !== "table" && format !== "json") throw new UsageError("--check takes --format table or json.");
  } else if (previous !== undefined && format !== "intoto") {
    throw new UsageError("--previous needs --format intoto or --check: add one of them.");
  }
  const files = [...report, ...(output === undefined ? [] : [output])].map((file) => resolve(file));
  if (new Set(files).size < files.length)
    throw new UsageError("--report and --output name the same file twice: give each a file of its own.");
}
