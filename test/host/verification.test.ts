import type { Fault } from "pulumi-datadog-revocation/simulator";
import { revoke, said, sent, time, useHosted } from "../support/hosted";

const hosted = useHosted({ staysVisibleFor: 600, deleteAnswers204For: 60_000 });

const forbidden: Fault = { kind: "status", status: 403 };

/** @param faults what each GET meets but the first, which is the look-up */
async function revokeWithVerificationMeeting(tokenId: string, ...faults: Fault[]) {
  const { inputs } = await hosted.host.check({}, { tokenId });
  for (const fault of faults) hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId) }, fault);
  return hosted.host.create(inputs);
}

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
  expect(said(hosted.host, tokenId)).toEqual([]);
});

test("survives failures that pass, and takes a page with 404 for no proof", async () => {
  const { id: tokenId } = hosted.token();
  const faults: Fault[] = [{ kind: "html", status: 404 }, { kind: "resetBefore" }, { kind: "malformed" }];
  const { properties } = await revokeWithVerificationMeeting(tokenId, ...faults);
  expect(properties).toMatchObject({ outcome: "revoked", verifiedAt: time });
  expect(said(hosted.host, tokenId)).toEqual([]);
});

test.each([401, 403])("is given up at once when Datadog answers %s: unverified, and said", async (status) => {
  const { id: tokenId, name } = hosted.token();
  const body = { errors: ["not for you"] };
  const { properties } = await revokeWithVerificationMeeting(tokenId, { kind: "status", status, body });
  expect(properties).toMatchObject({ status: "revoked", outcome: "revoked", httpStatus: 204, snapshot: { name } });
  expect(properties).not.toHaveProperty("verifiedAt");
  expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204", `GET ${status}`]);
  const sentence = `^warning ${tokenId}: Datadog accepted the revocation, but it is not verified: GET .* answered ${status}: "not for`;
  expect(said(hosted.host, tokenId)).toEqual([expect.stringMatching(sentence)]);
});

test("claims nothing of a token that nobody had seen, and does of one that shows up after the act", async () => {
  const [never, late] = [hosted.token().id, hosted.token().id];
  for (const id of [never, late]) {
    hosted.simulator.fault({ method: "GET", path: hosted.path(id), times: 2 }, forbidden);
  }
  const gone: Fault = { kind: "status", status: 404, body: { errors: ["gone"] } };
  hosted.simulator.fault({ method: "GET", path: hosted.path(never) }, gone);
  const { properties } = await revoke(hosted.host, { tokenId: never });
  expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
  for (const name of ["verifiedAt", "snapshot"]) expect(properties).not.toHaveProperty(name);
  const sentence = "Datadog accepted the revocation, but it is not verified: nobody had seen it there before";
  expect(said(hosted.host, never).at(-1)).toBe(`warning ${never}: ${sentence}`);

  const seen = await revoke(hosted.host, { tokenId: late });
  expect(seen.properties).toMatchObject({ outcome: "revoked", verifiedAt: time });
});

test("a second run's revocation, which Datadog accepts again, is recorded so, and unverified", async () => {
  const { id: tokenId } = hosted.token();
  await revoke(hosted.host, { tokenId });
  const { properties } = await revoke(await hosted.start(), { tokenId });
  expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
  for (const name of ["verifiedAt", "snapshot"]) expect(properties).not.toHaveProperty(name);
});
