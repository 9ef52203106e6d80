import { isPlain, type Layer, layers } from "./encodedText";
import { SECRET_ANYWHERE } from "./syntax";

/** Whether a text holds a token value, or a value's alias with a part of its secret; also inside escapes. */
export function holdsTokenValue(text: string): boolean {
  return innermostWithSecret(text) !== undefined;
}

/** Replaces the secret part of every token value in a text; also inside escapes. */
export function redactTokenValues(text: string): string {
  // Must run first: redacting the plain part would make the escaped rest unrecognisable.
  return redactEscaped(text).replace(SECRET_ANYWHERE, "$1_[redacted]");
}

function redactEscaped(text: string): string {
  // A quick look for the usual case: a listing has thousands of plain texts.
  const layer = isPlain(text) ? undefined : innermostWithSecret(text);
  if (!layer) return text;
  const parts: string[] = [];
  let done = 0;
  for (const match of layer.text.matchAll(SECRET_ANYWHERE)) {
    const [whole, alias = ""] = match;
    parts.push(text.slice(done, layer.place(match.index + alias.length)), "_[redacted]");
    done = layer.place(match.index + whole.length);
  }
  return parts.join("") + text.slice(done);
}

/** Notations are taken off one by one; the last text that shows a secret shows all of it. */
function innermostWithSecret(text: string): Layer | undefined {
  return [...layers(text)].findLast((layer) => layer.text.search(SECRET_ANYWHERE) >= 0);
}
