import { plainLine } from "../../../provider/text/plainLine";

/** HTML that is safe to stand in the page. Only {@link html} and {@link markup} make it. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text is escaped, false, null and undefined leave nothing. */
export type Content = string | number | Markup | readonly Content[] | false | null | undefined;

/**
 * A template whose texts cannot become markup, in an element or in a quoted attribute: `<b title="${name}">${name}</b>`.
 * Line breaks, terminal escapes, overrides of the writing direction and token values are taken out of them, too.
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let text = parts[0] ?? "";
  contents.forEach((content, index) => {
    text += toText(content) + parts[index + 1];
  });
  return new Markup(text);
}

/** Text of this package's own that is HTML, CSS or a script already. */
export function markup(text: string): Markup {
  return new Markup(text);
}

function toText(content: Content): string {
  if (content === false || content === null || content === undefined) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(toText).join("");
  return escapeText(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  // The bars keep the spaces at its ends, which separate words here.
  const plain = plainLine(`|${text}|`).slice(1, -1);
  return plain.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/**
 * What others wrote, kept apart from the text around it, so that a name that is written from right to left leaves its
 * neighbours in place. Addresses may break before an "@" and after a "/", rather than anywhere.
 */
export function quoted(text: string): Markup {
  return new Markup(`<bdi>${escapeText(text).replace(/(?=@)|(?<=\/)(?=[^/])/g, "<wbr>")}</bdi>`);
}

/** Words in the place of something that is not known. */
export function unknown(words: string): Markup {
  return html`<span class="unknown">${words}</span>`;
}

/** A link to another page where the text is an address of one, else the text alone. */
export function link(address: string): Markup {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return quoted(address);
  return html`<a href="${url.href}" rel="noreferrer">${quoted(address.replace(/^https?:\/\//i, ""))}</a>`;
}
