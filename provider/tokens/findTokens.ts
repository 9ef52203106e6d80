import { TokenFinder } from "./tokenFinder";
import type { FoundToken } from "./valuesIn";

export type { FoundToken } from "./valuesIn";

/**
 * Finds the tokens whose values stand in a text or in bytes of any kind, offline: a log, a diff, a page, an alert of a
 * secret scanner, a database file. Values are found as they are, between any characters, and inside JSON, URL, HTML and
 * Markdown escapes and terminal colours; in bytes also in UTF-16 and UTF-32, with or without a byte order mark, and in
 * files that mix encodings. Only whole values count, and what is returned holds no secret.
 *
 * ```ts
 * for (const { tokenId } of identifyTokens(readFileSync("build.log"))) {
 *   new TokenRevocation(tokenId, { tokenId, reason: "in a public log" });
 * }
 * ```
 *
 * @param text a string, or bytes such as `readFileSync` returns without an encoding
 * @returns each token once, in the order of their first values
 * @throws TypeError for anything else
 */
export function identifyTokens(text: string | Uint8Array): FoundToken[] {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  if (!(bytes instanceof Uint8Array)) throw new TypeError("identifyTokens takes a string or a Uint8Array");
  const finder = new TokenFinder(bytes.length);
  const tokens = new Map<string, FoundToken>();
  for (const { tokenId, kind, publicPortion } of [...finder.push(bytes).found, ...finder.end().found]) {
    if (!tokens.has(tokenId)) tokens.set(tokenId, { tokenId, kind, publicPortion });
  }
  return [...tokens.values()];
}
