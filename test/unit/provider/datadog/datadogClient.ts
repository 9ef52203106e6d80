import { DatadogClient } from "../../../../provider/datadog/client";
import { DatadogError } from "../../../../provider/datadog/errors";
import type { HttpProxy } from "../../../../provider/datadog/proxy";
import { RateLimit } from "../../../../provider/datadog/rateLimit";
import {
  type Credentials,
  datadogConfiguration,
  type RetrySettings,
  readSettings,
} from "../../../../provider/datadog/settings";
import { readToken, type Token } from "../../../../provider/datadog/token";

export const TOKEN_ID = "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c";
export const TOKEN_PATH = `/api/v2/personal_access_tokens/${TOKEN_ID}`;

export const KEYS: Credentials = {
  kind: "keys",
  apiKey: "d41d8cd98f00b204e9800998ecf8427e",
  appKey: "9a0364b9e99bb480dd25e1f0284c8555da39a3ee",
};

/** The defaults, with waits that a test can sit out. */
export const QUICK: RetrySettings = {
  ...readSettings(
    datadogConfiguration(() => undefined),
    {},
  ).retry,
  timeout: 8_000,
  backoffBase: 10,
};

export interface ClientOptions {
  readonly credentials?: Credentials;
  readonly proxy?: HttpProxy;
  readonly retry?: Partial<RetrySettings>;
  readonly rateLimit?: RateLimit;
}

/** A client with a rate limit of its own, so that no test makes another wait. */
export function clientFor(apiUrl: string, options: ClientOptions = {}): DatadogClient {
  const { credentials = KEYS, proxy, retry, rateLimit = new RateLimit() } = options;
  const apiUrlKey = "datadog:apiUrl";
  const connection = { apiUrl, apiUrlKey, credentials, ...(proxy && { proxy }), retry: { ...QUICK, ...retry } };
  return new DatadogClient(connection, rateLimit);
}

/** The error that a request fails with. */
export async function failureOf(request: Promise<unknown>): Promise<DatadogError> {
  const outcome = await request.catch((error: unknown) => error);
  if (outcome instanceof DatadogError) return outcome;
  throw new Error(`no DatadogError: ${JSON.stringify(outcome)}`);
}

/** A token, as it is read from what Datadog says of it. */
export function describedToken(
  attributes: object = {},
  { id = TOKEN_ID, owner = PERSON, ...relationships }: { id?: string; owner?: object } & Record<string, unknown> = {},
): Token {
  const { data } = tokenAnswer(attributes, id);
  const token = readToken({ ...data, relationships: { owned_by: { data: owner }, ...relationships } }, []);
  if (!token) throw new Error(`no token id: ${id}`);
  return token;
}

const PERSON = { id: "11111111-2222-3333-4444-555555555555", type: "users" };

/** What Datadog says of a token. */
export function tokenAnswer(attributes: object = {}, id = TOKEN_ID) {
  return {
    data: {
      type: "personal_access_tokens",
      id,
      attributes: {
        name: "ci-deploy",
        public_portion: "ddpat_1vCPtzKGJML79G0rwH3qpw",
        scopes: ["dashboards_read"],
        created_at: "2026-05-01T08:00:00.123456789Z",
        expires_at: "2027-05-01T08:00:00Z",
        last_used_at: null,
        ...attributes,
      },
      relationships: { owned_by: { data: PERSON } },
    },
  };
}
