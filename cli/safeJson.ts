import { STEERING } from "../provider/datadog/plainLine";

/**
 * JSON in which what would steer a terminal is escaped, so that a name stays what it is for whoever parses it.
 *
 * @param indent spaces; one line by default
 */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(STEERING, (characters) =>
    // JSON itself leaves none of these inside a text, and between two texts this one alone.
    characters === "\n" ? characters : [...characters].map(asCode).join(""),
  );
}

function asCode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
