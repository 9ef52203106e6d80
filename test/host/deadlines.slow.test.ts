/**
 * What ends only by a deadline, side by side, as each waits for its own.
 */
import type { Fault } from "pulumi-datadog-revocation/simulator";
import { actor, failure, revoke, said, sent, time, useHosted, warnings } from "../support/hosted";

const hosted = useHosted();

const forEver = Number.POSITIVE_INFINITY;
/** Datadog accepts, and nothing happens. */
const accepted: Fault = { kind: "status", status: 204 };

async function timed<Result>(call: Promise<Result>): Promise<[Result, number]> {
  const started = performance.now();
  const result = await call;
  return [result, performance.now() - started];
}

test.concurrent("a token that is alive after 30 s fails the deployment, stays in state, and is revoked by the next up", async () => {
  const { host } = hosted;
  const { id: tokenId } = hosted.token();
  hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, accepted);
  const args = { tokenId, reason: "x" };
  const { inputs } = await host.check({}, args);
  const [error, took] = await timed(failure(host.create(inputs)));
  const message = `${tokenId}: still alive 30 s after Datadog accepted the revocation; the next pulumi up tries again`;
  expect(took).toBeGreaterThan(25_000);
  expect(took).toBeLessThan(35_000);
  const record = { outcome: "revoked", httpStatus: 204, revokedAt: time };
  const properties = {
    __provider: expect.stringContaining("tokenRevocation"),
    ...{ ...inputs, ...record, status: "alive", snapshot: expect.objectContaining(inputs.snapshot) },
    ...{ apiUrl: hosted.simulator.url, actor: actor(hosted) },
    act: { apiUrl: hosted.simulator.url, actor: actor(hosted), reason: "x" },
  };
  expect([error.message, error.partial]).toEqual([message, { id: tokenId, reasons: [message], properties }]);
  expect(sent(hosted, tokenId).length).toBeLessThan(20);

  const { __provider, ...olds } = error.partial?.properties ?? {};
  const next = await host.check(inputs, args);
  expect(await host.diff(tokenId, olds, next.inputs)).toMatchObject({ changes: true, replaces: [] });
  const updated = (await host.update(tokenId, olds, next.inputs)).properties;
  expect(updated).toMatchObject({ ...args, ...record, status: "revoked", verifiedAt: time });
  expect(String(updated.revokedAt) > String(olds.revokedAt)).toBe(true);
  expect(hosted.simulator.find(tokenId)?.revokedAt).not.toBeNull();
});

test.concurrent("a verification that is still due, of a token that is alive, fails the update and asks only", async () => {
  const { id: tokenId } = hosted.token();
  const { inputs } = await hosted.host.check({}, { tokenId, verify: false });
  hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, accepted);
  const { properties } = await hosted.host.create(inputs);
  const error = await failure(hosted.host.update(tokenId, properties, { ...inputs, verify: true }));
  expect(error.partial).toMatchObject({ id: tokenId, properties: { ...properties, verify: true, status: "alive" } });
  expect(sent(hosted, tokenId).filter((request) => !request.startsWith("GET"))).toEqual(["DELETE 204"]);
});

test.concurrent.each<[string, Fault]>([
  ["fails for ever", { kind: "status", status: 503 }],
  ["never comes", { kind: "hang" }],
])("an answer that %s while verifying: after 30 s revoked, not verified, and said", async (_, fault) => {
  const { id: tokenId } = hosted.token();
  const { inputs } = await hosted.host.check({}, { tokenId });
  hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: forEver }, fault);
  const [{ properties }, took] = await timed(hosted.host.create(inputs));
  expect(took).toBeLessThan(35_000);
  expect(properties).toMatchObject({ status: "revoked", outcome: "revoked", httpStatus: 204 });
  expect(properties).not.toHaveProperty("verifiedAt");
  expect(warnings(hosted.host, tokenId)).toEqual([
    expect.stringContaining(`${tokenId}: Datadog accepted the revocation, but it is not verified: GET `),
  ]);
});

test.concurrent.each<[string, Fault]>([
  ["silent", { kind: "hang" }],
  ["slow without end", { kind: "drip" }],
])("a preview waits 8 s for a server that is %s, and goes on", async (_, fault) => {
  const { id: tokenId } = hosted.token();
  hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: forEver }, fault);
  const [checked, took] = await timed(hosted.host.check({}, { tokenId }));
  expect(checked).toEqual({ inputs: { tokenId, status: "revoked" }, failures: [] });
  expect(took).toBeLessThan(10_000);
  expect(said(hosted.host, tokenId)).toEqual([
    expect.stringMatching(/^warning .*: its name and owner cannot be shown: GET .* gave no answer: it took too long$/),
  ]);
});

test.concurrent("a preview waits 3 s for an owner's handle, once for all of this owner's tokens", async () => {
  const host = await hosted.start();
  const own = hosted.simulator.keyOwner.id;
  const tokens = hosted.simulator.tokens.filter(({ id }) => hosted.simulator.find(id)?.owner.id === own).slice(-3);
  hosted.simulator.fault({ path: `/api/v2/users/${own}`, times: forEver }, { kind: "hang" });
  const [checked, took] = await timed(Promise.all(tokens.map(({ id }) => host.check({}, { tokenId: id }))));
  expect(took).toBeLessThan(6_000);
  for (const { inputs } of checked) {
    expect(inputs.snapshot).toMatchObject({ owner: { id: own } });
    expect(inputs.snapshot).not.toHaveProperty("owner.handle");
  }
  expect(warnings(host)).toEqual([]);
});

test.concurrent("a DELETE that stays unanswered is sent again after 15 s, and the 404 is this stack's own", async () => {
  const { id: tokenId } = hosted.token();
  hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, { kind: "hang", after: true });
  const [{ properties }, took] = await timed(revoke(hosted.host, { tokenId }));
  expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 404, verifiedAt: time });
  expect(took).toBeLessThan(18_000);
});
