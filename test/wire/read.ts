import { existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment, runCommand } from "../support/processes";
import { type Client, KEYS, TOKEN_ID } from "./client";
import { cache, has, root } from "./machine";

const keys = (names: readonly string[]) =>
  names.map((name) => [name, name === "DD-API-KEY" ? KEYS.apiKey : KEYS.appKey] as const);

/**
 * Building it takes nine minutes, so its source is read: the one function that makes the request. Built and run once,
 * it sent what is read here, its names in lower case, and `host`.
 */
const rust: Client = {
  name: "Rust",
  version: "0.38.0",
  how: "read: the crate's `src/datadogV2/api/api_key_management.rs`",
  lacks: has("cargo", "info", "--help") ? undefined : "cargo 1.82 or later",
  async requests() {
    const crate = await fetchCrate(`datadog-api-client-${this.version}`, `datadog-api-client@${this.version}`);
    const read = (path: string) => readFileSync(join(crate, path), "utf8");

    const api = read("src/datadogV2/api/api_key_management.rs");
    const from = api.indexOf("pub async fn revoke_personal_access_token_with_http_info(");
    const code = api.slice(from, api.indexOf("pub async fn", from + 1));
    const userAgent = find(/"(datadog-api-client-rust\/[^"]*)"/, read("src/datadog/configuration.rs"));
    // reqwest asks for compressed answers only when built to read them.
    const features = find(/\[dependencies\.reqwest\][^[]*features = \[([^\]]*)\]/, read("Cargo.toml"));
    const compression = ["gzip", "brotli", "deflate", "zstd"].filter((name) => features.includes(`"${name}"`));
    return [
      {
        method: find(/request\(reqwest::Method::(\w+),/, code),
        target: find(/"\{\}(\/[^"]*)"/, code).replace("{token_id}", TOKEN_ID),
        headers: [
          ["Accept", find(/insert\("Accept", HeaderValue::from_static\("(.*)"\)/, code)],
          ["User-Agent", userAgent.replace("{}", this.version ?? "").replaceAll("{}", "?")],
          ...keys([...code.matchAll(/insert\(\s*"(DD-[^"]+)"/g)].map(([, name = ""]) => name)),
          ...(compression.length > 0 ? [["Accept-Encoding", compression.join(", ")] as const] : []),
        ],
        body: /\.(body|json|form|multipart)\(/.test(code.replace("local_req.body()", "")) ? "?" : "",
      },
    ];
  },
};

/** Facts, each from the file named; the test sees whether what others send still equals them. */
const ruby: Client = {
  name: "Ruby",
  // lib/datadog_api_client/v2/api/key_management_api.rb: revoke_personal_access_token_with_http_info
  // lib/datadog_api_client/api_client.rb, configuration.rb, version.rb: `compress`, on by default; the user agent
  how: "read: DataDog/datadog-api-client-ruby, `lib/datadog_api_client/v2/api/key_management_api.rb` at 25c2dc8eba9c",
  unknown: "left to its HTTP library, HTTParty",
  requests: async () => [
    {
      method: "DELETE",
      target: `/api/v2/personal_access_tokens/${TOKEN_ID}`,
      headers: [
        ["User-Agent", "datadog-api-client-ruby/? (ruby ?; os ?; arch ?)"],
        ["Accept-Encoding", "gzip"],
        ["Accept", "*/*"],
        ...keys(["DD-API-KEY", "DD-APPLICATION-KEY"]),
      ],
      body: "",
    },
  ],
};

const java: Client = {
  name: "Java",
  // src/main/java/com/datadog/api/client/v2/api/KeyManagementApi.java: revokePersonalAccessTokenWithHttpInfo
  // src/main/java/com/datadog/api/client/ApiClient.java: an operation without a body sends an empty one, as JSON.
  // Release 2.50.0, which lacks the operation, sent these headers, in this order, when it deleted an API key.
  how: "read: DataDog/datadog-api-client-java, `src/main/java/com/datadog/api/client/v2/api/KeyManagementApi.java` at 26ce263d7fd4",
  requests: async () => [
    {
      method: "DELETE",
      target: `/api/v2/personal_access_tokens/${TOKEN_ID}`,
      headers: [
        ["Accept", "*/*"],
        ["User-Agent", "datadog-api-client-java/? (java ?; java_vendor ?; os ?; os_version ?; arch ?)"],
        ...keys(["DD-API-KEY", "DD-APPLICATION-KEY"]),
        ["Content-Type", "application/json"],
        ["Content-Language", ""],
        ["Accept-Encoding", "deflate,gzip,x-gzip,zstd1"],
        ["Connection", "keep-alive"],
        ["Content-Length", "0"],
      ],
      body: "",
    },
  ],
};

/** Those of the page that do not run here. */
export const read: readonly Client[] = [rust, java, ruby];

/** @returns the folder of the crate's source */
async function fetchCrate(folder: string, spec: string): Promise<string> {
  const home = cache("cargo");
  const fetched = () => globSync(join(home, "registry/src/*", folder)).find((crate) => existsSync(join(crate, "src")));
  if (!fetched()) {
    mkdirSync(home, { recursive: true });
    // The one command of cargo that fetches a crate without all that it depends on.
    const options = { cwd: root, env: { ...cleanEnvironment(), CARGO_HOME: home }, timeout: 200_000 };
    const { output } = await runCommand("cargo", ["info", spec], options);
    if (!fetched()) throw new Error(`cargo info ${spec} fetched nothing\n${output}`);
  }
  return fetched() ?? "";
}

function find(pattern: RegExp, code: string): string {
  const found = pattern.exec(code)?.[1];
  if (found === undefined) throw new Error(`${pattern} is not in the source any more`);
  return found;
}
