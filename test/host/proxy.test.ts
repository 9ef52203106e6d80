import { dirname, resolve } from "node:path";
import { BEHIND_PROXY, PRIVATE_CA, startProxy, startTls } from "../support/connectProxy";
import { failure, revoke, useHosted } from "../support/hosted";
import { cleanEnvironment, runCommand } from "../support/processes";

// The CA is a process's, from its start.
const hosted = useHosted({ ownProcess: true, config: { "datadog:apiUrl": BEHIND_PROXY } });

test("a token is revoked through the proxy of the environment, whose login it takes, by a CA of one's own", async () => {
  const proxy = await startProxy({ to: hosted.simulator.url, login: "proxyuser:secret99" });
  const env = { HTTPS_PROXY: `http://proxyuser:secret99@${proxy.host}`, NODE_EXTRA_CA_CERTS: PRIVATE_CA };
  const host = await hosted.start({ env });
  const { id: tokenId } = hosted.token();
  const { properties } = await revoke(host, { tokenId });
  expect(properties).toMatchObject({ outcome: "revoked", apiUrl: BEHIND_PROXY });
  expect(hosted.simulator.find(tokenId)?.revokedAt).toEqual(expect.any(String));
  expect(new Set(proxy.asked)).toEqual(new Set(["api.datadoghq.eu:443"]));
  // Nothing of the proxy goes into state.
  expect(JSON.stringify(properties)).not.toMatch(/proxyuser|secret99|cHJveHl1c2|HTTPS_PROXY/);
  expect(await host.printed()).toBe("");
});

test("a proxy that is not there revokes nothing, and nothing goes past it", async () => {
  const host = await hosted.start({ env: { HTTPS_PROXY: "http://proxyuser:secret99@127.0.0.1:2" } });
  const { id: tokenId } = hosted.token();
  const { message } = await failure(host.create({ tokenId, status: "revoked" }));
  expect(message).toMatch(
    new RegExp(`^${tokenId}: not revoked: .* gave no answer through the proxy 127\\.0\\.0\\.1:2: connect ECONNREFUSED`),
  );
  expect(message).not.toMatch(/proxyuser|secret99/);
});

test("a private CA counts without a proxy too", async () => {
  const config = { "datadog:apiUrl": await startTls(hosted.simulator.url) };
  const { id: tokenId } = hosted.token();
  const without = await hosted.start({ config });
  const { message } = await failure(without.create({ tokenId, status: "revoked" }));
  expect(message).toMatch(new RegExp(`^${tokenId}: not revoked: .*certificate`));
  const host = await hosted.start({ config, env: { NODE_EXTRA_CA_CERTS: PRIVATE_CA } });
  expect((await revoke(host, { tokenId })).properties).toMatchObject({ outcome: "revoked" });
});

test("the command lists tokens through the proxy too, and ends when it is done", async () => {
  const { url, apiKey, appKey } = hosted.simulator;
  const proxy = await startProxy({ to: url, login: "proxyuser:secret99" });
  const command = resolve(dirname(require.resolve("pulumi-datadog-revocation/package.json")), "dist/cli/main.js");
  const { code, stderr } = await runCommand(process.execPath, [command, "tokens", "--format", "json"], {
    cwd: __dirname,
    env: {
      ...cleanEnvironment(),
      DD_SITE: "datadoghq.eu",
      DD_API_KEY: apiKey,
      DD_APP_KEY: appKey,
      https_proxy: `http://proxyuser:secret99@${proxy.host}`,
      NODE_EXTRA_CA_CERTS: PRIVATE_CA,
    },
    timeout: 60_000,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("that these credentials can see") });
  expect(proxy.asked).toContain("api.datadoghq.eu:443");
});
