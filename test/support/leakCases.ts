import { Random } from "../../simulator/random";
import { type Prefix, tokenValue } from "../../simulator/tokenValue";

/** A text as a leak may look. */
export interface LeakCase {
  readonly name: string;
  readonly text: string;
  /** The whole values in it, which identifyTokens and every scanner with our rule find. */
  readonly values: readonly string[];
}

const random = new Random(17);

/** The value of a new token. Made here, so that no whole value stands in this repository. */
function value(prefix: Prefix = "ddpat_"): string {
  const hex = random.hex(32);
  return tokenValue(prefix, hex, random);
}

/** Texts round one value. Each of them is tried with a person's and with a service account's. */
const ROUND: Readonly<Record<string, (value: string) => string>> = {
  "alone on a line": (value) => `${value}\n`,
  "at the end of a text without a line feed": (value) => `token ${value}`,
  "on lines that end with CR LF": (value) => `a\r\n${value}\r\nb\r\n`,
  "in double quotes": (value) => `const token = "${value}";\n`,
  "in single quotes": (value) => `token = '${value}'\n`,
  "in backquotes": (value) => `| \`${value}\` | used in CI |\n`,
  "in brackets": (value) => `see <${value}> (${value}) [${value}]\n`,
  "before a full stop": (value) => `The token is ${value}.\n`,
  "in JSON": (value) => `{"token":"${value}","other":1}\n`,
  "in YAML": (value) => `datadog:\n  bearerToken: ${value}\n`,
  "in an environment file": (value) => `export DD_BEARER_TOKEN=${value}\n`,
  "in a header": (value) => `curl -H "Authorization: Bearer ${value}" https://api.datadoghq.com/\n`,
  "in a URL": (value) => `https://ci.example.com/hook?token=${value}&run=1\n`,
  "as the user of a URL": (value) => `https://${value}@git.example.com/\n`,
  "behind an escaped line feed of JSON": (value) => String.raw`{"log":"started\n${value}\nended"}`,
  "between escaped quotes of JSON": (value) => String.raw`{"log":"\u0022${value}\u0022"}`,
  "between escaped quotes of a URL": (value) => `https://ci.example.com/?q=%22${value}%22\n`,
  "between escaped quotes of HTML": (value) => `<code>&quot;${value}&quot;</code>\n`,
  "inside a name": (value) => `old_${value}_backup\n`,
  "behind letters": (value) => `token${value}\n`,
  "before more letters and digits": (value) => `${value}abc123\n`,
  "in the middle of a long line": (value) => `${"log line ".repeat(2000)}${value}${" log line".repeat(2000)}\n`,
};

const two = [value(), value("ddsat_")] as const;

/** Texts with whole values in them. */
export const LEAKS: readonly LeakCase[] = [
  ...Object.entries(ROUND).flatMap(([name, round]) =>
    (["ddpat_", "ddsat_"] as const).map((prefix) => {
      const leaked = value(prefix);
      return { name: `a ${prefix} value ${name}`, text: round(leaked), values: [leaked] };
    }),
  ),
  { name: "two values with a comma between them", text: `${two.join(",")}\n`, values: two },
  manyOf("two values with nothing between them", 2, ""),
  manyOf("fifty values, one a line", 50, "\n"),
];

function manyOf(name: string, count: number, between: string): LeakCase {
  const values = Array.from({ length: count }, () => value());
  return { name, text: `${values.join(between)}\n`, values };
}

const whole = value();
const portion = whole.slice(0, 28);

/** Texts with no whole value in them, by their names. */
const NEAR_MISSES: Readonly<Record<string, string>> = {
  "a value without its last character": whole.slice(0, -1),
  "a value whose alias lacks a character": whole.replace(/.(?=_[^_]*$)/, ""),
  "a value whose secret is masked": `${portion}_${"*".repeat(36)}`,
  "a value that is masked behind its first characters": `${whole.slice(0, 35)}${"*".repeat(30)}`,
  "a value with three dots in it": `${whole.slice(0, 40)}...${whole.slice(-4)}`,
  "a value that is broken over two lines": `${whole.slice(0, 50)}\n${whole.slice(50)}`,
  "a public portion": portion,
  "a public portion without the prefix": portion.slice(6),
  "a value with another prefix": `ddapp_${whole.slice(6)}`,
  "a value with a prefix in capitals": `DDPAT_${whole.slice(6)}`,
  "a value with hyphens": whole.replaceAll("_", "-"),
  "a value without its prefix": whole.slice(6),
  "a token's id": "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c",
  "an API key and an application key": `DD_API_KEY=${random.hex(32)} DD_APP_KEY=${random.hex(40)}`,
};

/** All texts. */
export const LEAK_CASES: readonly LeakCase[] = [
  ...LEAKS,
  ...Object.entries(NEAR_MISSES).map(([name, text]) => ({ name, text: `token: ${text}\n`, values: [] })),
];
