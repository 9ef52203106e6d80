import { nearMissIn } from "../../../../provider/tokens/nearMisses";
import { TokenFinder } from "../../../../provider/tokens/tokenFinder";
import { token } from "../../../support/arbitraryToken";
import { fc } from "../../../support/cases";

const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
const ID = "00000000-0000-1234-0000-000000000000";
const ALIAS = "ddpat_000000000Qdww5P8dQtGsa";
const VALUE = `${ALIAS}_${SECRET}`;

function nearMissesIn(bytes: Uint8Array) {
  const finder = new TokenFinder(bytes.length);
  const finds = [finder.push(bytes), finder.end()];
  expect(JSON.stringify(finds)).not.toMatch(/a1B2|q7R8/);
  return finds.flatMap(({ nearMisses }) => nearMisses).map(({ kind, line, token }) => [kind, line, token?.tokenId]);
}

test.each([
  ["cut", `${VALUE.slice(0, -1)}`],
  ["cut", `token=${VALUE.slice(0, 30)}" again`],
  ["masked", `${ALIAS}_****`],
  ["masked", `${ALIAS}_[REDACTED]`],
  ["masked", `${ALIAS}_<redacted>`],
  ["masked", `${ALIAS}_a1B2****`],
  ["masked", `${ALIAS}_xxxxxxxxxxxx`],
  ["masked", `${ALIAS}_•••••`],
  ["masked", `${ALIAS}…`],
  ["broken", `${VALUE.slice(0, 40)}\n${VALUE.slice(40)}`],
  ["broken", `${VALUE.slice(0, 40)}=\r\n${VALUE.slice(40)}`],
  ["broken", `${VALUE.slice(0, 8)}\n    ${VALUE.slice(8)}`],
  ["broken", `> ${VALUE.slice(0, 50)}\n> ${VALUE.slice(50)}`],
  ["broken", `"${VALUE.slice(0, 33)}" +\n  "${VALUE.slice(33)}"`],
  ["broken", `${VALUE.slice(0, 20)}\n${VALUE.slice(20, 40)}\n${VALUE.slice(40)}`],
  ["broken", `x ${VALUE.slice(0, 3)}\n${VALUE.slice(3)}`],
  ["base64", Buffer.from(`{"token":"${VALUE}"}`).toString("base64")],
  ["base64", Buffer.from(`$t='${VALUE}'`, "utf16le").toString("base64")],
  [
    "base64",
    Buffer.from(`{"user":"${"x".repeat(26)}","token":"${VALUE}"}`)
      .toString("base64")
      .replace(/.{64}/g, "$&\n "),
  ],
  ["base64", `${Buffer.from(`ab${"x".repeat(45)}${VALUE}`).toString("base64")}`.replace(/.{76}/g, "$&\r\n")],
  ["publicPortion", `token: ${ALIAS}`],
  ["publicPortion", `${ALIAS}_${"$"}{SECRET}`],
])("a %s value is told with its token: %s", (kind, text) => {
  expect(nearMissesIn(Buffer.from(`first\n${text}\n(last) `))).toEqual([[kind, 2, ID]]);
  // Masks beyond ASCII are told in UTF-8 alone.
  if (!/[•…]/.test(text))
    expect(nearMissesIn(Buffer.from(`\ufefffirst\n${text}\n`, "utf16le"))).toEqual([[kind, 2, ID]]);
});

test.each([0, 1, 2])("base64 is known whatever stands before the value: %i characters over", (over) => {
  fc.assert(
    fc.property(token, fc.boolean(), fc.string(), ({ value, tokenId }, safe, behind) => {
      const encoded = Buffer.from(`${"é".repeat(3)}${"x".repeat(over)}${value}${behind}`).toString(
        safe ? "base64url" : "base64",
      );
      expect(nearMissesIn(Buffer.from(`key: ${encoded}`))).toEqual([["base64", 1, tokenId]]);
    }),
    { numRuns: 50 },
  );
});

test.each(["ddpat_****…abcd", "ddpat_********", "ddpat_[REDACTED]", "ddpat_0000…", "ddpat_000000000Qdww"])(
  "%s is told without a token",
  (text) => {
    expect(nearMissesIn(Buffer.from(`${text} `))).toEqual([[expect.stringMatching(/masked|cut/), 1, undefined]]);
  },
);

test.each([
  "ddpat_<your token>",
  "ddpat_xxxxxxxxxxxx",
  "ddpat_…",
  "a value begins with ddpat_ or ddsat_",
  "dd[ps]at_[0-9A-Za-z]{22}_[0-9A-Za-z]{36}",
  "ddpat_[0-9A-Za-z]{22}",
  "ddpat_$TOKEN",
  "ddpat_YOUR_TOKEN_HERE",
  "ddpat_example_name",
  `ddpat_${"z".repeat(22)}_${SECRET}`,
])("the placeholder %s is not told", (text) => {
  expect(nearMissesIn(Buffer.from(`${text}\n`))).toEqual([]);
});

test("a whole value is no near miss, and what is left of a text without a prefix is none", () => {
  expect(nearMissesIn(Buffer.from(`${VALUE} "${VALUE.replaceAll("_", "%5F")}"`))).toEqual([]);
  expect(nearMissIn("d")).toBeUndefined();
});
