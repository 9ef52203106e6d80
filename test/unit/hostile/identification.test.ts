import { findIn } from "../../../cli/identify/findIn";
import { reader } from "../../../cli/identify/inputFiles";
import { identifyTokens } from "../../../provider/tokens/findTokens";
import { holdsTokenValue, redactTokenValues } from "../../../provider/tokens/redact";
import { isUuid, parseToken, parseTokenId, TokenSyntaxError } from "../../../provider/tokens/tokenIds";
import { hostileText } from "../../support/arbitraryText";
import { token } from "../../support/arbitraryToken";
import { expectHarmless, PLANTED_SECRET, PLANTED_VALUE } from "../../support/nastyNames";
import { cases, fc } from "./hostileCases";

/** A value to which something was done that happens on the way: cut, doubled, quoted, encoded, in other letters. */
const mangled = fc
  .tuple(
    token,
    fc.constantFrom<((value: string, text: string, at: number) => string)[]>(
      (value) => value,
      (value, _, at) => value.slice(0, at),
      (value, _, at) => value.slice(at),
      (value, text, at) => value.slice(0, at) + text + value.slice(at),
      (value, text) => text + value + text,
      (value) => value + value,
      (value) => value.toUpperCase(),
      (value) => encodeURIComponent(value).replaceAll("_", "%5F"),
      (value) => value.replaceAll("_", "\\u005f"),
      (value) => Buffer.from(value).toString("base64"),
      (value) => value.slice(6, 28),
    ),
    hostileText,
    fc.nat(65),
  )
  .map(([{ value }, mangle, text, at]) => mangle(value, text, at));
const anyText = fc.oneof(hostileText, mangled);

/** What a reader of tokens says of a text: an id, or why there is none, in words that are safe to show. */
function read(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TokenSyntaxError)) throw error;
    expectHarmless(error.message);
    if (text.length > 8 && error.message.includes(text)) throw new Error(`repeats ${JSON.stringify(text)}`);
    return undefined;
  }
}

test("any text is a token's name, or is refused in words that do not repeat it", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const named = read(parseToken, text) as { tokenId: string } | undefined;
      const id = read((each) => parseTokenId(each), text) as string | undefined;
      for (const found of [named?.tokenId, id]) if (found !== undefined && !isUuid(found)) throw new Error(found);
    }),
    cases(30_000),
  );
});

test("tokens are found in any text and taken out, and what is found holds no secret", () => {
  const noise = fc.array(anyText, { maxLength: 6 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(noise, noise, (before, after) => {
      const text = `${before}\n${PLANTED_VALUE}\n${after}`;
      const found = identifyTokens(text);
      if (!found.some(({ tokenId }) => tokenId === "00000000-0000-1234-0000-000000000000")) throw new Error("missed");
      expectHarmless(JSON.stringify(found));
      if (!holdsTokenValue(text) || redactTokenValues(text).includes(PLANTED_SECRET)) throw new Error("not taken out");
      for (const { tokenId, publicPortion } of found) {
        if (!isUuid(tokenId) || !/^[0-9A-Za-z]{22}$/.test(publicPortion)) throw new Error(tokenId);
      }
    }),
    cases(10_000),
  );
});

test("any bytes are looked through, in pieces of any size alike", async () => {
  const encode = fc.constantFrom<((text: string) => Buffer)[]>(
    (text) => Buffer.from(text),
    (text) => Buffer.from(`\ufeff${text}`),
    (text) => Buffer.from(text, "utf16le"),
    (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
    (text) => Buffer.from(text, "utf16le").swap16(),
    (text) => Buffer.from(text, "latin1"),
  );
  const text = fc.tuple(fc.array(anyText, { maxLength: 8 }), encode).map(([parts, encode]) => encode(parts.join("\n")));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    text,
  );
  const joined = fc.array(bytes, { maxLength: 4 }).map((parts) => Buffer.concat(parts));
  await fc.assert(
    fc.asyncProperty(joined, fc.array(fc.nat(), { maxLength: 6 }), async (whole, cuts) => {
      const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length].sort((a, b) => a - b);
      const pieces = places.slice(1).map((place, index) => whole.subarray(places[index], place));
      const found = await look([whole]);
      expect(await look(pieces)).toEqual(found);
      expectHarmless(JSON.stringify(found));
    }),
    cases(3_000),
  );
});

async function look(pieces: readonly Buffer[]): Promise<unknown> {
  async function* coming() {
    yield* pieces;
  }
  const found: unknown[] = [];
  const { steps } = await findIn(reader(coming()));
  for await (const step of steps) found.push(...step.found, ...step.nearMisses);
  return found;
}
