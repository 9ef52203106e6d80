import { failure, type Hosted, noToken, revoke, startHosted } from "../support/hosted";

let hosted: Hosted;

beforeAll(async () => {
  hosted = await startHosted();
});

afterAll(() => hosted.stop());

test("a run without news says nothing, on either way to the user", async () => {
  const host = await hosted.start();
  const { id: tokenId } = hosted.token();
  const { inputs } = await host.check({}, { tokenId, reason: "old" });
  const { properties } = await host.create(inputs);
  const again = await host.check(inputs, { tokenId, reason: "new" });
  await host.diff(tokenId, properties, again.inputs);
  const updated = await host.update(tokenId, properties, again.inputs);
  await host.read(tokenId, updated.properties);
  expect(host.logs()).toEqual([]);
  expect(await host.end()).toBe("");
});

test("every message is one plain line of the engine's, given once, and the host itself prints nothing", async () => {
  const host = await hosted.start();
  for (const _ of ["preview", "update"]) await host.check({}, { tokenId: noToken });
  const { properties } = await host.create({ tokenId: noToken, status: "revoked" });
  await host.delete(noToken, properties);
  expect(host.logs()).toEqual([
    { severity: "warning", ephemeral: false, message: expect.stringMatching(`^${noToken}: Datadog \\(`) },
    { severity: "info", ephemeral: false, message: expect.stringMatching(`^${noToken}: removed from state only`) },
  ]);
  expect(await host.end()).toBe("");
});

test("when the engine is gone, what is being done is finished, and messages go to the host's own output", async () => {
  const host = await hosted.start();
  await host.check({}, { tokenId: noToken });
  host.killEngine();
  const { id: tokenId } = hosted.token();
  hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: 3 }, { kind: "status", status: 403 });
  const { properties } = await revoke(host, { tokenId });
  await host.delete(tokenId, properties);
  expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
  const lines = (await host.end()).trimEnd().split("\n");
  expect(lines).toEqual([
    expect.stringMatching(`^${tokenId}: its name and owner cannot be shown: `),
    expect.stringMatching(`^${tokenId}: Datadog accepted the revocation, but it is not verified: `),
    expect.stringMatching(`^${tokenId}: removed from state only. `),
  ]);
});

test("without news a host whose engine is gone prints nothing", async () => {
  const host = await hosted.start();
  host.killEngine();
  expect((await revoke(host, { tokenId: hosted.token().id })).properties).toMatchObject({ outcome: "revoked" });
  expect(await host.end()).toBe("");
});

/** A token as Datadog answers it. */
const described = (id: string, ownerId: string | undefined, name: string) => ({
  data: {
    type: "personal_access_tokens",
    id,
    attributes: { name, scopes: [name], created_at: "2026-01-01T00:00:00Z" },
    relationships: { owned_by: { data: { id: ownerId, type: "users" } } },
  },
});

describe("what others wrote", () => {
  const nasty = 'a\u001b[31mb\u009b31m\r\nc\u2028d\u0000"';

  test("is shown without line breaks and terminal escapes, in every message and error", async () => {
    const { id: tokenId } = hosted.token();
    const owner = hosted.simulator.find(tokenId)?.owner;
    const body = described(tokenId, owner?.id, nasty);
    const host = await hosted.start();
    const path = hosted.path(tokenId);
    const user = { data: { type: "users", id: owner?.id, attributes: { handle: nasty } } };
    hosted.simulator.fault({ path: `/api/v2/users/${owner?.id}` }, { kind: "status", status: 200, body: user });
    hosted.simulator.fault({ method: "GET", path }, { kind: "status", status: 200, body });
    const checked = await host.check({}, { tokenId, expect: { name: "another" } });
    const { message } = await failure(host.create({ tokenId, expect: { name: "another" }, status: "revoked" }));
    const owned = await failure(host.create({ tokenId, expect: { ownerId: noToken }, status: "revoked" }));
    hosted.simulator.fault({ method: "DELETE", path }, { kind: "status", status: 403, body: { errors: [nasty] } });
    const refused = await failure(host.create({ tokenId, status: "revoked" }));
    const texts = [checked.failures[0]?.reason, message, owned.message, refused.message];
    for (const text of texts) {
      expect(text).toContain("31m");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
      expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    }
  });

  test("loses nothing of the record when it is no text that can be stored", async () => {
    const { id: tokenId } = hosted.token();
    const name = "\\ud800";
    const body = JSON.stringify(described(tokenId, hosted.simulator.keyOwner.id, "half \ud800 a character"));
    expect(body).toContain(name);
    hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId) }, { kind: "status", status: 200, body });
    const { properties } = await revoke(hosted.host, { tokenId });
    expect(properties).toMatchObject({
      outcome: "revoked",
      snapshot: { name: expect.stringMatching(/^half .*character$/) },
    });
  });

  test("is recorded as Datadog said it", async () => {
    const { host } = hosted;
    const names = [nasty, "", "x".repeat(100_000), "👍🏽 ‮right to left", "__proto__"];
    for (const name of names) {
      const { id: tokenId } = hosted.token();
      const body = described(tokenId, hosted.simulator.keyOwner.id, name);
      hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId) }, { kind: "status", status: 200, body });
      const { properties } = await revoke(host, { tokenId });
      expect(properties).toMatchObject({ outcome: "revoked", snapshot: { name, scopes: [name] } });
    }
  });
});
