import { failure, noToken, revoke, said, sent, useHosted } from "../support/hosted";

const hosted = useHosted();


const forEver = Number.POSITIVE_INFINITY;
const whoAmI = "/api/v2/current_user";

/** A run with the keys of another organization than the tokens'. */
async function elsewhere() {
  const organization = hosted.simulator.addOrganization({ name: "Subsidiary" });
  return { ...organization, host: await hosted.start({ keys: organization }) };
}

test("the record names whom the credentials belong to, asked once a run and before the DELETE", async () => {
  const host = await hosted.start();
  const since = hosted.simulator.requests().length;
  for (const { id: tokenId } of [hosted.token(), hosted.token()]) {
    expect((await revoke(host, { tokenId })).properties.actor).toEqual({
      ...hosted.simulator.keyOwner,
      organizationId: hosted.simulator.organization.id,
      organizationName: hosted.simulator.organization.name,
    });
  }
  const order = hosted.simulator.requests(since).filter(({ path, method }) => path === whoAmI || method === "DELETE");
  expect(order.map(({ method }) => method)).toEqual(["GET", "DELETE", "DELETE"]);
});

test("an actor that Datadog does not tell is left out, and stops nothing", async () => {
  const host = await hosted.start();
  const fault = hosted.simulator.fault({ path: whoAmI, times: forEver }, { kind: "status", status: 500 });
  const { id: tokenId } = hosted.token();
  const { properties } = await revoke(host, { tokenId });
  fault.remove();
  expect(properties).toMatchObject({ outcome: "revoked" });
  expect(properties).not.toHaveProperty("actor");
  expect(said(host, tokenId)).toEqual([]);
});

test("a token that was never seen: the warning names the organization that answered", async () => {
  const { host, organization } = await elsewhere();
  const { id: tokenId } = hosted.token();
  const { properties } = await revoke(host, { tokenId });
  expect(properties).toMatchObject({ outcome: "alreadyRevoked", actor: { organizationName: "Subsidiary" } });
  expect(said(host, tokenId)).toEqual([
    expect.stringContaining(`organization "Subsidiary" ${organization.id}) does not know this token`),
  ]);
  expect(hosted.simulator.find(tokenId)?.revokedAt).toBeNull();
});

describe("expect.organizationId", () => {
  test("refuses another organization's credentials, in check and where the DELETE is sent", async () => {
    const { host, organization } = await elsewhere();
    const { id: tokenId } = hosted.token();
    const args = { tokenId, expect: { organizationId: hosted.simulator.organization.id } };
    const sentence = `${tokenId}: refused, not revoked: organization "Subsidiary" ${organization.id} answers, not ${hosted.simulator.organization.id}`;
    const { failures } = await host.check({}, args);
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining(sentence) }]);
    expect((await failure(host.create({ ...args, status: "revoked" }))).message).toContain(sentence);
    expect(sent(hosted, tokenId).filter((request) => request.startsWith("DELETE"))).toEqual([]);
  });

  test("lets the right organization's credentials pass", async () => {
    const { id: tokenId } = hosted.token();
    const args = { tokenId, expect: { organizationId: hosted.simulator.organization.id.toUpperCase() } };
    expect((await revoke(hosted.host, args)).properties).toMatchObject({ outcome: "revoked" });
  });

  test("is asked again after a failure, as the guard cannot do without", async () => {
    const host = await hosted.start();
    hosted.simulator.fault({ path: whoAmI, times: 1 }, { kind: "status", status: 403 });
    const args = { tokenId: noToken, expect: { organizationId: hosted.simulator.organization.id } };
    expect((await host.check({}, args)).failures).toEqual([]);
  });

  test("refuses when Datadog does not tell which organization answers", async () => {
    const host = await hosted.start();
    const fault = hosted.simulator.fault({ path: whoAmI, times: forEver }, { kind: "html" });
    const args = { tokenId: noToken, expect: { organizationId: hosted.simulator.organization.id } };
    const { failures } = await host.check({}, args);
    fault.remove();
    expect(failures[0]?.reason).toContain("nobody can see which organization answers");
  });
});
