import type { Fault } from "pulumi-datadog-revocation/simulator";
import type { Host, HostOptions } from "../support/host";
import { useHosted } from "../support/hosted";

const hosted = useHosted();

/** What the engine, and so the user, state and logs, get of a call, whether it succeeds or fails. */
async function outcome(call: Promise<unknown>): Promise<string> {
  const shown = await call.catch((error) => ({ ...error, message: error.message, stack: undefined }));
  return JSON.stringify(shown);
}

type Life = (host: Host, tokenId: string, verify: boolean) => (() => Promise<unknown>)[];

/** The life of a resource, whatever happens in it, and what a damaged state makes of it. */
const lives: Record<string, Life> = {
  tokenRevocation: (host, tokenId, verify) => {
    const inputs = { tokenId, verify, status: "revoked" };
    const record = { ...inputs, outcome: "revoked", httpStatus: 204, snapshot: { name: "n" } };
    return [
      () => host.check({}, { tokenId, verify }),
      () => host.check({}, { tokenId, expect: { name: "another" } }),
      () => host.create(inputs),
      () => host.create({ ...inputs, expect: { name: "another" } }),
      () => host.update(tokenId, record, { ...inputs, reason: "x" }),
      () => host.update(tokenId, { ...record, status: "alive" }, inputs),
      () => host.read(tokenId, record),
      () => host.delete(tokenId, record),
    ];
  },
  tokenRevocationShard: (host, tokenId, verify) => {
    const batch = { name: "batch", shard: "0", size: 1, maxRevocations: 1 };
    const inputs = { tokenIds: [tokenId], batch, verify, status: "revoked" };
    const record = { tokenId, status: "alive", outcome: "revoked", snapshot: { name: "n" } };
    const state = { ...inputs, records: [record], failures: [{ tokenId, message: "m" }], status: "alive" };
    return [
      () => host.check({}, inputs),
      () => host.check({ ...inputs, status: "alive" }, { ...inputs, expect: { organizationId: tokenId } }),
      () => host.create(inputs),
      () => host.update("0", state, inputs),
      () => host.read("0", state),
      () => host.delete("0", state),
      () => host.update("0", { tokenIds: tokenId }, { ...inputs, batch: tokenId }),
    ];
  },
  tokenSweep: (host, tokenId) => {
    const inputs = { where: { namePattern: "*" }, enforce: true, maxRevocations: 1000 };
    const matched = [{ tokenId, kind: "personal", name: "n", owner: { id: tokenId, type: "users" } }];
    const record = { tokenId, status: "revoked", outcome: "revoked" };
    const state = { ...inputs, matched, records: [record], failures: [], lastSweptAt: "2026-01-01T00:00:00Z" };
    return [
      () => host.check({}, { ...inputs, enforce: false }),
      () => host.check({}, { ...inputs, expect: { organizationId: tokenId } }),
      () => host.create({ ...inputs, matched }),
      () => host.update("sweep", state, { ...inputs, matched }),
      () => host.read("sweep", state),
      () => host.delete("sweep", state),
      () => host.update("sweep", { matched: tokenId }, { where: tokenId, matched: tokenId }),
    ];
  },
};

type Way = [module: string, way: string, credentials: (own: string) => HostOptions & { secret: string[] }];
const { keys, bearer, asKey } = {
  keys: () => {
    const { apiKey, appKey } = hosted.simulator;
    return { config: { "datadog:apiKey": apiKey, "datadog:appKey": appKey }, secret: [apiKey, appKey] };
  },
  bearer: (own: string) => ({ env: { DD_BEARER_TOKEN: own }, secret: [own] }),
  asKey: (own: string) => {
    const { apiKey } = hosted.simulator;
    return { env: { DD_APP_KEY: own, DD_API_KEY: apiKey }, secret: [own, apiKey] };
  },
};
const ways: Way[] = [
  ...Object.keys(lives).map((module): Way => [module, "a key pair in configuration", keys]),
  ["tokenRevocation", "a bearer token", bearer],
  ["tokenRevocation", "a token value as application key", asKey],
];

test.each(ways)("a %s never lets %s out, whole or in part, although the server repeats it", async (module, _, way) => {
  const { config, env = {}, secret } = way(hosted.token().value);
  const quick = { "datadog:apiUrl": hosted.simulator.url, "datadog:httpClientRetryMaxRetries": "0" };
  const host = await hosted.startBare({ module: `host/${module}`, config: { ...quick, ...config }, env });
  const { id, value } = hosted.token();
  const secrets = [...secret, value];
  const all = secrets.join(" ");
  // Of a token value, what stands behind the public portion.
  const parts = secrets.map((each) => (each.startsWith("dd") ? each.slice(29) : each));
  const half = secret[0]?.slice(0, -8);
  const described = (name: string, extra: object = {}) => ({
    type: "personal_access_tokens",
    id,
    attributes: { name, scopes: [name], created_at: "2026-01-01T00:00:00Z", key: value, ...extra },
    relationships: { owned_by: { data: { id: hosted.simulator.keyOwner.id, type: "users" } } },
  });
  const answers = (name: string, extra?: object): [RegExp, object][] => [
    [/personal_access_tokens$/, { data: [described(name, extra)], meta: { page: { total_filtered_count: 1 } } }],
    [new RegExp(id), { data: described(name, extra) }],
    [/users/, { data: { type: "users", id, attributes: { handle: name } } }],
  ];
  const status = (status: number, body: string | object): Fault => ({ kind: "status", status, body });
  const everywhere = (fault: Fault): [RegExp, Fault][] => [[/personal_access|current_user|users/, fault]];
  const withAnswers = (...bodies: [RegExp, object][]) =>
    bodies.map(([path, body]): [RegExp, Fault] => [path, status(200, body)]);
  const faults: [RegExp, Fault][][] = [
    everywhere(status(403, { errors: [all, { title: all, detail: half }] })),
    everywhere(status(401, `{"errors":["no access with ${all}`)),
    everywhere(status(400, { errors: [`${"x".repeat(280)} ${all}`] })),
    everywhere({ kind: "html", status: 404, body: `<html><title>${all}</title><pre>${all}</pre></html>` }),
    everywhere({ kind: "html", body: `<html><title>${all}</title></html>` }),
    everywhere({ ...status(503, { request: { headers: { key: all } } }), headers: { "X-Secret": all } } as Fault),
    everywhere({ kind: "malformed", body: `{"data":"${all}` }),
    everywhere({ kind: "redirect", location: `https://example.com/${encodeURIComponent(all)}?key=${half}` }),
    everywhere({ kind: "cut" }),
    withAnswers(...answers("n", { created_at: all, scopes: all })),
    // The last: what was listed is not asked for again.
    withAnswers(...answers(all)),
  ];
  for (const each of faults) {
    const always = { times: Number.POSITIVE_INFINITY };
    const installed = each.map(([path, fault]) => hosted.simulator.fault({ path, ...always }, fault));
    // Who may not look is not asked to look again; in other cases verification would wait.
    const isForbidden = each === faults[0] || each === faults[1];
    const outcomes: string[] = [];
    for (const call of lives[module]?.(host, id, isForbidden) ?? []) outcomes.push(await outcome(call()));
    expect(outcomes.length).toBeGreaterThan(6);
    const text = [...outcomes, JSON.stringify(host.logs()), await host.printed()].join("\n");
    for (const part of parts) expect(text.split("\n").filter((line) => line.includes(part))).toEqual([]);
    expect(installed.reduce((hits, fault) => hits + fault.hits, 0)).toBeGreaterThan(0);
    for (const fault of installed) fault.remove();
  }
  expect(JSON.stringify(host.logs())).toContain("redacted");
  // Nor in what is sent.
  const requests = hosted.simulator.requests().map(({ path, query, body }) => JSON.stringify({ path, query, body }));
  expect(requests.length).toBeGreaterThan(20);
  for (const part of parts) expect(requests.filter((request) => request.includes(part))).toEqual([]);
});
