import { fc } from "./cases";
import { NASTY_NAMES, PLANTED_ALIAS, PLANTED_VALUE } from "./nastyNames";

/** Pieces that mean something to some part of the code. */
const PIECES = [
  ...["ddpat_", "ddsat_", "_", "-", ".", "..", "/", "\\", "%", "%5f", "%2e", "\\u005f", "&#95;", "&amp;", "\u001b[31m"],
  ...["__proto__", "constructor", "prototype", "toString", "0", "-1", "1e999", "9".repeat(400), "NaN", "true", "null"],
  ...[
    "*",
    "?",
    "*a".repeat(30),
    "90d",
    "https://",
    "http://127.0.0.1:",
    "user:pass@",
    "datadoghq.com",
    "\ud83d",
    "\ude00",
  ],
  ...[
    "\n",
    "\r",
    "\t",
    "\0",
    "\u2028",
    "\u202e",
    "\ufeff",
    " ",
    '"',
    "'",
    "`",
    "<",
    "<title>",
    "{",
    "[",
    ":",
    "|",
    "#",
  ],
  ...["2026-01-01T00:00:00Z", "+275760-09-13T00:00:00.000Z", "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10", PLANTED_ALIAS],
  PLANTED_VALUE,
];

/** Any text, and more often than chance would have it one that means harm. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...NASTY_NAMES) },
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((parts) => parts.join("")) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.string({ unit: "binary", maxLength: 12 }), fc.constantFrom(...PIECES), fc.string({ maxLength: 12 }))
      .map((parts) => parts.join("")),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
);

/** Half characters, as JSON may hold them but no file. */
export const hostileKey: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "length", "then", "toJSON"),
  fc.string({ maxLength: 8 }),
);

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  fc.constantFrom(null, true, false, 0, -1, 0.5, 1e20, 1e308, -0, 2 ** 53, 1e21, 204, 404),
);

/** Any value that JSON can hold, with keys that JavaScript has plans for. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: "json" },
    { weight: 5, arbitrary: scalar },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 4, depthIdentifier: "json" }) },
    {
      weight: 3,
      arbitrary: fc
        .array(fc.tuple(hostileKey, tie("value")), { maxLength: 4, depthIdentifier: "json" })
        .map((entries) => objectOf(entries)),
    },
  ),
})).value;

const DEEP = 30_000;

/** A text that should be JSON: cut, deep enough to make anything overflow that walks down by calling itself, or none. */
export const hostileBody = (json: fc.Arbitrary<unknown>): fc.Arbitrary<string> => {
  const whole = json.map((value) => JSON.stringify(value) ?? "");
  return fc.oneof(
    { weight: 30, arbitrary: whole },
    { weight: 4, arbitrary: fc.tuple(whole, fc.nat(400)).map(([text, end]) => text.slice(0, end)) },
    { weight: 4, arbitrary: hostileText },
    { weight: 2, arbitrary: whole.map((text) => text.replace(/:(-?\d+|true|null)/, ":1e999")) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "[".repeat(DEEP),
        "[".repeat(DEEP) + "]".repeat(DEEP),
        `{"data":${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}}`,
        `{"errors":[${"[".repeat(DEEP)}${"]".repeat(DEEP)}]}`,
      ),
    },
  );
};

/** As JSON.parse makes it: `__proto__` is a key like any other. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** An object of these fields, each of which may be missing, or be anything; and now and then no object at all. */
export function roughly(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const each = Object.entries(fields).map(([name, usual]) =>
    fc
      .oneof({ weight: 80, arbitrary: usual }, { weight: 1, arbitrary: hostileJson }, fc.constant(undefined))
      .map((value): [string, unknown] => [name, value]),
  );
  const more = fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    fc.array(fc.tuple(hostileKey, hostileJson), { maxLength: 2 }),
  );
  const object = fc
    .tuple(fc.tuple(...each), more)
    .map(([known, others]) => objectOf([...known, ...others].filter(([, value]) => value !== undefined)));
  return fc.oneof({ weight: 40, arbitrary: object }, { weight: 1, arbitrary: hostileJson });
}

/** A list of such, and now and then none. */
export function roughList(item: fc.Arbitrary<unknown>, maxLength = 3): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 20, arbitrary: fc.array(item, { maxLength }) }, { weight: 1, arbitrary: hostileJson });
}
