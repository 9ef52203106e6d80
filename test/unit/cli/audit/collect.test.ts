import Ajv from "ajv";
import addFormats from "ajv-formats";
import schema from "../../../../audit.schema.json";
import { collect } from "../../../../cli/audit/collect";
import { format } from "../../../../cli/audit/formatReport";
import { toHistoryEntry } from "../../../../cli/audit/historyEntry";
import { fc } from "../../../support/cases";
import { secret, tokenId } from "../../../support/stackHistory";

const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
const VALUE = `ddpat_000000000Qdww5P8dQtGsa_${SECRET}`;
const TYPE = "pulumi-nodejs:dynamic/datadog-revocation:";
const validate = addFormats(new Ajv({ allErrors: true })).compile(schema);

/** What nobody expects in a field, as JSON has it. */
const nasty: fc.Arbitrary<unknown> = fc.constantFrom(
  ...[null, true, -1, 0.5, 1e20, "", [], {}, secret(), VALUE, `\u001b[31m${VALUE}\u202e\n|`, "__proto__", "=1+1"],
  ...["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9Z", "+275760-09-13T00:00:00.000Z", `Nov 24 2026 (${VALUE})`],
  "<img src=x onerror=alert(1)>",
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
);
const some = (...usual: unknown[]): fc.Arbitrary<unknown> => fc.oneof(fc.constantFrom(...usual), nasty);
const listOf = (item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.array(fc.oneof({ weight: 8, arbitrary: item }, nasty), { maxLength: 3 }) },
    nasty,
  );
/** An object whose fields may each be missing. */
const thing = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: fc.record(fields, { requiredKeys: [] }) }, nasty);

const time = some("2026-01-01T00:00:05Z", "2026-01-01T00:00:07Z");
const snapshot = thing({
  ...{ tokenId: some(tokenId(1)), kind: some("personal", "service"), name: some("ci"), scopes: listOf(nasty) },
  owner: thing({ id: some("o-1"), type: some("users", "service_account"), handle: nasty }),
  ...{ createdAt: time, expiresAt: time, lastUsedAt: time },
});
const record = {
  ...{ tokenId: some(tokenId(1), tokenId(2)), status: some("revoked", "alive"), revokedAt: time, verifiedAt: time },
  ...{ outcome: some("revoked", "alreadyRevoked"), httpStatus: some(204, 404), snapshot },
};
const resource = fc.record({
  urn: some("urn:pulumi:dev::shop::t::n", `urn:pulumi:dev::shop::t::${VALUE}`),
  type: some(`${TYPE}TokenRevocation`, `${TYPE}TokenRevocationShard`, `${TYPE}TokenSweep`, `${TYPE}${VALUE}`),
  ...{ parent: nasty, modified: time },
  outputs: thing({
    ...record,
    ...{ reason: nasty, ticket: nasty, requestedBy: nasty, reportedAt: time, apiUrl: some("https://api.datadoghq.eu") },
    ...{ verify: nasty, serviceAccountId: nasty, serviceTokenIds: listOf(some(tokenId(1))) },
    actor: thing({ id: some("a"), handle: some("h"), organizationId: some("o"), organizationName: nasty }),
    records: listOf(thing(record)),
    failures: listOf(thing({ tokenId: some(tokenId(1)), message: nasty })),
  }),
});
const pending = thing({ type: some("creating"), resource });
const state = thing({
  version: nasty,
  checkpoint: thing({ latest: thing({ resources: listOf(resource), pending_operations: listOf(pending) }) }),
});
const text = fc.constantFrom(
  "github.com",
  "__proto__",
  VALUE,
  "javascript:alert(1)",
  "https://u:p@h/<x>\"'()",
  "12",
  "",
);
const variables = [
  "git.author",
  "git.author.email",
  "git.head",
  "git.headName",
  "ci.build.url",
  "ci.system",
  "vcs.kind",
];
const others = ["vcs.owner", "vcs.repo", "ci.pr.number", "__proto__"];
const entry = thing({
  ...{ version: nasty, kind: some("update", "destroy"), message: nasty, result: some("succeeded", "failed") },
  ...{ startTime: some(1_767_225_600), endTime: some(1_767_225_660) },
  environment: fc.oneof({ weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...variables, ...others), text) }, nasty),
  resourceChanges: fc.oneof(fc.dictionary(fc.constantFrom("same", "create", "delete"), fc.nat(2)), nasty),
});

test("whatever stands in history and state, the report keeps to its schema, and no format lets out a secret or an order to the terminal", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(entry, state), { maxLength: 4 }), state, async (stored, latest) => {
      const history = stored.map(([each], index) => toHistoryEntry(each, index + 1));
      const checkpoints = new Map(history.map((each, index) => [each, stored[index]?.[1]]));
      const source = { stack: "shop/dev", project: "shop", backend: "file", history, damaged: [], notes: [] };
      const { report } = await collect([
        { ...source, state: async () => latest, checkpoint: async (each) => checkpoints.get(each) },
      ]);

      expect(validate(JSON.parse(await format(report, "json", undefined))) ? [] : validate.errors).toEqual([]);
      for (const as of ["json", "csv", "markdown", "table", "html"] as const) {
        const text = await format(report, as, as === "table" ? 100 : undefined);
        expect(text).not.toContain(SECRET);
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]|\[object Object\]/u);
        if (as === "html" || as === "markdown") expect(text).not.toContain("<img");
      }
      expect(({} as { polluted?: true }).polluted).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});
