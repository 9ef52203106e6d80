import { revoke, sent, time, useHosted, warnings } from "../support/hosted";

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
    const sentence = `but serviceAccountId is ${serviceAccountId}: correct`;
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

test.each(["none", "another"])(
  "a corrected service account, after %s was given: what was never seen is looked up and revoked by the new path",
  async (given) => {
    const { id: tokenId, serviceAccountId, name } = hosted.serviceToken();
    const another = hosted.simulator.serviceAccounts.find(({ id }) => id !== serviceAccountId)?.id;
    // They cannot list tokens, which would tell whose it is.
    const keys = hosted.simulator.createKeys(["org_app_keys_write", "service_account_write"]);
    const args = { tokenId, ...(given === "another" && { serviceAccountId: another }), reason: "leaked" };
    const { properties } = await revoke(await hosted.start({ keys }), args);
    expect(properties).toMatchObject({ ...args, status: "revoked", outcome: "alreadyRevoked", httpStatus: 404 });
    expect(properties).not.toHaveProperty("snapshot");
    expect(hosted.simulator.find(tokenId)?.revokedAt).toBeNull();

    const host = await hosted.start({ keys });
    const since = hosted.now();
    const { inputs } = await host.check({ ...args, status: "revoked" }, { ...args, serviceAccountId });
    const snapshot = { tokenId, name, kind: "service", owner: { id: serviceAccountId } };
    expect(inputs).toMatchObject({ serviceAccountId, status: "revoked", kind: "service", snapshot });
    const path = accountPath(serviceAccountId);
    expect(paths(tokenId, since)).toEqual([`GET ${path} 200`]);
    expect(await host.diff(tokenId, properties, inputs)).toMatchObject({ changes: true, replaces: [] });
    const updated = (await host.update(tokenId, properties, inputs)).properties;
    const record = { status: "revoked", outcome: "revoked", httpStatus: 204, verifiedAt: time };
    expect(updated).toMatchObject({ ...args, serviceAccountId, ...record, kind: "service", snapshot });
    expect(paths(tokenId, since)).toEqual([`GET ${path} 200`, `DELETE ${path} 204`, `GET ${path} 404`]);
    expect(hosted.simulator.find(tokenId)?.revokedAt).not.toBeNull();
    expect(warnings(host)).toEqual([]);
  },
);

test("a listing that cannot be read says nothing against a 404", async () => {
  const host = await hosted.start();
  const { id: tokenId } = hosted.token();
  hosted.simulator.revoke(tokenId);
  const path = "/api/v2/personal_access_tokens";
  const fault = hosted.simulator.fault({ path, times: 20 }, { kind: "status", status: 500 });
  expect((await revoke(host, { tokenId })).properties).toMatchObject({ outcome: "alreadyRevoked" });
  fault.remove();
  const sentence =
    /does not know this token.* a service account's token, which these credentials cannot list: set serviceAccountId/;
  expect(warnings(host)).toEqual([expect.stringMatching(sentence)]);
});
