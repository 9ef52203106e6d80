/** How the process answers the engine, and how it ends. */
import { version } from "../../package.json";
import { failure, QUICK, useSimulator } from "../support/hosted";
import { startPluginProcess, urnOf } from "../support/hostPlugin";
import { Plugin } from "../support/plugin";

let plugin: Plugin;
beforeAll(async () => {
  plugin = await Plugin.start();
});

test("it has no handshake: what it can do it says when it is configured", async () => {
  expect(await plugin.handshake()).toBe("UNIMPLEMENTED");
});

test("its version is the package's, and so is the schema's", async () => {
  expect(await plugin.version()).toBe(version);
  const schema = await plugin.schema();
  expect(schema).toMatchObject({ name: "datadog-revocation", version });
  expect(Object.keys(schema.resources as object)).toContain("datadog-revocation:index:TokenRevocation");
});

test("a cancel is answered, and it serves on", async () => {
  await plugin.cancel();
  expect(await plugin.version()).toBe(version);
});

test("an error that nobody expects is a sentence, without a stack trace", async () => {
  const own = await Plugin.start();
  const { message } = await failure(own.checkUrn(urnOf("datadog-revocation:index:TokenRevocations"), {}));
  expect(message).toBe(
    "datadog-revocation:index:TokenRevocations is not a resource of datadog-revocation: use TokenRevocation, TokenRevocationBatch or TokenSweep",
  );
  expect(await own.printed()).toBe("");
});

test("a person who starts it is told what it is", async () => {
  const error = await failure(startPluginProcess({ address: "", env: {}, flags: [] }));
  expect(error.message).toMatch(/the provider ended\nThis is a Pulumi provider plugin: the Pulumi engine starts it/);
});

test("at an interrupt it tells how many more tokens were revoked than were shown, and ends well", async () => {
  const { url, apiKey, appKey, tokens } = await useSimulator({ tokens: 60 });
  const config = { "datadog:apiUrl": url, "datadog:apiKey": apiKey, "datadog:appKey": appKey, ...QUICK };
  const own = await Plugin.start({ config });
  const tokenIds = tokens.slice(0, 23).map(({ id }) => id);
  for (const tokenId of tokenIds) await own.create("TokenRevocation", { tokenId, status: "revoked", verify: false });
  own.process.child.kill("SIGINT");
  expect(await own.process.ended()).toBe(0);
  expect(own.engine.logs.at(-1)).toMatchObject({ severity: "info", message: "… and 3 more tokens: 3 revoked" });
});

test("when the engine is killed it ends, too, though nothing was asked of it", async () => {
  const own = await Plugin.start();
  own.engine.kill();
  expect(await own.process.ended()).toBe(1);
});
