import type { Host } from "../support/host";
import { revoke, sent, time, useHosted, warnings } from "../support/hosted";

const hosted = useHosted({ staysVisibleFor: 600, deleteAnswers204For: 60_000 });

test("waits until Datadog shows the token no more, asks a few times only, and sends one DELETE", async () => {
  const { id: tokenId } = hosted.token();
  const { properties } = await revoke(hosted.host, { tokenId });
  expect(properties).toMatchObject({ status: "revoked", outcome: "revoked", verifiedAt: time });
  const took = Date.parse(String(properties.verifiedAt)) - Date.parse(String(properties.revokedAt));
  expect(took).toBeGreaterThanOrEqual(500);
  expect(took).toBeLessThan(10_000);
  const [lookUp, act, ...looks] = sent(hosted, tokenId);
  expect([lookUp, act, looks.at(-1)]).toEqual(["GET 200", "DELETE 204", "GET 404"]);
  expect(looks.length).toBeGreaterThan(1);
  expect(looks.length).toBeLessThan(7);
  expect(warnings(hosted.host)).toEqual([]);
});

test("claims nothing of a token that nobody had seen, and does of one that shows up after the act", async () => {
  const [never, late] = [hosted.token().id, hosted.token().id];
  for (const id of [never, late]) {
    hosted.simulator.fault({ method: "GET", path: hosted.path(id), times: 2 }, { kind: "status", status: 403 });
  }
  const gone = { kind: "status", status: 404, body: { errors: ["gone"] } } as const;
  hosted.simulator.fault({ method: "GET", path: hosted.path(never) }, gone);
  await expectUnclaimed(hosted.host, never);
  const sentence =
    "Datadog accepted the revocation, but it is not verified: Datadog does not know it now, but these credentials had not seen it before";
  expect(warnings(hosted.host, never).at(-1)).toBe(`${never}: ${sentence}`);

  const seen = await revoke(hosted.host, { tokenId: late });
  expect(seen.properties).toMatchObject({ outcome: "revoked", verifiedAt: time });
});

test("a second run's revocation, which Datadog accepts again, is recorded so, and unverified", async () => {
  const { id: tokenId } = hosted.token();
  await revoke(hosted.host, { tokenId });
  await expectUnclaimed(await hosted.start(), tokenId);
});

async function expectUnclaimed(host: Host, tokenId: string): Promise<void> {
  const { properties } = await revoke(host, { tokenId });
  expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
  for (const name of ["verifiedAt", "snapshot"]) expect(properties).not.toHaveProperty(name);
}
