import { parseName, parsePublicPortion, type TokenName, TokenSyntaxError } from "../../provider/tokens/tokenIds";
import { UsageError } from "../usageError";
import type { Candidate } from "./addToLedger";
import { type EntryFields, nameInLedger } from "./occurrenceFormats";

/**
 * An entry of a ledger for each token that is given by its id or public portion, as a report names it.
 *
 * @param fields what every entry says
 * @throws UsageError for anything else, whole values too; it never repeats the text, which may be a secret
 */
export function namedTokens(texts: readonly string[], fields: EntryFields): Candidate[] {
  const names = new Map<string, TokenName>();
  for (const [index, text] of texts.entries()) {
    const name = nameOf(text, index, texts.length);
    if (name.kind !== undefined || !names.has(name.tokenId)) names.set(name.tokenId, name);
  }
  return Array.from(names.values(), (name) => ({
    tokenId: name.tokenId,
    args: { ...nameInLedger(name), ...fields },
    comment: name.kind ? `${name.kind}, given as --token` : "given as --token",
  }));
}

function nameOf(text: string, index: number, count: number): TokenName {
  const which = count === 1 ? "--token" : `--token number ${index + 1} of ${count}`;
  try {
    return parseName(text, parsePublicPortion);
  } catch (error) {
    if (!(error instanceof TokenSyntaxError)) throw error;
    throw new UsageError(`Nothing was added: ${which} ${error.message}.`);
  }
}
