import { askDatadog } from "./audit/askDatadog";
import { findBackend } from "./audit/backend";
import { collect } from "./audit/collect";
import { format } from "./audit/formats";
import { judge, narrow } from "./audit/judge";
import { readOptions } from "./audit/options";
import { Pulumi } from "./audit/pulumi";
import { selectStacks } from "./audit/selectStacks";
import type { Command } from "./command";
import { connect } from "./connect";
import { print, writeWhole } from "./output";
import { terminalWidth } from "./table";

/** A condition of `--fail-on` applies. */
const APPLIES = 1;
/** Something could not be read. */
const INCOMPLETE = 2;

/** Tells what was revoked, when, by whom and why, from the state and the history of stacks. */
export const audit: Command = {
  summary: "report what was revoked, when, by whom and why, from Pulumi's state and history",
  help: `Usage: pulumi-datadog-revocation audit [options]

Reports every revocation that the stacks of a project have recorded, one row each, with the deployment that did it.
Needs the pulumi command, and reads the backend that it is logged in to. Nothing is changed, no secret is decrypted.

What is read:
  --stack NAME      this stack; may be repeated (default: all of the project's)
  --project NAME    the stacks of this project (default: that of the folder)
  --cwd FOLDER      where the project is (default: here)

Which records are shown (of several values of one option, any will do):
  --since TIME      revoked at this time or later: 2026-11-24, or 2026-11-24T09:30:00Z
  --until TIME      revoked until then; a day counts whole
  --token ID        of this token: its id or public portion
  --owner WHO       of this owner: id or address
  --ticket TICKET   with this ticket
  --outcome WHAT    revoked, or alreadyRevoked

What Datadog says (credentials from the environment: DD_API_KEY and DD_APP_KEY, or DD_BEARER_TOKEN; DD_SITE or DD_HOST):
  --verify                ask whether any of them is alive
  --datadog-audit-trail   ask Datadog's Audit Trail who sent which DELETE; needs audit_logs_read

Output:
  --format FORMAT   table (default), json, csv, markdown or html
  --output FILE     write it there, whole or not at all
  --fail-on WHAT    end with status 1 if it applies to anything shown; may be repeated:
                    alreadyRevoked, unverified (not seen gone), slow:24h (longer from report to revocation),
                    pending (a killed run), failed, alive
  --help            show this

Exit status: 0 done, 1 a --fail-on applies, 2 something could not be read or done.
`,
  async run(args) {
    const options = readOptions(args);
    // Before the long work, what would end it.
    const session = options.verify || options.auditTrail ? await connect() : undefined;
    const pulumi = await Pulumi.find(options.folder);
    const backend = await findBackend(pulumi);
    const stacks = await selectStacks(backend, options.folder, options);
    const collected = await collect(openAll());
    const narrowed = narrow(collected.report, options.filter);
    const report = session ? await askDatadog(session, narrowed, collected.serviceAccounts, options) : narrowed;

    const text = await format(report, options.format, options.output === undefined ? terminalWidth() : undefined);
    if (options.output === undefined) await print(text);
    else await writeWhole(options.output, text);
    const applying = judge(report, options.failOn);
    for (const line of applying) process.stderr.write(`${line}\n`);
    if (report.findings.some(({ kind }) => kind === "unreadable")) {
      process.stderr.write("Not everything could be read: the report says what.\n");
      return INCOMPLETE;
    }
    return applying.length > 0 ? APPLIES : 0;

    async function* openAll() {
      for (const stack of stacks) yield await backend.open(stack);
    }
  },
};
