/** What only a process shows: how it finds the engine, what it prints, and how it ends. */
import { setTimeout as sleep } from "node:timers/promises";
import { face } from "../support/face";
import { failure, noToken, revoke, useHosted } from "../support/hosted";

const hosted = useHosted({ ownProcess: true });

/** As `pulumi up --logflow -v=3 --tracing http://…` starts it. */
const FLAGS = ["--logflow", "-v=3", "--tracing", "http://127.0.0.1:9411/api/v1/spans"];

test.each([
  ["", {}],
  [", whatever flags stand before the engine's address", { flags: FLAGS }],
])("every message is a plain line of the engine's, and what is no news is not said%s", async (_, options) => {
  const host = await hosted.start(options);
  const { id: tokenId } = hosted.token();
  const { inputs } = await host.check({}, { tokenId, reason: "old" });
  const { properties } = await host.create(inputs);
  const again = await host.check(inputs, { tokenId, reason: "new" });
  await host.diff(tokenId, properties, again.inputs);
  const updated = await host.update(tokenId, properties, again.inputs);
  await host.read(tokenId, updated.properties);
  const first = [
    { severity: "info", ephemeral: false, message: expect.stringMatching(`^${tokenId}: to revoke: `) },
    { severity: "info", ephemeral: false, message: expect.stringMatching(`^${tokenId}: revoked now, verified gone: `) },
  ];
  expect(host.logs()).toEqual(first);

  for (const _ of ["preview", "update"]) await host.check({}, { tokenId: noToken });
  const unknown = await host.create({ tokenId: noToken, status: "revoked" });
  await host.delete(noToken, unknown.properties);
  expect(host.logs()).toEqual([
    ...first,
    { severity: "warning", ephemeral: false, message: expect.stringMatching(`^${noToken}: Datadog \\(`) },
    { severity: "info", ephemeral: false, message: expect.stringMatching(`^${noToken}: alreadyRevoked, Datadog does`) },
    { severity: "info", ephemeral: false, message: expect.stringMatching(`^${noToken}: removed from state only`) },
  ]);
  expect(await host.printed()).toBe("");
});

// The process for dynamic providers is others' too, and stays; the plugin's ends (test/plugin/process.test.ts).
if (face === "dynamic") {
  test("a killed engine: one token is finished, news goes to the host's own output, and no news to none", async () => {
    const { host } = hosted;
    const quiet = await hosted.start();
    await host.check({}, { tokenId: noToken });
    for (const each of [host, quiet]) each.killEngine();
    const { id: tokenId } = hosted.token();
    hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: 3 }, { kind: "status", status: 403 });
    const { properties } = await revoke(host, { tokenId });
    await host.delete(tokenId, properties);
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
    expect((await host.printed()).trimEnd().split("\n")).toEqual([
      expect.stringMatching(`^${tokenId}: its name and owner cannot be shown: `),
      expect.stringMatching(`^${tokenId}: Datadog accepted the revocation, but it is not verified: `),
      `${tokenId}: revoked now, not verified`,
      expect.stringMatching(`^${tokenId}: removed from state only. `),
    ]);

    const { id: other } = hosted.token();
    const revoked = (await revoke(quiet, { tokenId: other })).properties;
    expect(revoked).toMatchObject({ outcome: "revoked" });
    await quiet.read(other, (await quiet.update(other, revoked, { tokenId: other, status: "revoked" })).properties);
    expect((await quiet.printed()).trimEnd().split("\n")).toEqual([
      expect.stringMatching(`^${other}: to revoke: `),
      expect.stringMatching(`^${other}: revoked now, verified gone: `),
    ]);
  });
}

test("a killed engine ends a batch's host, whatever flags stand before its address: only what was in flight is still sent", async () => {
  const host = await hosted.start({ module: "host/tokenRevocationShard", flags: FLAGS });
  const tokenIds = Array.from({ length: 20 }, () => hosted.token().id).toSorted();
  const batch = { name: "leak", shard: "0", size: 20, maxRevocations: 1000 };
  const { inputs } = await host.check({}, { tokenIds, batch, concurrency: 4 });
  const since = hosted.now();
  const deletes = (): number => hosted.simulator.requests(since).filter(({ method }) => method === "DELETE").length;
  const always = { times: Number.POSITIVE_INFINITY };
  const slow = hosted.simulator.fault({ method: "DELETE", ...always }, { kind: "latency", ms: 500 });
  const created = failure(host.create(inputs));
  while (deletes() < 5) await sleep(5);
  host.killEngine();
  const before = deletes();
  expect(await host.ended()).toBe(1);
  await created;
  slow.remove();
  expect(deletes() - before).toBeLessThanOrEqual(4);
});
