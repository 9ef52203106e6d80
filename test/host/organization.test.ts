import { actor, failure, noToken, revoke, said, sent, useHosted } from "../support/hosted";

const hosted = useHosted();

const forEver = Number.POSITIVE_INFINITY;
const whoAmI = "/api/v2/current_user";

/** A run with the keys of another organization than the tokens'. */
async function elsewhere() {
  const organization = hosted.simulator.addOrganization({ name: "Subsidiary" });
  return { ...organization, host: await hosted.start({ keys: organization }) };
}

test("whom the credentials belong to is asked once a run, before the DELETE, and left out if Datadog does not say", async () => {
  const since = hosted.now();
  for (const { id: tokenId } of [hosted.token(), hosted.token()]) {
    expect((await revoke(hosted.host, { tokenId })).properties.actor).toEqual(actor(hosted));
  }
  const order = hosted.simulator.requests(since).filter(({ path, method }) => path === whoAmI || method === "DELETE");
  expect(order.map(({ method }) => method)).toEqual(["GET", "DELETE", "DELETE"]);

  const host = await hosted.start();
  const fault = hosted.simulator.fault({ path: whoAmI, times: forEver }, { kind: "status", status: 500 });
  const { id: tokenId } = hosted.token();
  const { properties } = await revoke(host, { tokenId });
  fault.remove();
  expect(properties).toMatchObject({ outcome: "revoked" });
  expect(properties).not.toHaveProperty("actor");
  expect(said(host, tokenId)).toEqual([]);
});

test("another organization's credentials: the warning names it, and expect.organizationId refuses", async () => {
  const { host, organization } = await elsewhere();
  const { id: tokenId } = hosted.token();
  const args = { tokenId, expect: { organizationId: hosted.simulator.organization.id } };
  const refused = `${tokenId}: refused, not revoked: organization "Subsidiary" ${organization.id} answers, not ${hosted.simulator.organization.id}`;
  const { failures } = await host.check({}, args);
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining(refused) }]);
  expect((await failure(host.create({ ...args, status: "revoked" }))).message).toContain(refused);
  expect(sent(hosted, tokenId)).not.toContainEqual(expect.stringMatching("DELETE"));

  const { properties } = await revoke(host, { tokenId });
  expect(properties).toMatchObject({ outcome: "alreadyRevoked", actor: { organizationName: "Subsidiary" } });
  const sentence = `organization "Subsidiary" ${organization.id}) does not know this token`;
  expect(said(host, tokenId)).toEqual([expect.stringContaining(sentence)]);
  expect(hosted.simulator.find(tokenId)?.revokedAt).toBeNull();
});

test("expect.organizationId is asked again after a failure, in any case of letters, and refuses what nobody tells", async () => {
  const expected = (id: string) => ({ tokenId: noToken, expect: { organizationId: id } });
  const { id } = hosted.simulator.organization;
  const host = await hosted.start();
  hosted.simulator.fault({ path: whoAmI, times: 1 }, { kind: "status", status: 403 });
  expect((await host.check({}, expected(id.toUpperCase()))).failures).toEqual([]);

  const unable = await hosted.start();
  const fault = hosted.simulator.fault({ path: whoAmI, times: forEver }, { kind: "html" });
  const { failures } = await unable.check({}, expected(id));
  fault.remove();
  expect(failures[0]?.reason).toContain("Datadog does not say which organization answers");
});
