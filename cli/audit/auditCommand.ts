import { plainLine } from "../../provider/text/plainLine";
import type { Command } from "../command";
import { connect } from "../connect";
import { print, terminalWidth, writeWhole } from "../output";
import { toJsonText } from "../safeJson";
import { describeReport, timeOfReport } from "./about";
import { askDatadog } from "./askDatadog";
import { AUDIT_OPTIONS, readOptions } from "./auditOptions";
import { findBackend } from "./backends/backend";
import { collect, STACKS_AT_ONCE } from "./collect";
import { check } from "./evidence/checkCommand";
import { readStatement } from "./evidence/readStatement";
import { toStatement } from "./evidence/statement";
import { formatReport } from "./formatReport";
import { inOrder } from "./inOrder";
import { judge, unjudged, unread } from "./judge";
import { narrow } from "./narrow";
import { selectStacks } from "./selectStacks";

/** Exit status: a condition of `--fail-on` applies. */
const APPLIES = 1;
/** Exit status: something could not be read, or judged. */
const INCOMPLETE = 2;

/** Reports what was revoked, when, by whom and why, from the state and the history of stacks. */
export const audit: Command = {
  summary: "report what was revoked, when, by whom and why, from Pulumi's state and history",
  description: `Reports every revocation that the stacks of a project have recorded, one row each, with the deployment that did it.
Reads the backend that pulumi is logged in to. Changes nothing. Decrypts nothing but Datadog's keys in
the stack's configuration, and those only when it asks Datadog and the environment has none.`,
  options: AUDIT_OPTIONS,
  examples: [
    "",
    "--verify --output audit.html",
    "--all-projects --since 2026-11-01 --format json",
    "--fail-on slow:24h",
  ],
  notes: `Every report says when it was made: now, or at the time in SOURCE_DATE_EPOCH (seconds since 1970), with which the same
history gives the same bytes.

Exit status: 0 done, 1 a --fail-on condition applies, 2 something could not be read, judged or done.`,
  async run(args) {
    const options = readOptions(args);
    if (options.check !== undefined) return check(options.check, options);
    // What happens from here on may not be in the report.
    const madeAt = timeOfReport(process.env);
    const previous = options.previous === undefined ? undefined : await readStatement(options.previous);
    const backend = await findBackend(options.folder, process.env);
    const stacks = await selectStacks(backend, options.folder, options);
    const [stack, ...others] = stacks;
    const where = { folder: options.folder, stack: others.length === 0 ? stack?.full : undefined };
    // Before the long work: it may fail.
    const connected = options.verify || options.auditTrail ? await connect(where) : undefined;
    const isEvidence = options.format === "intoto";
    const collected = await collect(inOrder(stacks, STACKS_AT_ONCE, (stack) => backend.open(stack, isEvidence)));
    const narrowed = narrow(collected.report, options.filter);
    const { report: history, asked } = connected
      ? await askDatadog(connected, narrowed.report, collected, options)
      : { report: narrowed.report, asked: null };

    const missing = [...unjudged(history, options.failOn), ...narrowed.missing, ...unread(history)];
    const { filters } = options;
    const about = describeReport({ madeAt, filters, leftOut: narrowed.leftOut, asked, missing });
    const report = { about, ...history };
    const written = await Promise.all(
      options.reports.map(async ({ file, format }) => ({ file, text: await formatReport(report, format, undefined) })),
    );
    const text =
      options.format === "intoto"
        ? toJsonText(toStatement(report, collected.evidence, written, previous?.sha256))
        : await formatReport(report, options.format, options.output === undefined ? terminalWidth() : undefined);
    for (const each of written) await writeReport(each.file, each.text);
    if (options.output === undefined) await print(text);
    else await writeReport(options.output, text);
    const applying = judge(report, options.failOn);
    for (const line of [...applying, ...missing]) process.stderr.write(`${line}\n`);
    if (missing.length > 0) return INCOMPLETE;
    return applying.length > 0 ? APPLIES : 0;
  },
};

/** Says so, as nothing else shows at a terminal that there is a report now. */
async function writeReport(file: string, text: string): Promise<void> {
  await writeWhole(file, text);
  process.stderr.write(`Wrote ${plainLine(file)}.\n`);
}
