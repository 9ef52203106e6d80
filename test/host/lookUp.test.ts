import type { Fault, SimulatedToken } from "pulumi-datadog-revocation/simulator";
import { allSent, failure, type Hosted, noToken, said, sent, useHosted, time } from "../support/hosted";

const hosted = useHosted();


const forEver = Number.POSITIVE_INFINITY;
const described = (id: string, attributes: object = {}) => ({
  data: {
    type: "personal_access_tokens",
    id,
    attributes: { name: "n", created_at: "2026-01-01T00:00:00Z", ...attributes },
    relationships: { owned_by: { data: { id: hosted.simulator.keyOwner.id, type: "users" } } },
  },
});
const withBody = (body: object): Fault => ({ kind: "status", status: 200, body });

/** So many tokens that no test had yet, by their owners' ids. */
function byOwner({ simulator, token }: Hosted, count: number): Map<string, SimulatedToken[]> {
  const owned = new Map<string, SimulatedToken[]>();
  for (const each of Array.from({ length: count }, token)) {
    const owner = simulator.find(each.id)?.owner.id ?? "";
    owned.set(owner, [...(owned.get(owner) ?? []), each]);
  }
  return owned;
}

/** What a look-up can meet, how often it is tried, and what the user reads of it. */
const failures: [string, (id: string) => Fault, { tries: number; words: string | RegExp }][] = [
  [
    "403",
    () => ({ kind: "status", status: 403, body: { errors: ["Forbidden"] } }),
    {
      tries: 1,
      words: /answered 403: "Forbidden"\. The credentials need the permission .*org_app_keys_read for anyone/,
    },
  ],
  [
    "401",
    () => ({ kind: "status", status: 401, body: { errors: [{ title: "Unauthorized", detail: "who?" }] } }),
    { tries: 1, words: 'answered 401: "Unauthorized: who?". The credentials were not accepted' },
  ],
  [
    "5xx for ever",
    () => ({ kind: "status", status: 503, body: "upstream" }),
    { tries: 4, words: 'answered 503: "upstream". The fault is at Datadog' },
  ],
  ["a reset for ever", () => ({ kind: "resetBefore" }), { tries: 4, words: "gave no answer: " }],
  ["a page with 200", () => ({ kind: "html" }), { tries: 1, words: /with an HTML page, not the API, titled "Service/ }],
  [
    "a page with 404, which says nothing about the token",
    () => ({ kind: "html", status: 404 }),
    { tries: 1, words: "answered 404: an HTML page, not the API" },
  ],
  ["broken JSON", () => ({ kind: "malformed" }), { tries: 1, words: 'answered 200 with "{' }],
  ["an empty body", () => ({ kind: "status", status: 200 }), { tries: 1, words: "answered 200 with no body" }],
  ["a body that is cut", () => ({ kind: "cut" }), { tries: 4, words: "gave no answer: " }],
  [
    "a field of a wrong type",
    (id) => withBody(described(id, { scopes: "all" })),
    { tries: 1, words: "its field data.attributes.scopes is not what the API promises" },
  ],
  [
    "another token",
    () => withBody(described("00000000-0000-4000-8000-00000000000a")),
    { tries: 1, words: "answered with another token" },
  ],
  [
    "a redirect",
    () => ({ kind: "redirect", location: `${hosted.simulator.url}/elsewhere` }),
    { tries: 1, words: "Redirects are refused" },
  ],
];

describe.each(failures)("a look-up that meets %s", (_, fault, { tries, words }) => {
  test("is said, leaves the snapshot out, and stops nothing but the guards that needed it", async () => {
    const { id: tokenId } = hosted.token();
    const path = hosted.path(tokenId);
    const installed = hosted.simulator.fault({ method: "GET", path, times: forEver }, fault(tokenId));

    const passed = await hosted.host.check({}, { tokenId });
    expect(passed).toEqual({ inputs: { tokenId, status: "revoked" }, failures: [] });
    expect(said(hosted.host, tokenId)).toEqual([
      expect.stringMatching(`^warning ${tokenId}: its name and owner cannot be shown: GET ${path} at 127\\.0\\.0\\.1:`),
    ]);
    expect(said(hosted.host, tokenId)[0]).toMatch(words);
    expect(installed.hits).toBe(tries);

    const guarded = { tokenId, expect: { name: "n" } };
    const because = "refused, not revoked: nobody can see whether it is the token that expect describes: GET ";
    for (const args of [guarded, { tokenId, expect: { ownerId: noToken } }]) {
      const refused = await hosted.host.check({}, args);
      expect(refused.failures).toEqual([{ property: "", reason: expect.stringContaining(`${tokenId}: ${because}`) }]);
      expect(refused.failures[0]?.reason).toMatch(words);
    }
    expect((await failure(hosted.host.create({ ...guarded, status: "revoked" }))).message).toMatch(words);
    expect(sent(hosted, tokenId)).not.toContainEqual(expect.stringMatching("DELETE"));
    // The same news is no news.
    expect(said(hosted.host, tokenId)).toHaveLength(1);
    expect(allSent(hosted)).not.toContain("GET 405");
  });
});

test("a look-up that failed is tried again, and what it finds then is used", async () => {
  const { id: tokenId, name } = hosted.token();
  hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId) }, { kind: "status", status: 403 });
  const first = await hosted.host.check({}, { tokenId });
  expect(first.inputs).not.toHaveProperty("snapshot");
  const { properties } = await hosted.host.create(first.inputs);
  expect(properties).toMatchObject({ outcome: "revoked", kind: "personal", snapshot: { name }, verifiedAt: time });
});

test("a look-up survives failures that pass", async () => {
  const { id: tokenId, name } = hosted.token();
  const path = hosted.path(tokenId);
  hosted.simulator.fault({ method: "GET", path }, { kind: "resetBefore" });
  hosted.simulator.fault({ method: "GET", path }, { kind: "status", status: 500 });
  hosted.simulator.fault({ method: "GET", path }, { kind: "cut" });
  expect((await hosted.host.check({}, { tokenId })).inputs).toMatchObject({ snapshot: { name } });
  expect(sent(hosted, tokenId)).toEqual(["GET -", "GET 500", "GET -", "GET 200"]);
  expect(said(hosted.host, tokenId)).toEqual([]);
});

test("a token that Datadog shows with a revoker is gone, even when it is still shown", async () => {
  const { id: tokenId } = hosted.token();
  const shown = withBody(described(tokenId, { revoker_uuid: hosted.simulator.keyOwner.id }));
  hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId) }, shown);
  expect((await hosted.host.check({}, { tokenId })).inputs).toEqual({ tokenId, status: "revoked" });
  expect(said(hosted.host, tokenId)).toEqual([expect.stringContaining("does not know this token")]);
});

test("what Datadog may leave out or add stops nothing", async () => {
  const { id: tokenId } = hosted.token();
  const odd = { expires_at: null, created_at: "2026-01-02T03:04:05.123456789+02:00", new_field: {}, scopes: null };
  hosted.simulator.fault(
    { method: "GET", path: hosted.path(tokenId) },
    withBody(described(tokenId.toUpperCase(), odd)),
  );
  const { inputs } = await hosted.host.check({}, { tokenId });
  expect(inputs.snapshot).toMatchObject({
    tokenId,
    name: "n",
    scopes: [],
    createdAt: "2026-01-02T01:04:05.123Z",
    expiresAt: null,
  });
});

describe("the owner's handle", () => {
  const faults: Fault[] = [
    { kind: "status", status: 403, body: { errors: ["Forbidden"] } },
    { kind: "status", status: 404 },
    { kind: "html" },
    { kind: "status", status: 200, body: { data: { attributes: { handle: 7 } } } },
    { kind: "cut" },
  ];

  test("is left out when it cannot be read: nothing else changes, and nothing is said", async () => {
    const host = await hosted.start();
    const tokens = [...byOwner(hosted, 40)].map(([ownerId, [token]]) => ({ ownerId, ...token }));
    for (const [index, fault] of faults.entries()) {
      const { id: tokenId, name, ownerId } = tokens[index] ?? {};
      const installed = hosted.simulator.fault({ path: `/api/v2/users/${ownerId}`, times: forEver }, fault);
      const { inputs, failures } = await host.check({}, { tokenId, expect: { name, ownerId } });
      installed.remove();
      expect(failures).toEqual([]);
      expect(inputs.snapshot).toMatchObject({ name, owner: { id: ownerId, type: "users" } });
      expect(inputs.snapshot).not.toHaveProperty("owner.handle");
      expect((await host.create(inputs)).properties).toMatchObject({ outcome: "revoked", snapshot: { name } });
    }
    expect(host.logs()).toEqual([]);
  });

  test("is asked once for all tokens of an owner", async () => {
    const host = await hosted.start();
    const owners = byOwner(hosted, 20);
    const before = hosted.simulator.requests().length;
    await Promise.all([...owners.values()].flat().map(({ id }) => host.check({}, { tokenId: id })));
    const users = hosted.simulator.requests(before).filter(({ path }) => path.includes("/users/"));
    expect(owners.size).toBeLessThan(20);
    expect(users.map(({ path }) => path).toSorted()).toEqual(
      [...owners.keys()].map((id) => `/api/v2/users/${id}`).toSorted(),
    );
  });
});

test("when Datadog says wait for longer than a preview can, nobody asks again meanwhile", async () => {
  const host = await hosted.start();
  const [first, second] = [hosted.token().id, hosted.token().id];
  const wait: Fault = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "30" } };
  hosted.simulator.fault({ method: "GET", path: hosted.path(first) }, wait);
  const started = performance.now();
  for (const tokenId of [first, second]) {
    expect(await host.check({}, { tokenId })).toMatchObject({ failures: [], inputs: { status: "revoked" } });
    expect(said(host, tokenId)).toEqual([
      expect.stringMatching(/no request is allowed for another|rate limit is used up/),
    ]);
  }
  expect(performance.now() - started).toBeLessThan(2_000);
  expect([...sent(hosted, first), ...sent(hosted, second)]).toEqual(["GET 429"]);
});
