/** Listings and answers in which Datadog describes one token in a way that nobody knows. */
import type { SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import { alteredDatadog, type Row } from "../support/alteredDatadog";
import { runCli } from "../support/command";
import { type Host, type Properties, startHost } from "../support/host";
import { failure, QUICK, useSimulator, warnings } from "../support/hosted";

let simulator: Simulator;
let odd: SimulatedToken;
let others: string[];

beforeAll(async () => {
  simulator = await useSimulator({ tokens: 0 });
  const [first, second, third] = ["ci-1", "ci-2", "ci-3"].map((name) =>
    simulator.addToken({ name, createdAt: Date.now() - 86_400_000 }),
  ) as [SimulatedToken, SimulatedToken, SimulatedToken];
  odd = second;
  others = [first.id, third.id];
});

/** What is different about one token; undefined: left out. */
interface Change {
  readonly attributes?: object;
  readonly relationships?: object;
}
const inOne =
  ({ attributes, relationships }: Change, id = odd.id) =>
  (row: Row): Row => {
    if (row.id !== id) return row;
    return {
      ...row,
      attributes: { ...row.attributes, ...attributes },
      relationships: { ...row.relationships, ...relationships },
    };
  };

async function startWith(change: Change, module = "host/tokenSweep", id = odd.id): Promise<Host> {
  const url = await alteredDatadog(simulator, inOne(change, id));
  const { apiKey, appKey } = simulator;
  return startHost({
    module,
    config: { "datadog:apiUrl": url, "datadog:apiKey": apiKey, "datadog:appKey": appKey, ...QUICK },
  });
}

const ids = (some: unknown): string[] => (some as { tokenId: string }[]).map(({ tokenId }) => tokenId).toSorted();

const ROBOT = { data: { id: "11111111-2222-3333-4444-555555555555", type: "robots" } };
const CHANGES: readonly [string, Change, string, Properties][] = [
  ["no name", { attributes: { name: null } }, "attributes.name", { namePattern: "*" }],
  [
    "an owner of a new type",
    { relationships: { owned_by: ROBOT } },
    "relationships.owned_by.data",
    { kind: ["personal", "service"] },
  ],
  ["no time of creation", { attributes: { created_at: undefined } }, "attributes.created_at", { olderThan: "1h" }],
  ["no end", { attributes: { expires_at: undefined } }, "attributes.expires_at", { expiresAfter: "1h" }],
  ["a last use that is none", { attributes: { last_used_at: 7 } }, "attributes.last_used_at", { unusedFor: "1h" }],
  ["scopes that are none", { attributes: { scopes: "all" } }, "attributes.scopes", { scopes: "dashboards_read" }],
];

describe.each(CHANGES)("one token of three with %s", (_, change, field, where) => {
  test("hides no other from a sweep, matches no such criterion, and is said once", async () => {
    const host = await startWith(change);
    for (let time = 0; time < 2; time++) {
      const { inputs, failures } = await host.check({}, { where });
      expect(failures).toEqual([]);
      expect(ids(inputs.matched)).toEqual(others.toSorted());
    }
    expect(warnings(host)).toEqual([
      expect.stringMatching(
        `^${odd.id}: Datadog's answer lacks these fields, or .* documented: [a-z ]+\\(${field}\\)\\. `,
      ),
    ]);
    // The next night has nothing new, and says nothing.
    const state = (await host.create((await host.check({}, { where })).inputs)).properties;
    const next = await startWith(change);
    const { inputs } = await next.check(state, { where });
    expect((await next.diff("sweep", state, inputs)).changes).toBe(false);
    expect(next.logs()).toEqual([]);
  });

  test("is listed by its id, beside the others", async () => {
    const url = await alteredDatadog(simulator, inOne(change));
    const env = { DD_HOST: url, DD_API_KEY: simulator.apiKey, DD_APP_KEY: simulator.appKey };
    const { code, stdout, stderr } = await runCli(["tokens"], env);
    expect(code).toBe(0);
    for (const id of [odd.id, ...others]) expect(stdout).toContain(id);
    expect(stdout).toMatch(new RegExp(`${odd.id}.*(unknown|ci-2)`));
    expect(stdout).not.toMatch(/undefined|NaN/);
    expect(stderr).toMatch(new RegExp(`${odd.id}: Datadog's answer lacks .*\\(${field}\\)`));
  });

  test("can be looked at, and is shown as far as it is known", async () => {
    const host = await startWith(change, "host/tokenRevocation");
    const { inputs, failures } = await host.check({}, { tokenId: odd.id });
    expect(failures).toEqual([]);
    expect(inputs.snapshot).toMatchObject({ tokenId: odd.id });
    expect(JSON.stringify(host.logs())).not.toMatch(/undefined|NaN/);
    expect(warnings(host, odd.id)).toEqual([expect.stringContaining(`(${field})`)]);
  });
});

test.each<[string, Change, Properties, string]>([
  ["name", { attributes: { name: null } }, { name: "ci-2" }, "Datadog does not say its name"],
  [
    "owner",
    { relationships: { owned_by: undefined } },
    { ownerId: "11111111-2222-3333-4444-555555555555" },
    "Datadog does not say whose it is",
  ],
])("a token without its %s is refused by an expectation of it, in preview and up", async (_, change, expect_, why) => {
  const host = await startWith(change, "host/tokenRevocation");
  const args = { tokenId: odd.id, expect: expect_ };
  const { failures } = await host.check({}, args);
  expect(failures).toEqual([
    { property: "", reason: expect.stringContaining(`${odd.id}: refused, not revoked: ${why}`) },
  ]);
  expect((await failure(host.create({ ...args, status: "revoked" }))).message).toContain(why);
  expect(simulator.find(odd.id)?.revokedAt).toBeNull();
});

test("a service account's token whose owner is not said is no personal token: nothing is sent, nothing is claimed", async () => {
  const [account] = simulator.serviceAccounts;
  const service = simulator.addToken({ ownerId: account?.id ?? "" });
  const host = await startWith({ relationships: { owned_by: undefined } }, "host/tokenRevocation", service.id);
  const { failures } = await host.check({}, { tokenId: service.id });
  expect(failures[0]?.reason).toMatch(
    /belongs to a service account that these credentials cannot see: set serviceAccountId/,
  );
  // Given, it is what nothing speaks against.
  const { inputs } = await host.check({}, { tokenId: service.id, serviceAccountId: account?.id });
  const { properties } = await host.create(inputs);
  expect(properties).toMatchObject({ outcome: "revoked", verifiedAt: expect.any(String) });
  expect(simulator.find(service.id)?.revokedAt).not.toBeNull();
});

test("a 404 by the personal path is no proof for a token whose owner is not said", async () => {
  const [account] = simulator.serviceAccounts;
  const service = simulator.addToken({ ownerId: account?.id ?? "" });
  const change = { relationships: { owned_by: undefined }, attributes: { public_portion: undefined } };
  const host = await startWith(change, "host/tokenRevocation", service.id);
  const { inputs } = await host.check({}, { tokenId: service.id });
  const { message } = await failure(host.create(inputs));
  expect(message).toMatch(
    /: not revoked: Datadog shows this token without saying whose it is, .* set serviceAccountId\. If it was revoked/,
  );
  expect(simulator.find(service.id)?.revokedAt).toBeNull();
});
