import { createHash } from "node:crypto";
import { PREDICATE_TYPE } from "../../../../../cli/audit/evidence/statement";
import { formatReport } from "../../../../../cli/audit/formatReport";
import { toJsonText } from "../../../../../cli/safeJson";
import { EvidenceFolder } from "./evidenceFolder";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

let stand: EvidenceFolder;
beforeEach(() => {
  stand = new EvidenceFolder();
});
afterEach(() => stand.remove());

test("a statement names the report as its subject, and what was read of each stack by digest", async () => {
  stand.revoke(1);
  stand.revoke(2);
  const statement = await stand.statement();
  const json = await formatReport(statement.predicate.report, "json", undefined);
  expect(statement).toEqual({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "audit.json", digest: { sha256: sha256(json) } }],
    predicateType: "https://www.npmjs.com/package/pulumi-datadog-revocation/audit/v1",
    predicate: {
      tool: { name: "pulumi-datadog-revocation", version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      previous: null,
      stacks: [
        {
          stack: "shop/dev",
          project: "shop",
          backend: "file",
          read: expect.arrayContaining([
            { kind: "state", version: null, name: ".pulumi/stacks/shop/dev.json", sha256: expect.any(String) },
            expect.objectContaining({ kind: "historyEntry", version: 1 }),
            expect.objectContaining({ kind: "historyEntry", version: 2 }),
            expect.objectContaining({ kind: "oldState", version: 2 }),
          ]),
        },
      ],
      report: expect.objectContaining({ records: [expect.anything(), expect.anything()] }),
    },
  });
});

test("whoever has the predicate alone computes the subject's digest", async () => {
  stand.revoke(1, { reason: "a\u001b[31m\u2028 \ud83d\ude00 __proto__" });
  const { subject, predicate } = JSON.parse(toJsonText(await stand.statement()));
  const escaped = JSON.stringify(predicate.report, null, 2).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  expect(subject[0].digest.sha256).toBe(sha256(`${escaped}\n`));
});

test("the same history gives the same bytes, and another history others", async () => {
  stand.revoke(1);
  const one = toJsonText(await stand.statement());
  expect(toJsonText(await stand.statement())).toBe(one);
  stand.revoke(2);
  expect(toJsonText(await stand.statement())).not.toBe(one);
});

test("the files that hold the report are subjects by their names, one of them always its JSON", async () => {
  stand.revoke(1);
  const { predicate, subject } = await stand.statement();
  const json = await formatReport(predicate.report, "json", undefined);
  const csv = await formatReport(predicate.report, "csv", undefined);
  const named = (name: string, text: string) => ({ name, digest: { sha256: sha256(text) } });
  expect(subject).toEqual([named("audit.json", json)]);

  const other = await stand.statement([{ file: "out/records.csv", text: csv }]);
  expect(other.subject).toEqual([named("audit.json", json), named("records.csv", csv)]);

  const whole = await stand.statement([{ file: "out/report.json", text: json }]);
  expect(whole.subject).toEqual([named("report.json", json)]);
});

test("a statement names the one before it", async () => {
  stand.revoke(1);
  const { predicate, predicateType } = await stand.statement([], "ab".repeat(32));
  expect(predicate.previous).toEqual({ sha256: "ab".repeat(32) });
  expect(predicateType).toBe(PREDICATE_TYPE);
});
