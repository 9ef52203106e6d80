import type { Command } from "../command";
import { CREDENTIALS_HELP, connect, STACK_OPTIONS } from "../connect";
import { type Options, oneOf, parseArguments } from "../options";
import { listFiles } from "./inputFiles";
import { LookedUp } from "./lookedUp";
import { FORMATS, newFormat } from "./occurrenceFormats";
import { Search } from "./search";

const OPTIONS = {
  format: {
    type: "string",
    default: "table",
    values: FORMATS,
    placeholder: "FORMAT",
    description:
      "table and json have one row for each place where a value stands, with file and line; yaml has one entry for each " +
      "token, to be appended to revocations.yaml",
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
whatever stands beside them, and inside JSON, URL, HTML and Markdown escapes and terminal colours. Of values that are cut,
masked, broken over lines or in base64, standard error tells the place, and the token's id where it can be known.`,
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

Exit status: 0 a whole value was found, 1 none was, 2 something could not be read or is compressed (the rest was searched),
or Datadog could not be asked.`,
  async run(args) {
    const { values, positionals } = parseArguments(args, OPTIONS);
    const name = oneOf("format", values.format, FORMATS);
    const where = { folder: values.cwd, stack: values.stack };
    const lookedUp = values["look-up"] ? new LookedUp(newFormat(name), (await connect(where)).session) : undefined;
    const search = new Search(lookedUp ?? newFormat(name));
    for (const path of positionals.length === 0 ? ["-"] : positionals) {
      if (path === "-") await search.visitStandardInput();
      else for (const entry of listFiles(Buffer.from(path))) await search.visit(entry);
    }
    await search.end();
    if (search.incomplete || lookedUp?.incomplete) return INCOMPLETE;
    return search.found ? FOUND : NONE_FOUND;
  },
};
