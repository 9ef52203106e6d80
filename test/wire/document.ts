import { type Client, TOKEN_ID } from "./clients";
import { header, type WireRequest } from "./recorder";

/** A client's line in the table. */
export interface Row {
  readonly client: string;
  readonly cells: readonly string[];
}

/** Columns after the client's name. */
const COLUMNS = [
  ...["version", "how", "request", "body", "keys"],
  ...["Accept", "Content-Type", "User-Agent", "Accept-Encoding", "other headers"],
];
/** The first columns say where a row comes from, not what was sent. */
const SENT = COLUMNS.slice(2);

const SHOWN_APART = /^(host|dd-api-key|dd-application-key|accept|content-type|user-agent|accept-encoding)$/i;

/**
 * Why clients differ, by column. A difference without a reason fails the test, and so does a reason without a
 * difference.
 */
const REASONS: Record<string, string> = {
  request: "Ruby's client ends the path with the `?` of an empty query.",
  keys: "Go, Ruby and Node's `fetch` write header names their own way. A name is the same in any case (RFC 9110, section 5.1).",
  "Content-Type": "Java's client sends an empty body where there is none, and gives it the type of all its bodies.",
  "User-Agent":
    "Each names itself, its version and what it runs on. So does this package, so that Datadog's Audit Trail tells its revocations from others.",
  "Accept-Encoding":
    "Which compressed answers each can read. The request has no body to compress, nor has the answer. Over TLS Node's `fetch` adds `br`.",
  "other headers":
    "What each HTTP library says of the connection, and of an empty body. Node's `fetch`, which this package uses, adds a browser's `accept-language` and `sec-fetch-mode`. `Host` is left out: everyone sends it.",
};

export function rowOf(client: Client, request: WireRequest): Row {
  const named = (pattern: RegExp) => request.headers.filter(([name]) => pattern.test(name));
  const others = request.headers
    .filter(([name]) => !SHOWN_APART.test(name))
    .map(([name, value]) => code(`${name}: ${value}`.trim()));
  return {
    client: client.name,
    cells: [
      client.version ?? "–",
      client.how,
      code(`${request.method} ${request.target.replace(TOKEN_ID, "{token_id}")}`),
      request.body === "" ? "none" : code(request.body),
      named(/^dd-/i)
        .map(([name]) => code(name))
        .sort()
        .join(" "),
      code(header(request, "Accept")),
      code(header(request, "Content-Type")),
      code(userAgentPattern(header(request, "User-Agent") ?? "", client.version === undefined)),
      code(header(request, "Accept-Encoding")),
      others.sort().join(" ") || "none",
    ],
  };
}

/** docs/wire.md. */
export function documentOf(rows: readonly Row[]): string {
  const differing = SENT.filter((column) => valuesIn(rows, column).length > 1);
  const same = SENT.filter((column) => !differing.includes(column));
  return `# What goes over the wire

The request that revokes a token, as this package and Datadog's own clients send it: recorded by one server, over plain
HTTP/1.1, from the programs in \`test/wire/programs\`. Where no version is given, it is the one that is installed, or
this repository's own.

This page is written by the tests of the tier \`wire\`; to write it anew:
\`${REWRITE}\`.

| client | ${COLUMNS.join(" | ")} |
|${"---|".repeat(COLUMNS.length + 1)}
${rows.map(line).join("\n")}

## The same for all

${same.map((column) => `- ${column}: ${valuesIn(rows, column).join("")}`).join("\n")}
- the keys' values

## What differs, and why

${differing.map((column) => `- ${column}: ${REASONS[column] ?? "no reason known"}`).join("\n")}
`;
}

export const REWRITE = "TEST_ALL=1 UPDATE_DOCS=1 npm test -- --selectProjects wire";

/** The columns whose reasons do not fit the rows: a difference unexplained, or an explanation of none. */
export function unfitReasons(rows: readonly Row[]): string[] {
  return SENT.filter((column) => valuesIn(rows, column).length > 1 !== column in REASONS);
}

/** The row of a client in a document written earlier. */
export function rowIn(document: string, client: string): Row | undefined {
  const start = `| ${client} | `;
  const found = document.split("\n").find((text) => text.startsWith(start));
  return found === undefined ? undefined : { client, cells: found.slice(start.length, -" |".length).split(" | ") };
}

const line = ({ client, cells }: Row) => `| ${[client, ...cells].join(" | ")} |`;

const code = (text: string | undefined) => (text === undefined ? "none" : `\`${text}\``);

function valuesIn(rows: readonly Row[], column: string): string[] {
  return [...new Set(rows.map(({ cells }) => cells[COLUMNS.indexOf(column)] ?? ""))];
}

/** Leaves out what varies from machine to machine. */
function userAgentPattern(userAgent: string, anyVersion: boolean): string {
  const pattern = userAgent.replace(/([(;] ?\w+) [^;)]+/g, "$1 …").replace("/?", "/…");
  return anyVersion ? pattern.replace(/\/\S+/, "/…") : pattern;
}
