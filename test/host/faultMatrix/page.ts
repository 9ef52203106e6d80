import { type Case, type Duration, MOMENTS, type Moment, type ResourceName } from "./faults";
import type { Result } from "./strike";

/** What became of a token, and how many requests that took at most. */
export interface Outcome {
  readonly claim: Claim;
  readonly requests: number | undefined;
}

/** What is claimed of a token, from the strongest to the weakest; then the errors. */
const CLAIMS = ["verified", "unverified", "never seen", "gone before", "still alive"] as const;
const ERRORS = ["doubtful", "not revoked", "not listed"] as const;
type Claim = (typeof CLAIMS)[number] | (typeof ERRORS)[number];

export function outcomeOf({ record, error, requests }: Result): Outcome {
  return { claim: record ? claimOf(record) : errorOf(error ?? ""), requests };
}

function claimOf({ status, outcome, verifiedAt, snapshot }: NonNullable<Result["record"]>): Claim {
  if (status === "alive") return "still alive";
  if (outcome !== "revoked") return "gone before";
  if (verifiedAt !== undefined) return "verified";
  return snapshot === undefined ? "never seen" : "unverified";
}

function errorOf(error: string): Claim {
  if (error.includes("outcome unknown")) return "doubtful";
  return error.includes("cannot be listed") ? "not listed" : "not revoked";
}

/**
 * Whether one claims less than another, or is another error: on a slow machine an answer may come too late, and less is
 * seen or done. That an error is true is demanded of each.
 */
export function claimsLess({ claim }: Outcome, than: Outcome): boolean {
  const rank = (each: Claim): number => (CLAIMS as readonly string[]).indexOf(each);
  return rank(claim) < 0 || (rank(than.claim) >= 0 && rank(claim) > rank(than.claim));
}

/** The page tells the requests roughly: some depend on how fast a machine is. */
const BOUNDS = [5, 10, 20, 50, 100, 250, 500];

/** @param most how many there can be, where that is known; else what was seen is taken three times */
export function written({ claim, requests }: Outcome, most = 3 * (requests ?? 0) + 5): Outcome {
  return { claim, requests: requests === undefined ? undefined : BOUNDS.find((each) => each >= most) };
}

const inWords = ({ claim, requests }: Outcome): string => (requests === undefined ? claim : `${claim} ≤${requests}`);

function parse(text: string): Outcome | undefined {
  const [, claim, requests] = /^([a-z ]+?)(?: ≤(\d+))?$/.exec(text) ?? [];
  if (claim === undefined) return undefined;
  return { claim: claim as Claim, requests: requests === undefined ? undefined : Number(requests) };
}

export const keyOf = ({ resource, fault, moment, duration }: Case): string =>
  [resource, fault, moment, duration].join("|");

/** A table: rows that say the same are one. */
interface Table {
  readonly title: string;
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  cell(row: string, column: string): string;
}

/** By what they have in common, in the order in which that comes up first. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

const NO_CASE = "–";
const BREAK = "<br>";

function format({ title, corner, columns, rows, cell }: Table): string {
  const grouped = groupBy(rows, (row) => columns.map((column) => cell(row, column)).join(" | "));
  return [
    `## ${title}`,
    "",
    `| ${[corner, ...columns].join(" | ")} |`,
    `|${"---|".repeat(columns.length + 1)}`,
    ...[...grouped].map(([cells, its]) => `| ${its.map(escaped).join(BREAK)} | ${cells} |`),
  ].join("\n");
}

const escaped = (text: string): string => text.replaceAll("<", "&lt;");

/** Reads a table of the page again: what stands in a row's column. */
function read(page: string, title: string, columns: readonly string[]): (row: string, column: string) => string {
  const section = page.split(`## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").map((line) => line.replace(/^\| | \|$/g, "").split(" | "));
  return (row, column) => {
    const found = rows.find(([names]) => names?.split(BREAK).includes(escaped(row)));
    return found?.[columns.indexOf(column) + 1] ?? "";
  };
}

/** What the page says, case by case. */
export interface Contents {
  /** By {@link keyOf}. */
  readonly struck: ReadonlyMap<string, Outcome>;
  /** By name and resource, with a bar between. */
  readonly lasting: ReadonlyMap<string, Outcome>;
  /** What the user reads of each fault. */
  readonly words: ReadonlyMap<string, string>;
}

/** What the page is about. */
export interface Subjects {
  readonly cases: readonly Case[];
  readonly lasting: readonly { readonly name: string; readonly resource: ResourceName }[];
}

const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)];
const columnsOf = (cases: readonly Case[]): Moment[] =>
  MOMENTS.filter((each) => cases.some(({ moment }) => moment === each));
const LASTING_TITLE = "What lasts";
const WORDS_TITLE = "What the user reads";
const WORDS_COLUMN = "error";

export function formatPage({ cases, lasting }: Subjects, contents: Contents, command: string): string {
  const cellOf = (resource: ResourceName, fault: string, moment: Moment): string => {
    const at = (duration: Duration) => contents.struck.get(keyOf({ resource, fault, moment, duration }));
    const [once, forEver] = [at("once"), at("for ever")];
    if (!once || !forEver) return NO_CASE;
    if (once.claim === forEver.claim) return inWords((once.requests ?? 0) > (forEver.requests ?? 0) ? once : forEver);
    return `once ${inWords(once)}; for ever ${inWords(forEver)}`;
  };
  const tables = distinct(cases.map(({ resource }) => resource)).map((resource): Table => {
    const its = cases.filter((each) => each.resource === resource);
    return {
      ...{ title: resource, corner: "fault", columns: columnsOf(its), rows: distinct(its.map(({ fault }) => fault)) },
      cell: (fault, column) => cellOf(resource, fault, column as Moment),
    };
  });
  const lasts = (name: string, resource: string): string => {
    const outcome = contents.lasting.get(`${name}|${resource}`);
    return outcome ? inWords(outcome) : NO_CASE;
  };
  const [columns, rows] = [
    distinct(lasting.map(({ resource }) => resource)),
    distinct(lasting.map(({ name }) => name)),
  ];
  const words = { title: WORDS_TITLE, corner: "fault", columns: [WORDS_COLUMN], rows: [...contents.words.keys()] };
  tables.push({ title: LASTING_TITLE, corner: "what", columns, rows, cell: lasts });
  tables.push({ ...words, cell: (fault) => contents.words.get(fault) ?? "" });
  return `${introduction(command)}\n\n${tables.map(format).join("\n\n")}\n`;
}

export function parsePage(page: string, { cases, lasting }: Subjects, faults: readonly string[]): Contents {
  const struck = cases.flatMap((each): [string, Outcome][] => {
    const columns = columnsOf(cases.filter(({ resource }) => resource === each.resource));
    const text = read(page, each.resource, columns)(each.fault, each.moment);
    const [, once = text, forEver = text] = /^once (.*); for ever (.*)$/.exec(text) ?? [];
    const outcome = parse(each.duration === "once" ? once : forEver);
    return outcome ? [[keyOf(each), outcome]] : [];
  });
  const resources = distinct(lasting.map(({ resource }) => resource));
  const lasts = lasting.flatMap(({ name, resource }): [string, Outcome][] => {
    const outcome = parse(read(page, LASTING_TITLE, resources)(name, resource));
    return outcome ? [[`${name}|${resource}`, outcome]] : [];
  });
  const words = faults.map((fault): [string, string] => [
    fault,
    read(page, WORDS_TITLE, [WORDS_COLUMN])(fault, WORDS_COLUMN),
  ]);
  return { struck: new Map(struck), lasting: new Map(lasts), words: new Map(words) };
}

function introduction(command: string): string {
  return `# Reliability

What becomes of a token under each fault, at each moment of a run. After an error, run \`pulumi up\` again: it does what was
not done.

| word | what is recorded | what the user reads |
|---|---|---|
| verified | \`outcome: "revoked"\`, \`verifiedAt\` | – |
| unverified | \`outcome: "revoked"\` without \`verifiedAt\`: Datadog accepted it, and the token was not seen gone | a warning with the reason |
| never seen | the same without \`snapshot\`: the token could not be looked up before either | a warning with the reason |
| still alive | \`outcome: "revoked"\`, \`status: "alive"\`; the next \`pulumi up\` revokes again | an error |
| doubtful | nothing; in a batch or a sweep the token stands under \`failures\` | an error: outcome unknown, run pulumi up again |
| not revoked | nothing; in a batch or a sweep the token stands under \`failures\` | an error: not revoked, why, and what to do |
| not listed | nothing, and nothing is revoked: a sweep cannot do without the listing | an error in the preview |

"Once" means that one answer fails; "for ever", every answer from then on. "≤5" is the most requests: for the one token; in the
columns of the listing, for the listing; under "${LASTING_TITLE}", for a run with four tokens (one for a TokenRevocation).
Settings: \`httpClientRetryTimeout: 12\`, short pauses, else the defaults. On a slow machine an answer may come too late, and
less is done than the tables say; the messages are right all the same.

Tests write this page from what they saw:
\`${command}\`.`;
}
