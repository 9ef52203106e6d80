const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, "0");

/** How a character of a token value may be written down. */
export const NOTATIONS: Record<string, (character: string) => string> = {
  JSON: (character) => `\\u00${hex(character)}`,
  "JSON in JSON": (character) => `\\\\u00${hex(character)}`,
  "JSON in JSON in JSON": (character) => `\\\\\\\\u00${hex(character)}`,
  "nginx, Python or JavaScript": (character) => `\\x${hex(character).toUpperCase()}`,
  "a URL": (character) => `%${hex(character).toUpperCase()}`,
  "a URL in small letters": (character) => `%${hex(character)}`,
  "a URL in a URL": (character) => `%25${hex(character).toUpperCase()}`,
  "JSON in a URL": (character) => `%5Cu00${hex(character)}`,
  HTML: (character) => `&#${character.charCodeAt(0)};`,
  "HTML with leading zeros": (character) => `&#x00${hex(character)};`,
  "HTML in JSON": (character) => `\\u0026#${character.charCodeAt(0)};`,
  "HTML in HTML": (character) => `&amp;#x${hex(character)};`,
  "a terminal's colours": (character) => `\x1b[38;5;196m${character}\x1b[0m`,
  "what grep marks": (character) => `\x1b[01;31m\x1b[K${character}\x1b[m\x1b[K`,
  "what tput resets": (character) => `${character}\x1b(B\x1b[m`,
  "colours in JSON": (character) => `\\u001b[1m${character}\\u001b[0m`,
  "colours in a URL": (character) => `%1B%5B1m${character}%1B%5B0m`,
  "colours as shells write them": (character) => `\\033[1m${character}\\e[0m`,
};
