import ts from "typescript";

/** What stands in a doc comment, as text that holds in every language: without examples in TypeScript, links and tags. */
export function docsOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = plain(symbol.getDocumentationComment(checker));
  const see = symbol.getJsDocTags(checker).find(({ name }) => name === "see");
  // The scheme of an address after @see is a name to the compiler.
  return see ? `${text}\n\nSee ${plain(see.text).replaceAll(" ", "")}` : text;
}

/** What a tag of a doc comment says, as a sentence. */
export function tagOf(tags: readonly ts.JSDocTagInfo[], name: string): string {
  const text = plain(tags.find((tag) => tag.name === name)?.text);
  return text && sentence(text);
}

/** A phrase that begins as a sentence does, and ends so. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, ".")}`;
}

function plain(parts: readonly ts.SymbolDisplayPart[] = []): string {
  return ts
    .displayPartsToString([...parts])
    .replace(/^```[\s\S]*?^```\n*/gm, "")
    .replace(/\{@link (\w+)\s*\}/g, "`$1`")
    .replace(/(?<!\n)\n(?!\n)/g, " ")
    .trim();
}
