import { askDatadog } from "../../../../cli/audit/askDatadog";
import type { AuditedHistory, AuditRecord } from "../../../../cli/audit/auditReport";
import { tokenAndPlace } from "../../../../cli/audit/collect";
import type { KeyPair, SimulatedToken, Simulator, SimulatorOptions } from "../../../../simulator";
import { type Answer, json, startServer } from "../../../support/server";
import { sessionFor } from "../../provider/core/sessionFor";
import { keys, simulatorFor } from "../../simulator/useSimulator";

// One test sends a thousand requests.
jest.setTimeout(60_000);

let simulator: Simulator;

async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await simulatorFor({ seed: 7, tokens: 20, ...options });
}

/** A row of a report, as far as it matters here. */
function row(tokenId: string, more: Partial<AuditRecord> = {}): AuditRecord {
  const actor = { id: "a", handle: "ops@example.com", organizationId: simulator.organization.id };
  const known = { tokenId, stack: "shop/dev", resource: "urn::r", removed: false, kind: "personal", actor };
  const place = { apiUrl: simulator.url, outcome: "revoked", unknown: {} };
  return { ...known, ...place, ...more } as AuditRecord;
}

const reportOf = (...records: AuditRecord[]): AuditedHistory => ({
  project: "shop",
  stacks: [],
  records,
  findings: [],
});

async function ask(
  report: AuditedHistory,
  questions: { verify?: boolean; auditTrail?: boolean },
  pair?: KeyPair,
  serviceAccounts: ReadonlyMap<AuditRecord, string> = new Map(),
  seenThere: ReadonlySet<string> = new Set(),
): Promise<AuditedHistory> {
  const { session } = sessionFor({ ...simulator, ...pair });
  const told = await askDatadog(
    { session, credentials: "environment" },
    report,
    { serviceAccounts, seenThere },
    {
      verify: false,
      auditTrail: false,
      ...questions,
    },
  );
  return told.report;
}

const tokens = (service = false) =>
  simulator.tokens.filter(({ serviceAccountId }) => (serviceAccountId !== undefined) === service);

test("--verify tells alive from gone, asks by id only for what the listing does not show, and reports what is alive", async () => {
  await start();
  const [alive, gone] = tokens() as [SimulatedToken, SimulatedToken, ...SimulatedToken[]];
  simulator.revoke(gone.id);
  const report = await ask(reportOf(row(alive.id), row(gone.id), row(gone.id, { removed: true })), { verify: true });
  expect(report.records.map(({ verification }) => verification)).toEqual([
    { alive: true },
    { alive: false },
    { alive: false },
  ]);
  expect(report.findings).toEqual([
    expect.objectContaining({ kind: "alive", tokenId: alive.id, message: expect.stringContaining("pulumi refresh") }),
  ]);
  const asked = simulator.requests().map(({ method, path }) => `${method} ${path.replace(/.*\//, "")}`);
  expect(asked).toEqual(["GET current_user", "GET personal_access_tokens", `GET ${gone.id}`]);
});

test("a token that the stack saw alive is no finding any more where --verify sees it gone", async () => {
  await start();
  const [alive, gone] = tokens() as [SimulatedToken, SimulatedToken, ...SimulatedToken[]];
  simulator.revoke(gone.id);
  const rows = [row(alive.id, { status: "alive" }), row(gone.id, { status: "alive" })];
  const findings = rows.map(({ stack, resource, tokenId }) => {
    return { kind: "alive" as const, stack, resource, tokenId, message: "as the stack saw it" };
  });
  const report = await ask({ ...reportOf(...rows), findings }, { verify: true });
  expect(report.findings).toEqual([findings[0]]);
});

test("where, when, as whom and with whose credentials Datadog was asked is told, and what", async () => {
  await start();
  const { session } = sessionFor(simulator);
  const known = { serviceAccounts: new Map(), seenThere: new Set<string>() };
  const asking = { session, credentials: "configuration of stack shop/dev" };
  const began = Math.floor(Date.now() / 1000) * 1000;
  const { asked } = await askDatadog(asking, reportOf(), known, { verify: true, auditTrail: false });
  expect(asked).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    apiUrl: simulator.url,
    actor: {
      ...simulator.keyOwner,
      organizationId: simulator.organization.id,
      organizationName: simulator.organization.name,
    },
    credentials: "configuration of stack shop/dev",
    questions: ["verify"],
  });
  expect(Date.parse(asked.at)).toBeGreaterThanOrEqual(began);
});

test("--verify asks for service accounts' tokens by their path, and says when that is not recorded", async () => {
  await start({ strictServiceTokens: true });
  const [token] = tokens(true);
  const id = token?.id ?? "";
  simulator.revoke(id);
  const [known, unknown] = [row(id, { kind: "service" }), row(id, { kind: "service" })];
  const account = new Map([[known, token?.serviceAccountId ?? ""]]);
  const { records } = await ask(reportOf(known, unknown), { verify: true }, undefined, account);
  expect(records[0]?.verification).toEqual({ alive: false });
  expect(records[1]?.verification).toMatchObject({
    alive: null,
    why: expect.stringContaining("which account owns it is not recorded"),
  });
});

test("--verify says nothing of another organization's tokens, nor of those whose organization is not recorded", async () => {
  await start();
  const other = simulator.addOrganization({ name: "Subsidiary" });
  const id = tokens()[0]?.id ?? "";
  const { records } = await ask(reportOf(row(id), row(id, { actor: null })), { verify: true }, other);
  const host = new URL(simulator.url).host;
  const asked = `this report asks Datadog (${host}, organization "Subsidiary" ${other.organization.id})`;
  const recorded = `it was recorded at Datadog (${host}, organization ${simulator.organization.id})`;
  expect(records[0]?.verification).toEqual({ alive: null, why: `not asked: ${recorded}; ${asked}` });
  expect(records[1]?.verification?.why).toBe(`not asked: its organization is not recorded; ${asked}`);
  expect(simulator.requests()).toHaveLength(1);
});

test("--verify without the permission to look claims nothing", async () => {
  await start();
  const none = simulator.createKeys([]);
  const { records, findings } = await ask(reportOf(row(tokens()[0]?.id ?? "")), { verify: true }, none);
  expect(records[0]?.verification).toMatchObject({ alive: null, why: expect.stringContaining("org_app_keys_read") });
  expect(findings).toEqual([]);
});

const remove = (id: string, userAgent = "curl", collection = "personal_access_tokens") =>
  fetch(`${simulator.url}/api/v2/${collection}/${id}`, {
    method: "DELETE",
    headers: { ...keys(simulator), "User-Agent": userAgent },
  });

test("--verify asks no other site about a record", async () => {
  await start();
  const elsewhere = row(tokens()[0]?.id ?? "", { apiUrl: "https://api.us5.datadoghq.com" });
  const { records } = await ask(reportOf(elsewhere), { verify: true });
  const host = new URL(simulator.url).host;
  const why = new RegExp(
    `^not asked: it was recorded at Datadog \\(api.us5.datadoghq.com, .*; this report asks Datadog \\(${host}, `,
  );
  expect(records[0]?.verification).toEqual({ alive: null, why: expect.stringMatching(why) });
});

test("--verify calls a token that was never seen neither gone nor verified, unless another record saw it there", async () => {
  await start();
  const id = "00000001-0000-4000-8000-000000000000";
  const unseen = row(id, { outcome: "alreadyRevoked", snapshot: null, verifiedAt: null });
  const { records } = await ask(reportOf(unseen), { verify: true });
  expect(records[0]?.verification).toEqual({ alive: null, why: "never seen" });

  const seen = new Set([tokenAndPlace(unseen)]);
  const report = await ask(reportOf(unseen), { verify: true }, undefined, new Map(), seen);
  expect(report.records[0]?.verification).toEqual({ alive: false });

  const alive = row(tokens()[0]?.id ?? "", { outcome: "alreadyRevoked", snapshot: null, verifiedAt: null });
  const found = await ask(reportOf(alive), { verify: true });
  expect(found.records[0]?.verification).toEqual({ alive: true });
  expect(found.findings).toEqual([expect.objectContaining({ kind: "alive" })]);
});

test.each(["unknown", "suspended"])("the outcome %s does not tell that a token was seen there", async (outcome) => {
  await start();
  const unseen = row("00000001-0000-4000-8000-000000000000", { outcome, snapshot: null, verifiedAt: null });
  const { records } = await ask(reportOf(unseen), { verify: true });
  expect(records[0]?.verification).toEqual({ alive: null, why: "never seen" });
});

test("--verify does not ask about what is no token id", async () => {
  await start();
  const { records } = await ask(reportOf(row("ci-deploy")), { verify: true });
  expect(records[0]?.verification).toEqual({ alive: null, why: "not asked: its id is not a token id" });
});

test("a token that is alive is a finding once, with the later record's remedy", async () => {
  await start();
  const id = tokens()[0]?.id ?? "";
  const supersededBy = { version: 2, revokedAt: "2026-01-01T00:00:00Z", resource: "urn::r" };
  const earlier = row(id, { removed: true, supersededBy });
  const both = await ask(reportOf(earlier, row(id)), { verify: true });
  const alone = await ask(reportOf(earlier), { verify: true });
  for (const { findings } of [both, alone]) {
    expect(findings).toEqual([expect.objectContaining({ message: expect.stringContaining("run pulumi refresh") })]);
  }
});

const searches = () => simulator.requests().filter(({ method }) => method === "POST");

test("--datadog-audit-trail tells who sent which DELETE, the first one first, in one question for many tokens", async () => {
  await start({ deleteAnswers204For: 0 });
  const [first, untouched] = tokens() as [SimulatedToken, SimulatedToken, ...SimulatedToken[]];
  await remove(first.id, "somebody's script");
  await remove(first.id);
  const { records } = await ask(reportOf(row(first.id), row(untouched.id)), { auditTrail: true });
  expect(records[0]?.auditTrail?.events).toEqual([
    {
      at: expect.stringMatching(/Z$/),
      user: simulator.keyOwner.handle,
      userId: simulator.keyOwner.id,
      authentication: "API_AND_APP_KEY",
      ip: "127.0.0.1",
      userAgent: "somebody's script",
      statusCode: 204,
    },
    expect.objectContaining({ userAgent: "curl", statusCode: 404 }),
  ]);
  expect(records[1]?.auditTrail).toEqual({
    complete: true,
    events: [],
    why: expect.stringContaining("3 to 90 days"),
  });
  expect(searches()).toHaveLength(1);
});

test("--datadog-audit-trail finds the DELETEs of a service account's token by either path", async () => {
  await start();
  const [token] = tokens(true) as [SimulatedToken, ...SimulatedToken[]];
  const account = token.serviceAccountId ?? "";
  await remove(token.id, "by the personal path");
  await remove(token.id, "by the account's path", `service_accounts/${account}/access_tokens`);
  const known = row(token.id, { kind: "service" });
  const { records } = await ask(reportOf(known), { auditTrail: true }, undefined, new Map([[known, account]]));
  expect(records[0]?.auditTrail?.events.map(({ userAgent }) => userAgent)).toEqual([
    "by the personal path",
    "by the account's path",
  ]);
});

test.each(["service", null] as const)(
  "--datadog-audit-trail does not say of a token of kind %s, whose account is not recorded, that the trail has nothing",
  async (kind) => {
    await start();
    const [token] = tokens(true);
    const { records } = await ask(reportOf(row(token?.id ?? "", { kind })), { auditTrail: true });
    const why = expect.stringContaining("which account owns it is not recorded");
    expect(records[0]?.auditTrail).toEqual({ complete: false, events: [], why });
  },
);

test("--datadog-audit-trail reads every page, and asks for a hundred tokens at a time", async () => {
  await start({ tokens: 0 });
  const ids = Array.from({ length: 101 }, (_, n) => `${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`);
  for (let n = 0; n < 1001; n++) await remove(ids[0] ?? "");
  const { records } = await ask(reportOf(...ids.map((id) => row(id))), { auditTrail: true });
  expect(records[0]?.auditTrail?.events).toHaveLength(1001);
  expect(searches()).toHaveLength(3);
});

test.each([
  ["without audit_logs_read", {}, "audit_logs_read"],
  ["in an organization that has none", { auditTrail: false }, "or the organization has no Audit Trail"],
] as const)("%s, that is said", async (_, options, words) => {
  await start(options);
  const few = simulator.createKeys(["user_app_keys"]);
  const { records } = await ask(reportOf(row(tokens()[0]?.id ?? "")), { auditTrail: true }, few);
  expect(records[0]?.auditTrail).toEqual({ complete: false, events: [], why: expect.stringContaining(words) });
});

describe("a trail that cannot be read whole", () => {
  const [one, two] = ["00000001-0000-4000-8000-000000000000", "00000002-0000-4000-8000-000000000000"] as const;
  const path = (id: string): string => `/api/v2/personal_access_tokens/${id}`;

  /** A Datadog whose trail gives these answers, the last one for ever. */
  async function askTrail(answers: readonly unknown[], ids: readonly string[] = [one, two]) {
    await start({ tokens: 0 });
    const user = { data: { id: "u", type: "users", attributes: { handle: "ops@example.com" } } };
    const org = { relationships: { org: { data: { id: simulator.organization.id, type: "orgs" } } } };
    let asked = 0;
    const answer: Answer = (request, response) => {
      if (request.method === "GET") return json(200, { data: { ...user.data, ...org } })(request, response);
      const body = answers[Math.min(asked++, answers.length - 1)];
      return typeof body === "number"
        ? json(body, { errors: ["no"] })(request, response)
        : json(200, body)(request, response);
    };
    const { url } = await startServer(answer);
    const { session } = sessionFor({ ...simulator, url });
    const report = reportOf(...ids.map((id) => row(id, { apiUrl: url })));
    const known = { serviceAccounts: new Map(), seenThere: new Set<string>() };
    const asking = { session, credentials: "environment" };
    const told = await askDatadog(asking, report, known, { verify: false, auditTrail: true });
    return { trails: told.report.records.map(({ auditTrail }) => auditTrail), asked };
  }
  const event = (id: string, usr: object = {}, more: object = {}) => ({
    attributes: {
      timestamp: "2026-11-24T01:00:00Z",
      attributes: { usr, http: { method: "DELETE", status_code: "204", url_details: { path: path(id) } }, ...more },
    },
  });
  const found = { at: "2026-11-24T01:00:00.000Z", statusCode: 204, authentication: null, ip: null, userAgent: null };
  const nobody = { user: null, userId: null };
  const notWhole = (whys: string) =>
    `the Audit Trail could not be read whole (${whys}): a DELETE may be missing here. Make the report again later`;

  test.each<[string, object, string]>([
    ["timed out", { status: "timeout" }, "timed out"],
    [
      "timed out with a warning",
      { status: "timeout", warnings: [{ title: "Partial results", detail: "2 of 3 shards" }] },
      "timed out; Datadog warns: Partial results: 2 of 3 shards",
    ],
    [
      "has warnings that end with a full stop",
      { status: "timeout", warnings: [{ title: "Partial results.", detail: "2 of 3 shards." }] },
      "timed out; Datadog warns: Partial results: 2 of 3 shards",
    ],
    [
      "has many warnings",
      { status: "done", warnings: ["a", "b", "c", "d"] },
      "Datadog warns: a; Datadog warns: b; Datadog warns: c; …",
    ],
  ])("shows what was found, and claims no absence, where the search %s", async (_, meta, whys) => {
    const { trails, asked } = await askTrail([{ data: [event(one)], meta }]);
    const why = notWhole(whys);
    expect(trails).toEqual([
      { complete: false, events: [{ ...found, ...nobody }], why },
      { complete: false, events: [], why },
    ]);
    expect(asked).toBe(2);
  });

  test("is whole after all where the second try is", async () => {
    const { trails } = await askTrail([
      { data: [], meta: { status: "timeout" } },
      { data: [event(one)], meta: { status: "done" } },
    ]);
    expect(trails[0]).toEqual({ complete: true, events: [{ ...found, ...nobody }] });
    expect(trails[1]).toEqual({ complete: true, events: [], why: expect.stringContaining("holds no DELETE of it") });
  });

  test("leaves the tokens of the other questions as they are", async () => {
    const ids = Array.from({ length: 101 }, (_, n) => `${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`);
    const { trails } = await askTrail(
      [
        { data: [], meta: { status: "done" } },
        { data: [], meta: { status: "timeout" } },
      ],
      ids,
    );
    expect(trails.map((trail) => trail?.complete)).toEqual([...Array(100).fill(true), false]);
    const refused = await askTrail([{ data: [event(one)], meta: { status: "done" } }, 403], ids);
    expect(refused.trails.map((trail) => trail?.complete)).toEqual([...Array(100).fill(true), false]);
    expect(refused.trails[1]?.events).toHaveLength(1);
    expect(refused.trails[100]?.why).toContain("answered 403");
  });

  test("counts an event that names no token, and shows one of unknown time", async () => {
    const untimed = { attributes: { ...event(one).attributes, timestamp: null } };
    const { trails, asked } = await askTrail([
      { data: [untimed, { attributes: {} }, event(one), null], meta: { status: "done" } },
    ]);
    const why = notWhole("2 of its events cannot be read");
    expect(trails).toEqual([
      {
        complete: false,
        events: [
          { ...found, ...nobody },
          { ...found, ...nobody, at: null },
        ],
        why,
      },
      { complete: false, events: [], why },
    ]);
    expect(asked).toBe(1);
  });

  test("takes nothing but a DELETE of the very token for one", async () => {
    const get = event(one, {}, { http: { method: "GET", url_details: { path: path(one) } } });
    const upper = event(two.toUpperCase());
    const { trails } = await askTrail([{ data: [get, event("x"), upper], meta: { status: "done" } }]);
    expect(trails.map((trail) => [trail?.complete, trail?.events.length])).toEqual([
      [true, 0],
      [true, 1],
    ]);
  });

  const account = "ab69e61b-1f0e-4d4c-9a6e-0a6f6b1d2c33";
  test.each<[object, string | null, string | null]>([
    [{ id: account, name: "deployer", email: "sa@example.com", uuid: account }, "deployer", account],
    [{ id: account, email: "sa@example.com" }, "sa@example.com", account],
    [{ id: account }, null, account],
    [{ id: "ann@example.com", email: "ann@example.com", name: "Ann", uuid: two }, "ann@example.com", two],
    [{ id: "ann", name: "Ann" }, "ann", null],
    [{ name: "Ann" }, "Ann", null],
    [{ id: 7, email: "" }, null, null],
  ])("says of %j who it was", async (usr, user, userId) => {
    const { trails } = await askTrail([{ data: [event(one, usr)], meta: { status: "done" } }]);
    expect(trails[0]?.events).toEqual([{ ...found, user, userId }]);
  });
});
