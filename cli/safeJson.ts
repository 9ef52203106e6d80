import { STEERING } from "../provider/text/plainLine";

/**
 * JSON in which terminal control characters are escaped, so that a parser still gets every name unchanged.
 *
 * @param indent spaces; one line by default
 */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(STEERING, (characters) =>
    // A line feed that is left unescaped stands between values, never in one.
    characters === "\n" ? characters : [...characters].map(asCode).join(""),
  );
}

/** The same as a command prints it: indented, with a line break at its end. */
export function toJsonText(value: unknown): string {
  return `${toJson(value, 2)}\n`;
}

function asCode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
