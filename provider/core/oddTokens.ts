import type { Token } from "../datadog/token";
import { counted } from "../text/counts";
import type { Session } from "./session";

/** Tokens of a list that are named one by one. */
const NAMED = 3;

/** What people call the parts of a token, where that differs from their paths in Datadog's answers. */
const WORDS: Readonly<Record<string, string>> = {
  "attributes.name": "name",
  "attributes.scopes": "scopes",
  "attributes.created_at": "time of creation",
  "attributes.expires_at": "end",
  "attributes.last_used_at": "last use",
  "relationships.owned_by.data": "owner",
  "relationships.leak_information.data": "whether it is leaked",
  "included.attributes.date": "when it leaked",
  "included.attributes.leak_source": "where it leaked",
};

/**
 * Warns, once a run, of what is unknown of tokens because Datadog's answer lacks it or has it in another form than
 * documented.
 */
export async function warnOfUnclear({ messages }: Session, tokens: readonly Token[]): Promise<void> {
  const odd = tokens.filter(({ unclear }) => unclear.length > 0);
  for (const [paths, same] of Map.groupBy(odd, ({ unclear }) => unclear.join(", "))) {
    const what = paths.replace(/[\w.]+/g, (path) => (WORDS[path] ? `${WORDS[path]} (${path})` : path));
    const text = "Datadog's answer lacks these fields, or has them in a form that is not documented";
    await messages.warnOnce(`${named(same)}: ${text}: ${what}. Criteria and expect never match what is missing`);
  }
}

/** Warns of tokens of which nothing tells whether they are leaked, where a rule asks for it. */
export async function warnOfUntoldLeaks({ messages }: Session, tokens: readonly Token[]): Promise<void> {
  const untold = tokens.filter(({ leak, unclear }) => leak === undefined && !unclear.some((path) => /leak/.test(path)));
  if (untold.length === 0) return;
  await messages.warnOnce(
    `${named(untold)}: Datadog does not say whether it is leaked, so where.leaked does not match it`,
  );
}

function named(tokens: readonly Token[]): string {
  const ids = tokens.slice(0, NAMED).map(({ tokenId }) => tokenId);
  const others = tokens.length - ids.length;
  return `${ids.join(", ")}${others > 0 ? ` and ${counted(others, "other token")}` : ""}`;
}

/** Warns of rows of a list that cannot be told from each other. */
export async function warnOfRows({ messages }: Session, unidentified: number): Promise<void> {
  if (unidentified === 0) return;
  const rows = counted(unidentified, "row");
  await messages.warnOnce(
    `${rows} of Datadog's list of tokens left out, as the field id of each holds no token id`,
    "rows",
  );
}
