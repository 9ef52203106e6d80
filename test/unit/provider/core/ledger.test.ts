import { parseLedger } from "../../../../provider/core/ledger";
import { plainComment } from "../../../../provider/core/ledgerText";
import { ledgers } from "../../../support/arbitraryLedger";
import { cases, fc } from "../../hostile/hostileCases";

const [A, B, C] = ["a", "b", "c"].map((digit) => `${digit}535fac7-4642-4abe-b6fc-cf15336df559`) as [
  string,
  string,
  string,
];
const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
const PORTION = "ddpat_000000000Qdww5P8dQtGsa";
const PORTION_ID = "00000000-0000-1234-0000-000000000000";

/** The ids of the tokens that a file declares, or what is wrong with it, `LINE: …` each. */
function read(content: string | Uint8Array): readonly string[] | string {
  const { entries, problems } = parseLedger(Buffer.from(content));
  if (problems.length > 0) return problems.map(({ line, text }) => `${line}: ${text}`).join("\n");
  return entries.map(({ tokenId }) => tokenId);
}

function args(content: string): unknown {
  const { entries, problems } = parseLedger(Buffer.from(content));
  expect(problems).toEqual([]);
  return entries.map(({ args }) => args);
}

const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");
const list = (...lines: string[]): string => ["revocations:", ...lines, ""].join("\n");

describe("a ledger declares", () => {
  test.each<[string, string | Uint8Array, string[]]>([
    ["nothing, when nothing stands behind the colon", "revocations:\n", []],
    [
      "tokens with white space around them",
      list(`  - token: " ${PORTION}\\r\\n"`, `  - tokenId: "${A} "`),
      [PORTION_ID, A],
    ],
    ["nothing, when the list is empty", "revocations: []\n", []],
    ["nothing, when no id stands in a comment", list("  # - tokenId: nothing"), []],
    ["no example above the list", `# - tokenId: ${A}\nrevocations:\n  - tokenId: ${B}\n`, [B]],
    [
      "what is in the list, wherever it is indented",
      `revocations:\n- tokenId: ${A}\n- token: ${PORTION}`,
      [A, PORTION_ID],
    ],
    ["a token whose old entry stands in a comment too", list(`  # - tokenId: ${A}`, `  - tokenId: ${A}`), [A]],
    ["what is in a list in brackets", `{"revocations": [{"tokenId": "${A}"}, {tokenId: ${B}}]}`, [A, B]],
    ["what is in a file with a byte order mark and CRLF", `\ufeffrevocations:\r\n  - tokenId: ${A}\r\n`, [A]],
    ["an id whose key or value is quoted", list(`  - "tokenId": '${A}'`), [A]],
    ["an id in capitals", list(`  - tokenId: ${A.toUpperCase()}`), [A]],
    ["what stands before other fields", `revocations:\n  - tokenId: ${A}\ndefaults:\n  reason: leaked\n`, [A]],
  ])("%s", (_, content, ids) => {
    expect(read(content)).toEqual(ids);
  });
});

describe("a ledger is refused, with the line and what to do, for", () => {
  test.each<[string, string | Uint8Array, string]>([
    [
      "an entry behind the comment of the last line",
      `${list(`  - tokenId: ${A}`).trimEnd()} # x  - tokenId: ${B}\n`,
      `2: the entry of token ${B} stands in a comment`,
    ],
    [
      "an entry that is commented out",
      list(`  # - token: ${PORTION}`),
      `2: the entry of token ${PORTION_ID} stands in a comment`,
    ],
    [
      "a commented entry below the list",
      `revocations: []\n#- tokenId: ${A}`,
      `2: the entry of token ${A} stands in a comment`,
    ],
    [
      "an entry in a block of text",
      list(`  - tokenId: ${A}`, "    reason: |", "      leaked", `      - tokenId: ${B}`),
      `5: a text holds what reads as the entry of token ${B}`,
    ],
    [
      "an entry in a quoted text",
      list(`  - tokenId: ${A}`, `    reason: "leaked`, `      - token: ${PORTION}"`),
      `4: a text holds what reads as the entry of token ${PORTION_ID}`,
    ],
    [
      "an entry in a text of the defaults",
      `defaults:\n  reason: "tokenId: ${A}"\nrevocations: []`,
      `2: a text holds what reads as the entry of token ${A}`,
    ],
    [
      "UTF-16 with a mark",
      Buffer.concat([Buffer.from([255, 254]), utf16(list(`  - tokenId: ${A}`))]),
      "1: the file is UTF-16: save the file as UTF-8",
    ],
    ["UTF-16 without a mark", utf16(list(`  - tokenId: ${A}`)), "1: the file holds zero bytes: it is UTF-16"],
    [
      "UTF-16 behind UTF-8",
      Buffer.concat([Buffer.from(list(`  - tokenId: ${A}`)), utf16(`  - tokenId: ${B}\n`)]),
      "3: the file holds zero bytes: it is UTF-16, or was appended to",
    ],
    [
      "bytes that are not UTF-8",
      Buffer.concat([Buffer.from("revocations:\n# "), Buffer.from([0xe9, 0x0a])]),
      "2: the line is not UTF-8",
    ],
    [
      "a carriage return alone",
      `revocations:\n  - tokenId: ${A}\r  - tokenId: ${B}\n`,
      "2: the line holds a carriage return without a line feed",
    ],
    [
      "a line break of Unicode",
      list(`  - tokenId: ${A} # x\u2028  - tokenId: ${B}`),
      "2: the line holds the character U+2028",
    ],
    [
      "a next-line character",
      list(`  - tokenId: ${A} # x\u0085  - tokenId: ${B}`),
      "2: the line holds the character U+0085",
    ],
    [
      "a byte order mark within",
      `revocations:\n  - tokenId: ${A}\n\ufeff  - tokenId: ${B}\n`,
      "3: the line holds the character U+FEFF",
    ],
    [
      "a second document",
      `revocations:\n  - tokenId: ${A}\n---\nrevocations:\n  - tokenId: ${B}\n`,
      "3: a second YAML document begins here",
    ],
    [
      "what stands behind the end of the document",
      `revocations:\n  - tokenId: ${A}\n...\n  - tokenId: ${B}\n`,
      "4: a second YAML document begins here",
    ],
    [
      "a second list",
      `revocations:\n  - tokenId: ${A}\nrevocations:\n  - tokenId: ${B}\n`,
      "3: a key stands here for the second time",
    ],
    [
      "a field that is given twice",
      list(`  - tokenId: ${A}`, `    tokenId: ${B}`),
      "3: a key stands here for the second time",
    ],
    [
      "another field of the file",
      `revocations: []\nrevocation:\n  - tokenId: ${A}\n`,
      "2: revocation is not a field of the file: did you mean revocations?",
    ],
    [
      "a map instead of the list",
      `revocations:\n  tokenId: ${A}\n`,
      "2: revocations must be a list, each entry with a - before it",
    ],
    [
      "an entry of a field of another name",
      list(`  - TokenId: ${A}`),
      `2: the entry of token ${A} is not read here: entries stand under revocations:, as - and fields below each other`,
    ],
    [
      "a token that stands under the list, but is no item of it",
      `revocations:\n  tokenId: ${A}\n`,
      `2: the entry of token ${A} is not read here`,
    ],
    ...["t\u043ekenId", "token\u200bId", "tokenId\u00a0"].map((name): [string, string, string] => [
      `a name that only looks right, ${JSON.stringify(name)}`,
      list(`  - ${name}: ${A}`),
      `2: a field's name holds the character U+${name.includes("\u043e") ? "043E" : name.includes("\u200b") ? "200B" : "00A0"}`,
    ]),
    [
      "a portion of digits, which YAML takes for a number",
      list("  - token: 0000000000000000000000"),
      "2: token must be a string, not a number: put it in quotes",
    ],
    [
      "a ticket that is a number",
      list(`  - tokenId: ${A}`, "    ticket: 1042"),
      "3: ticket must be a string, not a number: put it in quotes",
    ],
    [
      "a ticket that begins a comment",
      list(`  - tokenId: ${A}`, "    ticket: #1042"),
      "3: ticket has no value: give it one, in quotes if it begins with #",
    ],
    [
      "a reason with a colon",
      list(`  - tokenId: ${A}`, "    reason: found: in a log"),
      "3: a second field begins in this line, or the next line is not in line with the others",
    ],
    [
      "a quotation that has no end",
      list(`  - tokenId: ${A}`, '    reason: "found'),
      "4: a quotation mark or a bracket is not closed",
    ],
    ["an entry without a space", list(`  -tokenId: ${A}`), "2: revocations must be a list"],
    ["text behind a list in brackets", `revocations: []\n  - tokenId: ${A}\n`, "2: a second field begins in this line"],
    [
      "an entry below the defaults",
      `revocations: []\ndefaults:\n  reason: leaked\n  - tokenId: ${A}\n`,
      "4: a second field begins in this line, or the next line is not in line",
    ],
    [
      "a conflict",
      `revocations:\n<<<<<<< HEAD\n  - tokenId: ${A}\n=======\n  - tokenId: ${B}\n>>>>>>> other\n`,
      "2: a merge conflict is not resolved",
    ],
    ["an alias", list(`  - &a`, `    tokenId: ${A}`, "  - *a"), "4: an alias (*)"],
    ["a merge", list(`  - tokenId: ${A}`, "    <<: {reason: x}"), "3: << is not an argument"],
    ["a tag", list(`  - tokenId: !!str ${A}`), "2: a YAML tag (!)"],
    ["a directive", `%YAML 1.1\n---\nrevocations:\n  - tokenId: ${A}\n`, "1: a YAML directive"],
    ["a name that is no word", list(`  - tokenId: ${A}`, "    ? [a]", "    : b"), "3: a field's name must be a word"],
    ["a tab as indentation", `revocations:\n\t- tokenId: ${A}\n`, "2: a tab stands in the indentation"],
    ["an entry that is a text", list(`  - ${A}`), "2: an entry must be a map with tokenId or token"],
    ["an entry that is empty", list(`  - tokenId: ${A}`, "  -"), "3: an entry must be a map"],
    ["a field without a value", list(`  - tokenId: ${A}`, "    expect:", "      name:"), "4: name has no value"],
    ["an empty file", "", "1: must hold revocations:, a list"],
    ["a file of comments alone", "# revocations:\n", "1: must hold revocations:, a list"],
    [
      "a whole value as tokenId",
      list(`  - tokenId: ${PORTION}_${SECRET}`),
      "2: tokenId is a whole token value, a secret: write its public portion, the first 28 characters, as token",
    ],
    [
      "a whole value as token",
      list(`  - token: ${PORTION}_${SECRET}`),
      "2: token is a whole token value, a secret: write its public portion, the first 28 characters, as token",
    ],
    [
      "a public portion as tokenId",
      list(`  - tokenId: ${PORTION}`),
      "2: tokenId is not a token id but looks like a public portion: write it as token",
    ],
    ["an id as token", list(`  - token: ${A}`), "2: token is a token id: write it as tokenId"],
    [
      "a whole value in a comment",
      `# ${PORTION}_${SECRET}\nrevocations:\n`,
      "1: the line holds a whole token value, a secret",
    ],
    [
      "the token in the defaults",
      `defaults:\n  tokenId: ${A}\nrevocations:\n`,
      "2: defaults.tokenId is not an argument",
    ],
    ["defaults that are a list", `defaults:\n  - reason: x\nrevocations:\n`, "2: defaults must be a map of arguments"],
  ])("%s", (_, content, problem) => {
    const problems = read(content);
    expect(problems).toContain(problem);
    expect(problems).not.toContain(SECRET);
  });
});

describe("the defaults of a ledger", () => {
  const defaults = `defaults:\n  reason: leaked\n  verify: false\n  expect:\n    organizationId: ${C}\n`;

  test("hold for every entry that does not say otherwise, the fields of expect each on their own", () => {
    const entries = list(
      `  - tokenId: ${A}`,
      `  - tokenId: ${B}`,
      "    reason: found",
      "    expect:",
      "      name: ci",
    );
    expect(args(defaults + entries)).toEqual([
      { tokenId: A, reason: "leaked", verify: false, expect: { organizationId: C } },
      { tokenId: B, reason: "found", verify: false, expect: { organizationId: C, name: "ci" } },
    ]);
  });

  test("are refused once, in their own line, however many entries there are", () => {
    const entries = list(`  - tokenId: ${A}`, `  - tokenId: ${B}`);
    expect(read(`${defaults}  reportedAt: yesterday\n${entries}`)).toBe(
      "6: defaults.reportedAt is not an RFC 3339 time: write it like 2026-11-24T09:30:00Z",
    );
  });
});

describe("a token that is listed twice", () => {
  test.each([
    [
      "with the same fields",
      [`  - tokenId: ${A}`, "    reason: x", `  - tokenId: ${A.toUpperCase()}`, "    reason: x"],
      4,
    ],
    ["with fewer fields", [`  - tokenId: ${A}`, "    reason: x", `  - tokenId: ${A}`], 4],
    ["by its id and its public portion", [`  - tokenId: ${PORTION_ID}`, `  - token: ${PORTION.slice(6)}`], 3],
  ])("%s counts once, with a warning that names both lines", (_, lines, line) => {
    const { entries, problems, warnings } = parseLedger(Buffer.from(list(...lines)));
    expect(problems).toEqual([]);
    expect(entries).toHaveLength(1);
    expect(warnings).toEqual([
      {
        line,
        text: expect.stringMatching(/^token \S+ is listed in line 2 already: this entry adds nothing, delete it$/),
      },
    ]);
  });

  test.each([
    ["another reason", [`  - tokenId: ${A}`, "    reason: x", `  - tokenId: ${A}`, "    reason: y"], "4", "reason"],
    [
      "a guard that the first has not",
      [`  - tokenId: ${A}`, `  - tokenId: ${A}`, "    expect: { name: ci }"],
      "3",
      "expect",
    ],
    ["another prefix", [`  - token: ${PORTION}`, `  - token: ${PORTION.replace("pat", "sat")}`], "3", "prefix"],
  ])("with %s is refused, with both lines", (_, lines, line, field) => {
    expect(read(list(...lines))).toMatch(
      new RegExp(`^${line}: token \\S+ is listed in line 2 already, with another ${field}: make one entry of the two$`),
    );
  });
});

test("a ledger of very many entries with comments is read in seconds", () => {
  const ids = Array.from({ length: 8_000 }, (_, index) => `${A.slice(0, -4)}${String(index).padStart(4, "0")}`);
  const text = list(...ids.flatMap((id) => [`  # was tokenId: ${id}`, `  - tokenId: ${id}`, "    reason: x"]));
  const started = process.cpuUsage();
  expect(read(text)).toEqual(ids);
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(4);
}, 60_000);

test("a comment that names a file of any name declares nothing and hides nothing", () => {
  const names = [
    `tokenId: ${A}`,
    `x\n  - tokenId: ${A}`,
    `"token":'${PORTION}'`,
    "\u2028# \ufeff",
    `${PORTION}_${SECRET}`,
  ];
  for (const name of names) expect(read(list(`  - tokenId: ${B} # ${plainComment(name)}`))).toEqual([B]);
});

const damages: fc.Arbitrary<(bytes: Buffer, other: Buffer) => Buffer> = fc.oneof(
  fc.constantFrom<((bytes: Buffer, other: Buffer) => Buffer)[]>(
    (bytes, other) => Buffer.concat([bytes, other]),
    (bytes, other) => Buffer.concat([bytes, Buffer.from(other.toString().replace(/^.*revocations:\n/s, ""))]),
    (bytes, other) => Buffer.concat([bytes, utf16(other.toString())]),
    (bytes) => utf16(bytes.toString()),
    (bytes) => Buffer.from(bytes.toString().trimEnd()),
    (bytes) => Buffer.from(bytes.toString().replaceAll("\n", "\r\n")),
    (bytes) => Buffer.from(bytes.toString().replaceAll("\n", "\r")),
    (bytes) => Buffer.from(bytes.toString().replaceAll("\n", "\n  ")),
    (bytes) => Buffer.from(bytes.toString().replaceAll("\n", "\n# ")),
    (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  ),
  fc.nat().map((place) => (bytes: Buffer) => bytes.subarray(0, place % (bytes.length + 1))),
  fc
    .tuple(
      fc.nat(),
      fc.constantFrom(
        "#",
        "\n",
        " ",
        "  ",
        ":",
        "- ",
        '"',
        "'",
        "|",
        "\t",
        "---\n",
        "...\n",
        "\r",
        "\0",
        "{",
        "]",
        "x",
      ),
    )
    .map(([place, piece]) => (bytes: Buffer) => {
      const at = place % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(piece), bytes.subarray(at)]);
    }),
);

test("of a ledger that is appended to, cut, indented or saved otherwise, every token is declared, or it is refused", () => {
  let declared = 0;
  let refused = 0;
  fc.assert(
    fc.property(ledgers, ledgers, fc.array(damages, { maxLength: 3 }), (one, other, some) => {
      const bytes = some.reduce<Buffer>(
        (bytes, damage) => damage(bytes, Buffer.from(other.text)),
        Buffer.from(one.text),
      );
      // Whatever the encoding, the names are ASCII; what stands above the list may be an example.
      const [, ...below] = bytes
        .toString("latin1")
        .replaceAll("\0", "")
        .split(/^[^\w#]*revocations:/m);
      const text = below.join("");
      const whole = (name: string): boolean => new RegExp(`${name}(?![\\w-])`).test(text);
      const ids = [...one.names, ...other.names].filter(whole).map((name) => {
        const [, field, value] = /^(.*): (.*)$/.exec(name) as unknown as [string, string, string];
        return (read(list(`  - ${field}: ${value}`)) as string[])[0];
      });
      const result = read(bytes);
      if (typeof result === "string") refused++;
      else {
        declared += ids.length;
        expect(result).toEqual(expect.arrayContaining(ids));
      }
    }),
    cases(60_000),
  );
  expect(declared).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(100);
});
