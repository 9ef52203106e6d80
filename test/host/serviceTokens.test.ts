import { revoke, said, sent, time, useHosted } from "../support/hosted";

// By the personal path this Datadog neither shows nor revokes a service account's token.
const hosted = useHosted({ strictServiceTokens: true });

/** The paths by which a token was asked for and revoked. */
function paths(tokenId: string, since = 0): string[] {
  return hosted.simulator.requests(since).flatMap(({ method, path, status }) => {
    return path.endsWith(tokenId) ? `${method} ${path.replace(tokenId, "…").replace("/api/v2/", "")} ${status}` : [];
  });
}

const accountPath = (serviceAccountId: string | undefined): string =>
  `service_accounts/${serviceAccountId}/access_tokens/…`;

test.each(["given", "told by the listing"])(
  "a service account's token goes by its account's path, and is seen to be gone there: account %s",
  async (how) => {
    const { id: tokenId, serviceAccountId, name } = hosted.serviceToken();
    const args = { tokenId, ...(how === "given" && { serviceAccountId }) };
    const { properties } = await revoke(await hosted.start(), args);
    const snapshot = { name, kind: "service", owner: { id: serviceAccountId, type: "service_account" } };
    expect(properties).toMatchObject({ ...args, outcome: "revoked", kind: "service", verifiedAt: time, snapshot });
    const path = accountPath(serviceAccountId);
    const asked = [`GET ${path} 200`, `DELETE ${path} 204`, `GET ${path} 404`];
    expect(paths(tokenId)).toEqual(how === "given" ? asked : ["GET personal_access_tokens/… 404", ...asked]);
  },
);

test.each(["given", "told by the listing"])(
  "a service account's token whose verification is made up for is asked about by its account's path only: account %s",
  async (how) => {
    const { id: tokenId, serviceAccountId } = hosted.serviceToken();
    const args = { tokenId, ...(how === "given" && { serviceAccountId }) };
    const host = await hosted.start();
    const { inputs } = await host.check({}, { ...args, verify: false });
    const { properties } = await host.create(inputs);
    expect(properties).not.toHaveProperty("verifiedAt");
    const since = hosted.now();
    const later = await hosted.start();
    const { inputs: news } = await later.check(inputs, { ...args, verify: true });
    const updated = await later.update(tokenId, properties, news);
    expect(updated.properties).toEqual({ ...properties, verify: true, verifiedAt: time });
    expect(paths(tokenId, since)).toEqual([`GET ${accountPath(serviceAccountId)} 404`]);
  },
);

test("a token given with another's account is refused by what the listing shows, not recorded as gone", async () => {
  const [service, personal] = [hosted.serviceToken(), hosted.token()];
  const { serviceAccounts } = hosted.simulator;
  const another = serviceAccounts.find(({ id }) => id !== service.serviceAccountId)?.id;
  for (const [id, serviceAccountId] of [
    [service.id, another],
    [personal.id, serviceAccounts[0]?.id],
  ]) {
    const { failures } = await (await hosted.start()).check({}, { tokenId: id, serviceAccountId });
    const sentence = `not ${serviceAccountId} as serviceAccountId says`;
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining(sentence) }]);
    expect(sent(hosted, id ?? "")).not.toContainEqual(expect.stringMatching("DELETE"));
  }
});

test("a service account's token that is alive again is found by refresh on its account's path", async () => {
  const { id: tokenId, serviceAccountId } = hosted.serviceToken();
  const host = await hosted.start();
  const { properties } = await revoke(host, { tokenId });
  expect((await host.read(tokenId, properties)).properties).toMatchObject({ status: "revoked" });
  hosted.simulator.restore(tokenId);
  expect(await host.read(tokenId, properties)).toMatchObject({
    id: tokenId,
    properties: { status: "alive" },
    inputs: { status: "alive", kind: "service", snapshot: { owner: { id: serviceAccountId } } },
  });
});

test("a corrected service account asks nothing by itself, and says what does", async () => {
  const { id: tokenId } = hosted.token();
  hosted.simulator.revoke(tokenId);
  const { properties } = await revoke(hosted.host, { tokenId });
  const serviceAccountId = hosted.simulator.serviceAccounts[0]?.id;
  const since = hosted.now();
  await hosted.host.update(tokenId, properties, { tokenId, serviceAccountId, status: "revoked" });
  expect(hosted.simulator.requests(since)).toEqual([]);
  expect(said(hosted.host, tokenId).at(-1)).toContain("pulumi refresh asks there");
});

test("a listing that cannot be read says nothing against a 404", async () => {
  const host = await hosted.start();
  const { id: tokenId } = hosted.token();
  hosted.simulator.revoke(tokenId);
  const path = "/api/v2/personal_access_tokens";
  const fault = hosted.simulator.fault({ path, times: 20 }, { kind: "status", status: 500 });
  expect((await revoke(host, { tokenId })).properties).toMatchObject({ outcome: "alreadyRevoked" });
  fault.remove();
  const sentence = /does not know this token.*or it is a service account's token: give serviceAccountId/;
  expect(said(host, tokenId)).toEqual([expect.stringMatching(sentence)]);
});
