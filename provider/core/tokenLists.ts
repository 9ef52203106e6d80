import {
  parseName,
  parsePublicPortion,
  parseToken,
  parseTokenId,
  type TokenName,
  TokenSyntaxError,
} from "../tokens/tokenIds";
import { ArgumentError, typeName, type Validator } from "./validators";

/** A batch's tokens, reduced to what may leave the program. */
export interface TokenList {
  /** UUIDs, lowercase, sorted, each once. */
  readonly tokenIds: readonly string[];
  /** Those of them whose prefix says that they are service accounts'. */
  readonly serviceTokenIds: readonly string[];
  /** How many of those given named a token that was named before. */
  readonly repeated: number;
}

/** Malformed members that an error shows. */
const SHOWN = 20;

/** Reads a list of token ids. */
export const tokenIdList: Validator = (value) =>
  readTokenList(value, (text) => ({ tokenId: parseTokenId(text, "tokens") }));

/** Reads a list of token values, public portions and token ids, in any mix. */
export const tokenList: Validator = (value) => readTokenList(value, (text) => parseName(text, parseToken));

/** The same without values, where they must not come. */
export const publicTokenList: Validator = (value) =>
  readTokenList(value, (text) => parseName(text, parsePublicPortion));

/** @throws ArgumentError which tells the members that name no token, and never repeats one: it may be a secret */
function readTokenList(given: unknown, read: (text: string) => TokenName): TokenList {
  if (!Array.isArray(given)) throw new ArgumentError(`must be a list, not ${typeName(given)}`);
  if (given.length === 0) throw new ArgumentError("is empty: list the tokens to revoke");
  const blanks = given.filter((member) => typeof member === "string" && member.trim() === "").length;
  if (blanks === given.length) throw new ArgumentError("holds only blank texts: list the tokens to revoke");
  const kinds = new Map<string, TokenName["kind"]>();
  const problems: string[] = [];
  for (const [index, member] of given.entries()) {
    try {
      if (typeof member !== "string") throw new TokenSyntaxError(`must be a string, not ${typeName(member)}`);
      // Of a file that was split into lines.
      if (member.trim() === "") continue;
      const { tokenId, kind } = read(member);
      // A value and a bare id may name the same token: what one of them knows is kept.
      kinds.set(tokenId, kind === "service" ? kind : kinds.get(tokenId));
    } catch (error) {
      if (!(error instanceof TokenSyntaxError)) throw error;
      problems.push(`[${index}] ${error.message}`);
    }
  }
  if (problems.length > 0) {
    const more = problems.length - SHOWN;
    const shown = problems.slice(0, SHOWN).join("; ") + (more > 0 ? `; and ${more} more like these` : "");
    throw new ArgumentError(`holds members that name no token: ${shown}`);
  }
  const tokenIds = [...kinds.keys()].sort();
  return {
    tokenIds,
    serviceTokenIds: tokenIds.filter((tokenId) => kinds.get(tokenId) === "service"),
    repeated: given.length - blanks - tokenIds.length,
  };
}
