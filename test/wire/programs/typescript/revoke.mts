import { env } from "node:process";
import { client, v2 } from "@datadog/datadog-api-client";

const { RECORDER: name = "", TOKEN_ID: tokenId = "" } = env;

// DD_API_KEY and DD_APP_KEY are read by the client.
const configuration = client.createConfiguration({ serverIndex: 1 });
configuration.setServerVariables({ protocol: "http", name });

await new v2.KeyManagementApi(configuration).revokePersonalAccessToken({ tokenId });
