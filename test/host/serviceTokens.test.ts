import { failure, type Hosted, revoke, said, sent, useHosted, time } from "../support/hosted";

// By the personal path this Datadog neither shows nor revokes a service account's token.
const hosted = useHosted({ strictServiceTokens: true });


const forEver = Number.POSITIVE_INFINITY;

/** The paths by which a token was asked for and revoked. */
function paths(tokenId: string): string[] {
  return hosted.simulator.requests().flatMap(({ method, path, status }) => {
    return path.endsWith(tokenId) ? `${method} ${path.replace(tokenId, "…").replace("/api/v2/", "")} ${status}` : [];
  });
}

/** A run of its own: what one run lists, it does not list again. */
async function newRun(permissions?: Parameters<Hosted["simulator"]["createKeys"]>[0]) {
  return hosted.start(permissions ? { keys: hosted.simulator.createKeys(permissions) } : {});
}

describe("a service account's token", () => {
  test("goes by its account's path, which the listing tells, and is seen to be gone there", async () => {
    const { id: tokenId, serviceAccountId, name } = hosted.serviceToken();
    const host = await newRun();
    const { properties } = await revoke(host, { tokenId });
    expect(properties).toMatchObject({
      outcome: "revoked",
      kind: "service",
      verifiedAt: time,
      snapshot: { name, kind: "service", owner: { id: serviceAccountId, type: "service_account" } },
    });
    const path = `service_accounts/${serviceAccountId}/access_tokens/…`;
    expect(paths(tokenId)).toEqual([
      "GET personal_access_tokens/… 404",
      `GET ${path} 200`,
      `DELETE ${path} 204`,
      `GET ${path} 404`,
    ]);
    expect(hosted.simulator.find(tokenId)?.revokedAt).not.toBeNull();
  });

  test("needs no look-up for its path when its account is given", async () => {
    const { id: tokenId, serviceAccountId } = hosted.serviceToken();
    const host = await newRun();
    const { properties } = await revoke(host, { tokenId, serviceAccountId });
    expect(properties).toMatchObject({ outcome: "revoked", kind: "service", serviceAccountId, verifiedAt: time });
    expect(new Set(paths(tokenId).map((request) => request.split(" ")[1]))).toEqual(
      new Set([`service_accounts/${serviceAccountId}/access_tokens/…`]),
    );
  });

  test("is refused when another account is given", async () => {
    const [one, other] = [hosted.serviceToken(), hosted.serviceToken()];
    const serviceAccountId = hosted.simulator.serviceAccounts.find(({ id }) => id !== one.serviceAccountId)?.id;
    const host = await newRun();
    const { failures } = await host.check({}, { tokenId: one.id, serviceAccountId });
    expect(failures).toEqual([
      { property: "", reason: expect.stringContaining(`not ${serviceAccountId} as serviceAccountId says`) },
    ]);
    expect(sent(hosted, one.id).filter((request) => request.startsWith("DELETE"))).toEqual([]);
    expect(other.id).not.toBe(one.id);
  });

  test("known by its prefix alone is refused, and never sent by the personal path, when its owner cannot be seen", async () => {
    const { id: tokenId } = hosted.serviceToken();
    const host = await newRun(["user_app_keys", "org_app_keys_write"]);
    const { failures, inputs } = await host.check({}, { tokenId, kind: "service" });
    const sentence = "it is a service account's token, and whose cannot be seen: give serviceAccountId";
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining(sentence) }]);
    expect((await failure(host.create({ ...inputs, tokenId, kind: "service", status: "revoked" }))).message).toContain(
      sentence,
    );
    expect(sent(hosted, tokenId).filter((request) => request.startsWith("DELETE"))).toEqual([]);
  });

  test("without the permission for it is not revoked, and the error names the permission", async () => {
    const { id: tokenId, serviceAccountId } = hosted.serviceToken();
    const host = await newRun(["user_app_keys", "org_app_keys_write", "org_app_keys_read"]);
    const error = await failure(revoke(host, { tokenId, serviceAccountId }));
    expect(error.message).toContain("service_account_write");
    expect(error.partial).toBeUndefined();
    expect(hosted.simulator.find(tokenId)?.revokedAt).toBeNull();
  });

  test("that is alive again is found by refresh on its account's path", async () => {
    const { id: tokenId, serviceAccountId } = hosted.serviceToken();
    const host = await newRun();
    const { properties } = await revoke(host, { tokenId });
    expect((await host.read(tokenId, properties)).properties).toMatchObject({ status: "revoked" });
    hosted.simulator.restore(tokenId);
    expect(await host.read(tokenId, properties)).toMatchObject({
      id: tokenId,
      properties: { status: "alive" },
      inputs: { status: "alive", kind: "service", snapshot: { owner: { id: serviceAccountId } } },
    });
  });
});

test("a personal token that is gone is not sought in vain: the listing is read once a run", async () => {
  const host = await newRun();
  const gone = [hosted.token(), hosted.token()];
  const since = hosted.simulator.requests().length;
  for (const { id: tokenId } of gone) {
    hosted.simulator.revoke(tokenId);
    expect((await revoke(host, { tokenId })).properties).toMatchObject({ outcome: "alreadyRevoked" });
  }
  const listings = hosted.simulator.requests(since).filter(({ path }) => path.endsWith("personal_access_tokens"));
  expect(listings).toHaveLength(1);
});

test("a personal token given with a service account is refused by what the listing shows, not recorded as gone", async () => {
  const host = await newRun();
  const { id: tokenId } = hosted.token();
  const serviceAccountId = hosted.simulator.serviceAccounts[0]?.id;
  const { failures } = await host.check({}, { tokenId, serviceAccountId });
  expect(failures).toEqual([
    { property: "", reason: expect.stringContaining(`not ${serviceAccountId} as serviceAccountId says`) },
  ]);
  expect(sent(hosted, tokenId).filter((request) => request.startsWith("DELETE"))).toEqual([]);
});

test("a corrected service account asks nothing by itself, and says what does", async () => {
  const host = await newRun();
  const { id: tokenId } = hosted.token();
  hosted.simulator.revoke(tokenId);
  const { properties } = await revoke(host, { tokenId });
  const serviceAccountId = hosted.simulator.serviceAccounts[0]?.id;
  const since = hosted.simulator.requests().length;
  await host.update(tokenId, properties, { tokenId, serviceAccountId, status: "revoked" });
  expect(hosted.simulator.requests(since)).toEqual([]);
  expect(said(host, tokenId).at(-1)).toContain("pulumi refresh asks there");
});

test("a listing that cannot be read says nothing against a 404", async () => {
  const host = await newRun();
  const { id: tokenId } = hosted.token();
  hosted.simulator.revoke(tokenId);
  const fault = hosted.simulator.fault(
    { path: "/api/v2/personal_access_tokens", times: forEver },
    { kind: "status", status: 500 },
  );
  expect((await revoke(host, { tokenId })).properties).toMatchObject({ outcome: "alreadyRevoked" });
  fault.remove();
  expect(said(host, tokenId)).toEqual([
    expect.stringMatching(/does not know this token.*or it is a service account's token: give serviceAccountId/),
  ]);
});
