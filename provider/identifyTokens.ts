import { Buffer } from "node:buffer";
import { type FoundToken, TokenFinder } from "./datadog/findTokens";

const PIECE = 64 * 1024;

/**
 * Finds the tokens whose values stand in a text, offline: a log, a diff, a page, an alert of a secret scanner. Values
 * are found as they are, between any characters, and inside JSON, URL, HTML and Markdown escapes and terminal colours.
 * Only whole values count, and what is returned holds no secret.
 *
 * ```ts
 * for (const { tokenId } of identifyTokens(log)) new TokenRevocation(tokenId, { tokenId, reason: "in a public log" });
 * ```
 *
 * @returns each token once, in the order of their first values
 */
export function identifyTokens(text: string): FoundToken[] {
  if (typeof text !== "string") throw new TypeError("identifyTokens takes a string");
  const tokens = new Map<string, FoundToken>();
  const finder = new TokenFinder(text.length);
  const keep = (found: Iterable<FoundToken>): void => {
    for (const { tokenId, kind, publicPortion } of found) {
      if (!tokens.has(tokenId)) tokens.set(tokenId, { tokenId, kind, publicPortion });
    }
  };
  for (let from = 0; from < text.length; from += PIECE) keep(finder.push(Buffer.from(text.slice(from, from + PIECE))));
  keep(finder.end());
  return [...tokens.values()];
}
