import type { Fault } from "pulumi-datadog-revocation/simulator";
import { revoke, said, sent, useHosted, time } from "../support/hosted";

const hosted = useHosted({ staysVisibleFor: 1_000, deleteAnswers204For: 60_000 });


/** Every GET but the first, which is the look-up. */
async function revokeWithVerificationMeeting(tokenId: string, ...faults: Fault[]) {
  const { inputs } = await hosted.host.check({}, { tokenId });
  for (const fault of faults) hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId) }, fault);
  return hosted.host.create(inputs);
}

test("waits until Datadog shows the token no more, and asks a few times only", async () => {
  const { id: tokenId } = hosted.token();
  const { properties } = await revoke(hosted.host, { tokenId });
  expect(properties).toMatchObject({ status: "revoked", outcome: "revoked", verifiedAt: time });
  const took = Date.parse(String(properties.verifiedAt)) - Date.parse(String(properties.revokedAt));
  expect(took).toBeGreaterThanOrEqual(900);
  expect(took).toBeLessThan(10_000);
  const [lookUp, act, ...looks] = sent(hosted, tokenId);
  expect([lookUp, act, looks.at(-1)]).toEqual(["GET 200", "DELETE 204", "GET 404"]);
  expect(looks.length).toBeGreaterThan(1);
  expect(looks.length).toBeLessThan(7);
  expect(said(hosted.host, tokenId)).toEqual([]);
});

test("sends one DELETE, however long the token stays visible", async () => {
  const { id: tokenId } = hosted.token();
  await revoke(hosted.host, { tokenId });
  expect(sent(hosted, tokenId).filter((request) => request.startsWith("DELETE"))).toEqual(["DELETE 204"]);
});

test("survives failures that pass", async () => {
  const { id: tokenId } = hosted.token();
  const { properties } = await revokeWithVerificationMeeting(
    tokenId,
    { kind: "status", status: 500 },
    { kind: "resetBefore" },
    { kind: "html" },
    { kind: "malformed" },
  );
  expect(properties).toMatchObject({ outcome: "revoked", verifiedAt: time });
  expect(said(hosted.host, tokenId)).toEqual([]);
});

test.each([401, 403])(
  "is given up at once when Datadog answers %s: revoked, not verified, and said",
  async (status) => {
    const { id: tokenId, name } = hosted.token();
    const body = { errors: ["not for you"] };
    const { properties } = await revokeWithVerificationMeeting(tokenId, { kind: "status", status, body });
    expect(properties).toMatchObject({ status: "revoked", outcome: "revoked", httpStatus: 204, snapshot: { name } });
    expect(properties).not.toHaveProperty("verifiedAt");
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204", `GET ${status}`]);
    expect(said(hosted.host, tokenId)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^warning ${tokenId}: Datadog accepted the revocation, but it is not verified: GET .* answered ${status}: "not for`,
        ),
      ),
    ]);
  },
);

test("claims nothing of a token that nobody had seen: revoked, not verified, and said", async () => {
  const { id: tokenId } = hosted.token();
  const path = hosted.path(tokenId);
  hosted.simulator.fault({ method: "GET", path, times: 2 }, { kind: "status", status: 403 });
  hosted.simulator.fault({ method: "GET", path }, { kind: "status", status: 404, body: { errors: ["gone"] } });
  const { properties } = await revoke(hosted.host, { tokenId });
  expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
  expect(properties).not.toHaveProperty("verifiedAt");
  expect(properties).not.toHaveProperty("snapshot");
  expect(said(hosted.host, tokenId).at(-1)).toBe(
    `warning ${tokenId}: Datadog accepted the revocation, but it is not verified: nobody had seen it there before`,
  );
});

test("counts a token as seen that shows up only after the act", async () => {
  const { id: tokenId } = hosted.token();
  hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: 2 }, { kind: "status", status: 403 });
  const { properties } = await revoke(hosted.host, { tokenId });
  expect(properties).toMatchObject({ outcome: "revoked", verifiedAt: time });
});

test("a page with 404 is no proof that the token is gone", async () => {
  const { id: tokenId } = hosted.token();
  const { properties } = await revokeWithVerificationMeeting(tokenId, { kind: "html", status: 404 });
  expect(properties).toMatchObject({ verifiedAt: time });
  expect(sent(hosted, tokenId).slice(0, 4)).toEqual(["GET 200", "DELETE 204", "GET 404", "GET 200"]);
});

test("a second run's revocation, which Datadog accepts again, is recorded so, and not verified: nobody saw it", async () => {
  const { id: tokenId } = hosted.token();
  await revoke(hosted.host, { tokenId });
  const { properties } = await revoke(await hosted.start(), { tokenId });
  expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
  expect(properties).not.toHaveProperty("snapshot");
  expect(properties).not.toHaveProperty("verifiedAt");
});
