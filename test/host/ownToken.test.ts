import type { HostOptions } from "../support/host";
import { failure, revoke, said, sent, useHosted } from "../support/hosted";

const hosted = useHosted();

/** The ways in which a run can authenticate with a token. */
const ways: [string, (value: string) => HostOptions][] = [
  ["as bearer from the environment", (value) => ({ env: { DD_BEARER_TOKEN: value } })],
  ["as application key from the environment", (value) => ({ env: { DD_APP_KEY: value } })],
  ["as bearer from configuration", (value) => ({ config: { "datadog:bearerToken": value } })],
  ["as application key from configuration", (value) => ({ config: { "datadog:appKey": value } })],
];

test.each(ways)(
  "a token that authenticates the run %s revokes others, and itself with allowSelf alone: unverified, and said",
  async (_, credentials) => {
    const { id: tokenId, value } = hosted.token();
    const { config, env = {} } = credentials(value);
    const host = await hosted.startBare({ env, config: { "datadog:apiUrl": hosted.simulator.url, ...config } });
    const since = hosted.now();
    const sentence = `${tokenId}: refused, not revoked: it authenticates this very run`;
    const { failures } = await host.check({}, { tokenId });
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining(sentence) }]);
    const error = await failure(host.create({ tokenId, status: "revoked" }));
    expect(error.message).toContain(sentence);
    expect(error.message).not.toContain(value);
    expect(hosted.simulator.requests(since)).toEqual([]);

    const other = await revoke(host, { tokenId: hosted.token().id });
    expect(other.properties).toMatchObject({ outcome: "revoked" });

    const { properties } = await revoke(host, { tokenId, allowSelf: true });
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204, allowSelf: true, actor: {}, snapshot: {} });
    expect(properties).not.toHaveProperty("verifiedAt");
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204"]);
    expect(said(host, tokenId)).toEqual([expect.stringContaining("not verified: it authenticated this run")]);
    expect(hosted.simulator.find(tokenId)?.revokedAt).not.toBeNull();
  },
);
