import fc from "fast-check";
import { parseStatement, readStatement } from "../../../../../cli/audit/evidence/readStatement";
import { toJsonText } from "../../../../../cli/safeJson";
import { UsageError } from "../../../../../cli/usageError";
import { EvidenceFolder } from "./evidenceFolder";

let stand: EvidenceFolder;
/** A statement, as it was written. */
let text: string;
beforeAll(async () => {
  stand = new EvidenceFolder();
  stand.revoke(1);
  text = toJsonText(await stand.statement());
});
afterAll(() => stand.remove());

const base64 = (payload: string): string => Buffer.from(payload).toString("base64");
const enveloped = (payload: string, payloadType = "application/vnd.in-toto+json"): object => ({
  payloadType,
  payload: base64(payload),
  signatures: [{ keyid: "", sig: "AAAA" }],
});
/** The statement, otherwise than it was made. */
const altered = (change: (statement: ReturnType<typeof JSON.parse>) => void): string => {
  const statement = JSON.parse(text);
  change(statement);
  return JSON.stringify(statement);
};

test("a statement is the same as it is, in an envelope, in a Sigstore bundle, and printed otherwise", () => {
  const plain = parseStatement(text);
  expect(plain.enveloped).toBe(false);
  const onOneLine = JSON.stringify(JSON.parse(text));
  expect(parseStatement(onOneLine)).toEqual(plain);
  const bundle = { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", dsseEnvelope: enveloped(onOneLine) };
  for (const wrapped of [enveloped(text), enveloped(onOneLine), bundle]) {
    expect(parseStatement(JSON.stringify(wrapped))).toEqual({ ...plain, enveloped: true });
  }
});

test("of several attestations, one a line, it is the one about an audit", () => {
  const provenance = JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    predicateType: "https://slsa.dev/provenance/v1",
  });
  const line = (payload: string): string => `${JSON.stringify({ dsseEnvelope: enveloped(payload) })}\n`;
  expect(parseStatement(line(provenance) + line(text)).sha256).toBe(parseStatement(text).sha256);
  expect(() => parseStatement(line(provenance) + line(provenance))).toThrow("holds no statement about an audit.");
  expect(() => parseStatement(line(text) + line(text))).toThrow("holds 2 statements about audits, one a line.");
});

test("fields that are not known are not in the way, as the specification demands", () => {
  const more = altered((statement) => {
    statement.predicate.reviewedBy = "ann";
    statement.predicate.stacks[0].read[0].size = 12;
    statement.subject[0].uri = "https://example.com";
  });
  expect(parseStatement(more).predicate.tool.name).toBe("pulumi-datadog-revocation");
});

test.each<[string, () => string, string]>([
  ["something else", () => "# Audit", "is not JSON. Give what audit --format intoto wrote."],
  ["half of one", () => text.slice(0, -20), "is not JSON."],
  ["nothing", () => "null", "is not an in-toto statement of version 1"],
  ["the report", () => JSON.stringify(JSON.parse(text).predicate.report), "is not an in-toto statement of version 1"],
  [
    "a statement of another version",
    () => altered((it) => Object.assign(it, { _type: "https://in-toto.io/Statement/v0.1" })),
    "is not an in-toto statement of version 1",
  ],
  [
    "another statement",
    () => altered((it) => Object.assign(it, { predicateType: "https://slsa.dev/provenance/v1" })),
    "is a statement about something else",
  ],
  [
    "a later statement",
    () => altered((it) => Object.assign(it, { predicateType: it.predicateType.replace("v1", "v2") })),
    "was made by a later release of pulumi-datadog-revocation: use that one.",
  ],
  [
    "a statement without digests",
    () => altered(({ predicate }) => delete predicate.stacks[0].read[0].sha256),
    "is damaged: predicate.stacks.0.read.0.sha256 is missing or not valid.",
  ],
  [
    "a statement of no stack",
    () => altered(({ predicate }) => predicate.stacks.pop()),
    "is damaged: predicate.stacks is",
  ],
  [
    "a statement whose report is of other stacks",
    () => altered(({ predicate }) => Object.assign(predicate.stacks[0], { stack: "shop/prod" })),
    "is damaged: its report is of other stacks than its digests.",
  ],
  [
    "a statement whose report was edited",
    () => altered(({ predicate }) => Object.assign(predicate.report.records[0], { ticket: "SEC-2" })),
    "was changed after it was made: the digest of the report in it is not that of any of its subjects.",
  ],
  [
    "an envelope of something else",
    () => JSON.stringify(enveloped(text, "text/plain")),
    "is not an in-toto statement of version 1",
  ],
  ["a damaged envelope", () => JSON.stringify(enveloped("{")), "is damaged: the payload of its envelope is not JSON."],
])("%s is refused, and why", (_, made, why) => {
  expect(() => parseStatement(made())).toThrow(why);
});

test("a file that is not there is named", async () => {
  const reading = readStatement("/no/such/audit.intoto.json");
  await expect(reading).rejects.toThrow(new UsageError("Cannot read /no/such/audit.intoto.json: no such file."));
});

test("whatever stands in a statement, it is refused in one sentence, or checked", async () => {
  const paths = ["_type", "subject", "predicateType", "predicate"];
  const inner = ["tool", "previous", "stacks", "report"];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths, ...inner), fc.jsonValue(), async (name, value) => {
      const hostile = altered((statement) => {
        (inner.includes(name) ? statement.predicate : statement)[name] = value;
      });
      try {
        parseStatement(hostile);
      } catch (error) {
        expect((error as Error).message).toMatch(/^(is|was) [^\n]*\.\)?$/);
      }
    }),
    { numRuns: 500 },
  );
});

test("names in a statement lead nowhere: what lies outside the backend is not read", async () => {
  const statement = JSON.parse(text);
  for (const object of statement.predicate.stacks[0].read) object.name = `.pulumi/../../../../../../etc/passwd`;
  const { stacks } = await stand.check(statement);
  expect(stacks[0]?.unchecked.join("\n")).toMatch(/passwd\) cannot be read: .*leads out of the backend/);
});
