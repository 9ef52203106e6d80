import { CRITERIA_VALIDATORS, contradictions, type Exempt, type Where } from "../provider/core/criteria";
import { countLine, select, visible } from "../provider/core/selection";
import { withHandles } from "../provider/core/tokenListing";
import { tokenTable } from "../provider/core/tokenTable";
import { type ArgumentProblem, validate } from "../provider/core/validators";
import type { Command } from "./command";
import { connect } from "./connect";
import { toJson } from "./json";
import { parseOptions } from "./options";
import { print } from "./output";
import { printLines, terminalWidth } from "./table";
import { UsageError } from "./usageError";

const OPTIONS = {
  "owned-by": { type: "string", multiple: true },
  kind: { type: "string", multiple: true },
  scopes: { type: "string", multiple: true },
  "name-pattern": { type: "string" },
  "unused-for": { type: "string" },
  "older-than": { type: "string" },
  "expires-after": { type: "string" },
  "never-expires": { type: "boolean" },
  "exempt-token-ids": { type: "string", multiple: true },
  "exempt-names": { type: "string", multiple: true },
  "exempt-owner-ids": { type: "string", multiple: true },
  format: { type: "string", default: "table" },
} as const;

type Options = ReturnType<typeof parseOptions<typeof OPTIONS>>;

/** Which argument of a rule each option is. */
const ARGUMENTS: readonly (
  | readonly [keyof Options, "where", keyof Where]
  | readonly [keyof Options, "exempt", keyof Exempt]
)[] = [
  ["owned-by", "where", "ownedBy"],
  ["kind", "where", "kind"],
  ["scopes", "where", "scopes"],
  ["name-pattern", "where", "namePattern"],
  ["unused-for", "where", "unusedFor"],
  ["older-than", "where", "olderThan"],
  ["expires-after", "where", "expiresAfter"],
  ["never-expires", "where", "neverExpires"],
  ["exempt-token-ids", "exempt", "tokenIds"],
  ["exempt-names", "exempt", "names"],
  ["exempt-owner-ids", "exempt", "ownerIds"],
];

/** Milliseconds that the listing may take. */
const WITHIN = 300_000;

/** Lists access tokens. */
export const tokens: Command = {
  summary: "list access tokens, all of them or those that a rule is about",
  help: `Usage: pulumi-datadog-revocation tokens [options]

Lists the organization's access tokens, personal ones and service accounts', as far as the credentials may see them:
whose they are, how old, last used when, and until when they are good. Nothing is changed. A TokenSweep with the same
criteria is about the same tokens, except the one that authenticates.

Criteria, of which all that are given must hold:
  --owned-by ID             belongs to this user or service account; again for others
  --kind KIND               personal or service
  --scopes SCOPE            has this scope; again for more that it must have too
  --name-pattern GLOB       its whole name: * is any text, ? one character
  --unused-for DURATION     not used for so long; never used counts from its creation
  --older-than DURATION     created longer ago than this
  --expires-after DURATION  expires later than this from now, or never
  --never-expires           never expires
  --exempt-token-ids ID     not this token; again for others
  --exempt-names NAME       no token of exactly this name; again for others
  --exempt-owner-ids ID     no token of this owner; again for others
A DURATION is a whole number and s, m, h, d or w, like 90d.

Options:
  --format FORMAT           table (default) or json: an array, the oldest token first
  --help                    show this

Credentials come from the environment: DD_API_KEY and DD_APP_KEY, or DD_BEARER_TOKEN; DD_SITE or DD_HOST says where. They
need the permission org_app_keys_read; with user_app_keys alone they may see no more than their owner's own tokens.
Exit status: 0, also when no token matches; 2 for an error, which stands on standard error, as does the count.
`,
  async run(args) {
    const options = parseOptions(args, OPTIONS);
    if (options.format !== "table" && options.format !== "json") throw new UsageError("--format takes table or json.");
    const criteria = readCriteria(options);
    const session = await connect();

    const selection = select(await session.client.listTokens(WITHIN), criteria);
    const { matches } = selection;
    const snapshots = await withHandles(
      session,
      matches.map(({ token }) => token),
    );
    if (options.format === "json") {
      await print(`${toJson(snapshots, 2)}\n`);
    } else if (matches.length > 0) {
      await printLines(await tokenTable(snapshots, { width: terminalWidth() }));
    }
    process.stderr.write(`${criteria.where || criteria.exempt ? countLine(selection) : visible(selection)}.\n`);
    return 0;
  },
};

function readCriteria(options: Options): { where?: Where; exempt?: Exempt } {
  const given: Record<"where" | "exempt", Record<string, unknown>> = { where: {}, exempt: {} };
  for (const [option, group, name] of ARGUMENTS) {
    const value = options[option];
    // One value stays one, so that an error needs to name no place in a list.
    if (value !== undefined) given[group][name] = Array.isArray(value) && value.length === 1 ? value[0] : value;
  }
  const some = Object.fromEntries(Object.entries(given).filter(([, group]) => Object.keys(group).length > 0));
  const { values, problems } = validate(CRITERIA_VALIDATORS, some);
  const [problem] = problems;
  if (problem) throw new UsageError(inOptions(problem));
  const criteria = values as { where?: Where; exempt?: Exempt };
  const [contradiction] = contradictions(criteria.where ?? {}, criteria.exempt);
  if (contradiction) throw new UsageError(inOptions(contradiction));
  return criteria;
}

/** What is wrong with an option, which is named instead of the argument. */
function inOptions({ path, problem }: ArgumentProblem): string {
  const [group, name] = path.split(".");
  const optionOf = (group: string | undefined, name: string | undefined): string =>
    `--${ARGUMENTS.find((each) => each[1] === group && each[2] === name)?.[0]}`;
  const words = problem.replace(/\bexempt\.(\w+)/g, (_, other) => optionOf("exempt", other));
  return `${optionOf(group, name)} ${words}.`;
}
