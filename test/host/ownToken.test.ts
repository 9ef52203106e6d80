import { failure, revoke, said, sent, useHosted } from "../support/hosted";

const hosted = useHosted();


/** The ways in which a run can authenticate with a token. */
const ways = [
  ["as bearer from the environment", (value: string) => ({ env: { DD_BEARER_TOKEN: value } })],
  ["as application key from the environment", (value: string) => ({ env: { DD_APP_KEY: value } })],
  ["as bearer from configuration", (value: string) => ({ config: { "datadog:bearerToken": value } })],
  ["as application key from configuration", (value: string) => ({ config: { "datadog:appKey": value } })],
] as const;

describe.each(ways)("a token that authenticates the run %s", (_, credentials) => {
  async function ownRun() {
    const token = hosted.token();
    const given: { env?: Record<string, string>; config?: Record<string, string> } = credentials(token.value);
    const host = await hosted.startBare({
      ...given,
      config: { "datadog:apiUrl": hosted.simulator.url, ...given.config },
    });
    return { host, tokenId: token.id, value: token.value };
  }

  test("is refused before anything is sent", async () => {
    const { host, tokenId, value } = await ownRun();
    const since = hosted.simulator.requests().length;
    const sentence = `${tokenId}: refused, not revoked: it authenticates this very run`;
    const { failures } = await host.check({}, { tokenId });
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining(sentence) }]);
    const error = await failure(host.create({ tokenId, status: "revoked" }));
    expect(error.message).toContain(sentence);
    expect(error.message).not.toContain(value);
    expect(hosted.simulator.requests(since)).toEqual([]);
  });

  test("is revoked with allowSelf, recorded unverified, and that is said", async () => {
    const { host, tokenId } = await ownRun();
    const { properties } = await revoke(host, { tokenId, allowSelf: true });
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204, allowSelf: true, actor: {}, snapshot: {} });
    expect(properties).not.toHaveProperty("verifiedAt");
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204"]);
    expect(said(host, tokenId)).toEqual([expect.stringContaining("not verified: it authenticated this run")]);
    expect(hosted.simulator.find(tokenId)?.revokedAt).not.toBeNull();
  });

  test("revokes another token", async () => {
    const { host } = await ownRun();
    const { id: tokenId } = hosted.token();
    expect((await revoke(host, { tokenId })).properties).toMatchObject({ outcome: "revoked" });
  });
});
