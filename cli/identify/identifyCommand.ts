import { REVOCATION_VALIDATORS } from "../../provider/core/arguments";
import { readsAsEntry } from "../../provider/core/ledgerText";
import { validate } from "../../provider/core/validators";
import { counted } from "../../provider/text/counts";
import { plainLine } from "../../provider/text/plainLine";
import type { Command } from "../command";
import { CREDENTIALS_HELP, connect, STACK_OPTIONS } from "../connect";
import { type Options, oneOf, parseArguments } from "../options";
import { printLines } from "../output";
import { UsageError } from "../usageError";
import type { Additions, LedgerFile } from "./addToLedger";
import { listFiles } from "./inputFiles";
import { LookedUp } from "./lookedUp";
import { namedTokens } from "./namedTokens";
import { Collected, type EntryFields, FORMATS, type Format, newFormat } from "./occurrenceFormats";
import { Search } from "./search";

const OPTIONS = {
  format: {
    type: "string",
    default: "table",
    values: FORMATS,
    placeholder: "FORMAT",
    description:
      "table and json have one row for each place where a value stands, with file and line; yaml has one entry for each " +
      "token, as in revocations.yaml",
  },
  "add-to": {
    type: "string",
    placeholder: "LEDGER",
    description:
      "add an entry for each token to this file, such as revocations.yaml, unless it lists the token already; a name without " +
      "a folder that is not in this folder is the project's",
  },
  token: {
    type: "string",
    multiple: true,
    placeholder: "TOKEN",
    description:
      "with --add-to: add this token too, given by its id or public portion; may be given several times, and without a FILE " +
      "nothing else is read then",
  },
  reason: { type: "string", placeholder: "TEXT", description: "why the tokens are revoked; goes into each entry" },
  ticket: { type: "string", placeholder: "TEXT", description: "where that was decided; goes into each entry" },
  "requested-by": { type: "string", placeholder: "TEXT", description: "who asked for it; goes into each entry" },
  "reported-at": {
    type: "string",
    placeholder: "TIME",
    description: "when the leak was reported, like 2026-11-24T09:30:00Z; goes into each entry",
  },
  "look-up": {
    type: "boolean",
    description:
      "ask Datadog whose each token is, when it was last used and whether it was found leaked; needs credentials, and the " +
      "output waits until everything is searched",
  },
  ...STACK_OPTIONS,
} as const satisfies Options;

const FOUND = 0;
const NONE_FOUND = 1;
const INCOMPLETE = 2;

/** Finds token values in any text, and prints the ids of their tokens. */
export const identify: Command = {
  summary: "find token values in files, folders or standard input, and print the tokens' ids",
  operands: "[FILE or FOLDER ...]",
  description: `Finds every whole token value (ddpat_… and ddsat_…) and prints the token's id. Works offline unless --look-up
is given, and prints no secret.
Without a FILE, or for -, it reads standard input. A FOLDER is read with all folders in it.

Values are found in any bytes: text in UTF-8, UTF-16 and UTF-32, binary files, databases, archives without compression;
whatever stands beside them, and inside JSON, URL, HTML and Markdown escapes and terminal colours. Of values that are
cut, masked, broken over lines or in base64, standard error tells the place, and the token's id where it can be known.`,
  options: OPTIONS,
  notes: `Compressed data is not unpacked, and in folders symbolic links and .git are skipped; standard error says which, and how
to search them: zcat < app.log.gz | npx --no pulumi-datadog-revocation identify
                git log -p --all | npx --no pulumi-datadog-revocation identify

With --look-up:
${CREDENTIALS_HELP}
They need the permission org_app_keys_read (user_app_keys for one's own tokens), and user_access_read for owners' names;
for a token or a scoped application key, also the scopes of the same names. Service accounts' tokens need
service_account_write (Datadog's API specification), or org_app_keys_read and org_app_keys_write (its page on service
access tokens). json then has each token's snapshot, null for one that Datadog does not show.

Exit status: 0 a whole value was found, 1 none was, 2 something could not be read or is compressed (the rest was
searched), or Datadog could not be asked.`,
  async run(args) {
    const { values, positionals } = parseArguments(args, OPTIONS);
    const name = oneOf("format", values.format, FORMATS);
    const ledgerPath = values["add-to"];
    if (ledgerPath !== undefined && args.some((arg) => /^--format(=|$)/.test(arg))) {
      throw new UsageError("Give --add-to or --format, not both: --add-to prints what it added.");
    }
    const fields = entryFields(values);
    if (Object.keys(fields).length > 0 && ledgerPath === undefined && name !== "yaml") {
      throw new UsageError("--reason, --ticket, --requested-by and --reported-at go with --add-to or --format yaml.");
    }
    const ledger = ledgerPath === undefined ? undefined : await findLedger(ledgerPath, values.cwd);
    const problems = ledger?.problems() ?? [];
    if (problems.length > 0) {
      say([...problems, "Correct these lines first. Nothing was searched, and the file is unchanged."]);
      return INCOMPLETE;
    }
    const named = namedTokens(values.token ?? [], fields);
    if (named.length > 0 && (!ledger || values["look-up"])) {
      throw new UsageError("--token goes with --add-to, and without --look-up.");
    }
    const where = { folder: values.cwd, stack: values.stack };
    const collected = new Collected();
    const format: Format = ledger ? collected : newFormat(name, fields);
    const lookedUp = values["look-up"] ? new LookedUp(format, (await connect(where)).session) : undefined;
    const search = new Search(lookedUp ?? format);
    for (const path of positionals.length === 0 && named.length === 0 ? ["-"] : positionals) {
      if (path === "-") await search.visitStandardInput();
      else for (const entry of listFiles(Buffer.from(path))) await search.visit(entry);
    }
    await search.end();
    const found = search.found || named.length > 0;
    if (ledger && found) {
      // Of a token that is both given and found, the entry with its place.
      const entries = [...named, ...collected.entries(fields)];
      const candidates = [...new Map(entries.map((entry) => [entry.tokenId, entry])).values()];
      await printLines(summary(ledger.name, await ledger.add(candidates)));
    }
    if (search.incomplete || lookedUp?.incomplete) return INCOMPLETE;
    return found ? FOUND : NONE_FOUND;
  },
};

/** Its code is loaded here, as it needs a parser of YAML, which takes longer to load than most files to search. */
function findLedger(path: string, folder: string): Promise<LedgerFile> {
  const { LedgerFile } = require("./addToLedger") as typeof import("./addToLedger");
  return LedgerFile.find(path, folder);
}

/** The options that an entry has as fields, checked as the arguments that they become. */
function entryFields(values: Readonly<Record<string, unknown>>): EntryFields {
  const given = {
    reason: values.reason,
    ticket: values.ticket,
    requestedBy: values["requested-by"],
    reportedAt: values["reported-at"],
  };
  const { values: valid, problems } = validate(REVOCATION_VALIDATORS, given);
  const [problem] = problems;
  if (problem) throw new UsageError(`${optionOf(problem.path)} ${problem.problem}.`);
  const odd = Object.entries(given).find(([, value]) => readsAsEntry(String(value)));
  if (odd) throw new UsageError(`${optionOf(odd[0])} reads as an entry of a ledger, "tokenId: …": write it otherwise.`);
  return valid;
}

/** `--reported-at` of `reportedAt`. */
function optionOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** How many tokens a line of the summary names: the ledger names all. */
const MOST_NAMED = 20;

function summary(name: string, { added, listed, created }: Additions): string[] {
  const ids = (some: readonly string[]): string => {
    const unnamed = some.length - MOST_NAMED;
    return `${some.slice(0, MOST_NAMED).join(", ")}${unnamed > 0 ? ` and ${counted(unnamed, "other")}` : ""}`;
  };
  return [
    ...(created ? [`Created ${name}.`] : []),
    ...(added.length > 0 ? [`Added ${counted(added.length, "token")} to ${name}: ${ids(added)}`] : []),
    ...(listed.length > 0
      ? [`Listed in ${name} already, entries unchanged: ${counted(listed.length, "token")}: ${ids(listed)}`]
      : []),
  ].map(plainLine);
}

function say(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${plainLine(line)}\n`).join(""));
}
