import { CRITERIA_VALIDATORS, contradictions, type Exempt, type Where } from "../../provider/core/criteria";
import { warnOfSight } from "../../provider/core/rights";
import { countLine, selectAndDescribe, visible, warnOfUnjudged } from "../../provider/core/selection";
import { tokenTable } from "../../provider/core/tokenTable";
import { type ArgumentProblem, validate } from "../../provider/core/validators";
import { ALSO_A_SCOPE } from "../../provider/datadog/advice";
import type { Command } from "../command";
import { CREDENTIALS_HELP, connect, STACK_OPTIONS } from "../connect";
import { type Option, oneOf, parseOptions } from "../options";
import { print, printLines, terminalWidth } from "../output";
import { toJsonText } from "../safeJson";
import { UsageError } from "../usageError";

const FORMATS = ["table", "json"] as const;

/** An option that is an argument of a rule says which. */
interface RuleOption extends Option {
  readonly argument?: readonly ["where", keyof Where] | readonly ["exempt", keyof Exempt];
}

const criteria = {
  type: "string",
  group: "Criteria, all of which must hold (a DURATION is a whole number and s, m, h, d or w, like 90d)",
} as const;

const OPTIONS = {
  "owned-by": {
    ...criteria,
    multiple: true,
    argument: ["where", "ownedBy"],
    placeholder: "ID",
    description: "belongs to this user or service account; may be repeated for others",
  },
  kind: {
    ...criteria,
    multiple: true,
    argument: ["where", "kind"],
    placeholder: "KIND",
    description: "personal or service",
  },
  scopes: {
    ...criteria,
    multiple: true,
    argument: ["where", "scopes"],
    placeholder: "SCOPE",
    description: "has this scope; may be repeated for scopes that it must have too",
  },
  "name-pattern": {
    ...criteria,
    argument: ["where", "namePattern"],
    placeholder: "GLOB",
    description: "has a name that matches as a whole: * is any text, ? one character",
  },
  "unused-for": {
    ...criteria,
    argument: ["where", "unusedFor"],
    placeholder: "DURATION",
    description: "not used for so long; a token that was never used counts from its creation",
  },
  "older-than": {
    ...criteria,
    argument: ["where", "olderThan"],
    placeholder: "DURATION",
    description: "created longer ago than this",
  },
  "expires-after": {
    ...criteria,
    argument: ["where", "expiresAfter"],
    placeholder: "DURATION",
    description: "expires later than this from now, or never",
  },
  "never-expires": {
    ...criteria,
    type: "boolean",
    argument: ["where", "neverExpires"],
    description: "never expires",
  },
  leaked: {
    ...criteria,
    type: "boolean",
    argument: ["where", "leaked"],
    description: "was found leaked by Datadog itself",
  },
  "exempt-token-ids": {
    ...criteria,
    multiple: true,
    argument: ["exempt", "tokenIds"],
    placeholder: "ID",
    description: "not this token; may be repeated for others",
  },
  "exempt-names": {
    ...criteria,
    multiple: true,
    argument: ["exempt", "names"],
    placeholder: "NAME",
    description: "no token of exactly this name; may be repeated for others",
  },
  "exempt-owner-ids": {
    ...criteria,
    multiple: true,
    argument: ["exempt", "ownerIds"],
    placeholder: "ID",
    description: "no token of this owner; may be repeated for others",
  },
  format: {
    type: "string",
    default: "table",
    values: FORMATS,
    placeholder: "FORMAT",
    description: "json is an array, the oldest token first",
  },
  ...STACK_OPTIONS,
} as const satisfies Readonly<Record<string, RuleOption>>;

type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>;

/** The options that are arguments of a rule. */
const RULE_OPTIONS = Object.entries<RuleOption>(OPTIONS).flatMap(([option, { argument }]) =>
  argument ? [{ option: option as keyof Values, group: argument[0], name: argument[1] }] : [],
);

/** Milliseconds that the listing may take. */
const WITHIN = 300_000;

/** Lists access tokens. */
export const tokens: Command = {
  summary: "list access tokens, all of them or those that meet criteria",
  description: `Lists the organization's access tokens, personal ones and service accounts', as far as the credentials may see them:
owner, age, last use and expiry. Changes nothing. A TokenSweep with the same criteria is about the same tokens, except
the one that authenticates.`,
  options: OPTIONS,
  examples: ["--leaked", "--kind service --unused-for 90d", "--owned-by 11111111-2222-3333-4444-555555555555"],
  notes: `${CREDENTIALS_HELP}
They need the permission org_app_keys_read ${ALSO_A_SCOPE};
with user_app_keys alone they may see no more than their owner's own tokens. Service accounts' tokens need
service_account_write (Datadog's API specification), or org_app_keys_read and org_app_keys_write (its page on service
access tokens). Owners' names need user_access_read.

Exit status: 0, also when no token matches; 2 on an error. Standard error has the error, and the count.`,
  async run(args) {
    const options = parseOptions(args, OPTIONS);
    const format = oneOf("format", options.format, FORMATS);
    const criteria = readCriteria(options);
    const { session } = await connect({ folder: options.cwd, stack: options.stack });

    const list = await session.client.listTokens(WITHIN);
    const { selection, snapshots } = await selectAndDescribe(session, list.tokens, criteria);
    await warnOfUnjudged(session, list, criteria);
    await warnOfSight(session, list.tokens);
    if (format === "json") {
      await print(toJsonText(snapshots));
    } else if (snapshots.length > 0) {
      await printLines(await tokenTable(snapshots, { width: terminalWidth() }));
    }
    process.stderr.write(`${criteria.where || criteria.exempt ? countLine(selection) : visible(selection)}.\n`);
    return 0;
  },
};

function readCriteria(options: Values): { where?: Where; exempt?: Exempt } {
  const given: Record<"where" | "exempt", Record<string, unknown>> = { where: {}, exempt: {} };
  for (const { option, group, name } of RULE_OPTIONS) {
    const value = options[option];
    // A single value is no list, so that an error need not name a place in it.
    if (value !== undefined) given[group][name] = Array.isArray(value) && value.length === 1 ? value[0] : value;
  }
  const some = Object.fromEntries(Object.entries(given).filter(([, group]) => Object.keys(group).length > 0));
  const { values, problems } = validate(CRITERIA_VALIDATORS, some);
  const { where = {}, exempt } = values as { where?: Where; exempt?: Exempt };
  const [problem] = [...problems, ...contradictions(where, exempt)];
  if (problem) throw new UsageError(inOptions(problem));
  return values;
}

/** The problem in terms of options instead of arguments. */
function inOptions({ path, problem }: ArgumentProblem): string {
  const [group, name] = path.split(".");
  const optionOf = (group: string | undefined, name: string | undefined): string =>
    `--${RULE_OPTIONS.find((each) => each.group === group && each.name === name)?.option}`;
  const words = problem.replace(/\bexempt\.(\w+)/g, (_, other) => optionOf("exempt", other));
  return `${optionOf(group, name)} ${words}.`;
}
