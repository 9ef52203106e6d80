/** Revokes tokens with the host's code: what it costs from the import on. */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { cost } from "../cost.mts";

const { url, apiKey, appKey, tokenIds, concurrency } = JSON.parse(await text(process.stdin));
const require = createRequire(import.meta.url);
const provider = join(dirname(require.resolve("pulumi-datadog-revocation/package.json")), "dist/provider");
const { DatadogClient } = require(join(provider, "datadog/client"));
const { concurrently } = require(join(provider, "core/concurrently"));
const { readSettings } = require(join(provider, "datadog/settings"));

const settings = readSettings(() => undefined, { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey });
const client = new DatadogClient(settings);
await concurrently(tokenIds, concurrency, async (tokenId: string) => {
  const { status } = await client.revokeToken({ tokenId });
  if (status !== 204) throw new Error(`answered ${status}`);
});
console.log(JSON.stringify(cost()));
