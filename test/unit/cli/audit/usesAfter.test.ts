import { ACTOR, record, revocation, StackHistory, snapshot, tokenId } from "../../../support/stackHistory";
import { reportOf } from "./stackInMemory";

const id = tokenId(1);
const leak = { detectedAt: "2025-12-30T08:00:00.000Z", source: "github" };
const owner = { id: "bcc8bb38-d1e1-4b52-adda-ebf269e3259c", type: "users", handle: "robin@example.com" };

async function findingsOf(seen: object, outputs: object = {}) {
  const history = new StackHistory();
  const fields = record(id, history.at(), { snapshot: { ...snapshot(id), owner, ...seen }, ...outputs });
  history.deploy([revocation("a", fields)]);
  return (await reportOf(history)).findings;
}

test("a token that was used after Datadog found it leaked is a finding, with both times and where to look", async () => {
  expect(await findingsOf({ leak, lastUsedAt: "2025-12-31T08:00:00.000Z" })).toEqual([
    {
      kind: "usedAfterLeak",
      stack: "shop/dev",
      resource: "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation::a",
      tokenId: id,
      message:
        "it was last used at 2025-12-31T08:00:00.000Z, after Datadog found it leaked: 2025-12-30T08:00:00.000Z (github). " +
        "See what its owner's credentials did since then, with this token or others: search the Audit Trail " +
        "(https://app.datadoghq.eu/audit-trail) for " +
        `@evt.name:Request (@usr.uuid:"${owner.id}" OR @usr.id:("${owner.id}" OR "robin@example.com") ` +
        `OR @delegator.id:("${owner.id}" OR "robin@example.com"))`,
    },
  ]);
});

test.each<[string, object]>([
  ["before", { leak, lastUsedAt: "2025-12-29T08:00:00Z" }],
  ["at the very time", { leak, lastUsedAt: "2025-12-30T09:00:00+01:00" }],
  ["never", { leak, lastUsedAt: null }],
  ["nobody knows when", { leak, lastUsedAt: undefined }],
  ["after no leak", { leak: null, lastUsedAt: "2025-12-31T08:00:00Z" }],
  ["after a leak of unknown time", { leak: { source: "github" }, lastUsedAt: "2025-12-31T08:00:00Z" }],
  ["where nobody said of a leak", { lastUsedAt: "2025-12-31T08:00:00Z" }],
])("a token that was used %s is none", async (_, seen) => {
  expect(await findingsOf(seen)).toEqual([]);
});

const used = { leak, lastUsedAt: "2025-12-31T08:00:00Z" };
test.each<[string, object, object, string]>([
  [
    "us3.datadoghq.com",
    {},
    { apiUrl: "https://api.us3.datadoghq.com" },
    "(https://us3.datadoghq.com/audit-trail) for @evt",
  ],
  ["ddog-gov.com", {}, { apiUrl: "https://api.ddog-gov.com" }, "(https://app.ddog-gov.com/audit-trail) for @evt"],
  ["a proxy", {}, { apiUrl: "https://datadog.example.com" }, "search the Audit Trail for @evt"],
  ["no owner", { owner: undefined }, {}, "audit-trail) for its owner's requests"],
  [
    "a service account",
    { owner: { ...owner, handle: owner.id } },
    {},
    `OR @usr.id:"${owner.id}" OR @delegator.id:"${owner.id}")`,
  ],
])("where to look: %s", async (_, seen, outputs, words) => {
  const [finding] = await findingsOf({ ...used, ...seen }, outputs);
  expect(finding?.message).toContain(words);
});

test("a token with two records is a finding once", async () => {
  const history = new StackHistory();
  const seen = { snapshot: { ...snapshot(id), ...used }, actor: ACTOR };
  history.deploy([revocation("a", record(id, history.at(), seen))]);
  history.deploy([revocation("b", record(id, history.at(), seen))]);
  const { records, findings } = await reportOf(history);
  expect([records.length, findings.map(({ kind }) => kind)]).toEqual([2, ["usedAfterLeak"]]);
});

const report = { reportedAt: "2025-12-31T07:00:00Z" };

test("a token that was used after it was reported is a finding, with both times", async () => {
  const [finding, ...others] = await findingsOf({ lastUsedAt: "2025-12-31T08:00:00.000Z" }, report);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    kind: "usedAfterReport",
    tokenId: id,
    message: expect.stringMatching(
      /^it was last used at 2025-12-31T08:00:00.000Z, after it was reported: 2025-12-31T07:00:00Z\. See what its owner's /,
    ),
  });
});

test.each<[string, object, object]>([
  ["before", { lastUsedAt: "2025-12-31T06:00:00Z" }, report],
  ["never", { lastUsedAt: null }, report],
  ["nobody knows when", { lastUsedAt: undefined }, report],
  ["after no report", { lastUsedAt: "2025-12-31T08:00:00Z" }, {}],
  ["after a report that is no time", { lastUsedAt: "2025-12-31T08:00:00Z" }, { reportedAt: "soon" }],
])("a token that was used %s is none, with a time of report", async (_, seen, outputs) => {
  expect(await findingsOf({ leak: null, ...seen }, outputs)).toEqual([]);
});

test("a use after the leak and the report is one finding, of the leak", async () => {
  expect((await findingsOf(used, report)).map(({ kind }) => kind)).toEqual(["usedAfterLeak"]);
});
