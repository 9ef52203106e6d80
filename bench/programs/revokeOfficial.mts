/** Revokes tokens with Datadog's own TypeScript client: what it costs from the import on. */
import { text } from "node:stream/consumers";
import { client, v2 } from "@datadog/datadog-api-client";
import { cost } from "../cost.mts";

const { url, apiKey, appKey, tokenIds, concurrency } = JSON.parse(await text(process.stdin));
const configuration = client.createConfiguration({
  authMethods: { apiKeyAuth: apiKey, appKeyAuth: appKey },
  baseServer: new client.BaseServerConfiguration(url, {}),
  enableRetry: true,
});
const api = new v2.KeyManagementApi(configuration);
let next = 0;
const worker = async (): Promise<void> => {
  while (next < tokenIds.length) await api.revokePersonalAccessToken({ tokenId: tokenIds[next++] });
};
await Promise.all(Array.from({ length: concurrency }, worker));
console.log(JSON.stringify(cost()));
