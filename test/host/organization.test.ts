import { actor, failure, revoke, sent, useHosted, warnings } from "../support/hosted";

const hosted = useHosted();

const whoAmI = "/api/v2/current_user";

test("whom the credentials belong to is asked once a run, before the DELETE, and left out if Datadog does not say", async () => {
  const since = hosted.now();
  for (const { id: tokenId } of [hosted.token(), hosted.token()]) {
    expect((await revoke(hosted.host, { tokenId })).properties.actor).toEqual(actor(hosted));
  }
  const order = hosted.simulator.requests(since).filter(({ path, method }) => path === whoAmI || method === "DELETE");
  expect(order.map(({ method }) => method)).toEqual(["GET", "DELETE", "DELETE"]);

  const host = await hosted.start();
  const fault = hosted.simulator.fault({ path: whoAmI, times: 10 }, { kind: "status", status: 500 });
  const { properties } = await revoke(host, { tokenId: hosted.token().id });
  fault.remove();
  expect(properties).toMatchObject({ outcome: "revoked" });
  expect(properties).not.toHaveProperty("actor");
  expect(warnings(host)).toEqual([]);
});

test("another organization's credentials: the warning names it, and expect.organizationId refuses", async () => {
  const organization = hosted.simulator.addOrganization({ name: "Subsidiary" });
  const host = await hosted.start({ keys: organization });
  const its = `organization "Subsidiary" ${organization.organization.id}`;
  const { id: tokenId } = hosted.token();
  const { id: organizationId } = hosted.simulator.organization;
  const args = { tokenId, expect: { organizationId } };
  const refused = `${tokenId}: refused, not revoked: ${its} answers, but expect.organizationId is ${organizationId}: use credentials of that organization, or correct expect.organizationId`;
  const { failures } = await host.check({}, args);
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining(refused) }]);
  expect((await failure(host.create({ ...args, status: "revoked" }))).message).toContain(refused);
  expect(sent(hosted, tokenId)).not.toContainEqual(expect.stringMatching("DELETE"));

  const { properties } = await revoke(host, { tokenId });
  expect(properties).toMatchObject({ outcome: "alreadyRevoked", actor: { organizationName: "Subsidiary" } });
  expect(warnings(host)).toEqual([expect.stringContaining(`${its}) does not know this token`)]);
  expect(hosted.simulator.find(tokenId)?.revokedAt).toBeNull();
});
