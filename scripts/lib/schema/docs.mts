import ts from "typescript";

/** What stands in a doc comment, as text that holds in every language: without examples in TypeScript, links and tags. */
export function docsOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = sentence(plain(symbol.getDocumentationComment(checker)));
  const see = symbol.getJsDocTags(checker).find(({ name }) => name === "see");
  // The scheme of an address after @see is a name to the compiler.
  return see ? `${text}\n\nSee ${plain(see.text).replaceAll(" ", "")}` : text;
}

/** What a doc comment says of the result. */
export function docsOfResult(signature: ts.Signature): string {
  return sentence(plain(signature.getJsDocTags().find(({ name }) => name === "returns")?.text));
}

/** Phrases begin small after `@param` and `@returns`. */
function sentence(text: string): string {
  return text.replace(/^./, (first) => first.toUpperCase()).replace(/(?<=\w)$/, ".");
}

function plain(parts: readonly ts.SymbolDisplayPart[] = []): string {
  return ts
    .displayPartsToString([...parts])
    .replace(/^```[\s\S]*?^```\n*/gm, "")
    .replace(/\{@link (\w+)\s*\}/g, "`$1`")
    .replace(/(?<!\n)\n(?!\n)/g, " ")
    .trim();
}
