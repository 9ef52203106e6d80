import {
  type Permission,
  type SimulatedToken,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../../simulator";

const running: Simulator[] = [];

/** A simulator that is stopped when the test is over. */
export async function simulatorFor(options?: SimulatorOptions): Promise<Simulator> {
  const simulator = await startSimulator(options);
  running.push(simulator);
  return simulator;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()));
});

interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** One request with the default key pair, unless the headers say otherwise; the body is undefined when there was none. */
export async function call(simulator: Simulator, path: string, { method = "GET", headers, body }: Call = {}) {
  const response = await fetch(`${simulator.url}${path}`, {
    method,
    headers: headers ?? keys(simulator),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, body: parsed };
}

/** The status alone. */
export const statusOf = async (...args: Parameters<typeof call>): Promise<number> => (await call(...args)).status;

export function keys({ apiKey, appKey }: { apiKey: string; appKey: string }): Record<string, string> {
  return { "DD-API-KEY": apiKey, "DD-APPLICATION-KEY": appKey };
}

export const bearer = (value: string): Record<string, string> => ({ Authorization: `Bearer ${value}` });

export const TOKENS = "/api/v2/personal_access_tokens";
export const ME = "/api/v2/current_user";
export const NOON = Date.parse("2026-11-24T12:00:00Z");
/** The id of no token and of nobody. */
export const NOBODY = "00000000-0000-1234-0000-000000000000";

/** The path of a service account's tokens, or of one of them. */
export const accountPath = (serviceAccountId: string | undefined, tokenId?: string): string =>
  `/api/v2/service_accounts/${serviceAccountId}/access_tokens${tokenId === undefined ? "" : `/${tokenId}`}`;

/** A token at this place among the seeded ones; by the seed's rules 0 is the key owner's, 4 a service account's. */
export function tokenAt(simulator: Simulator, index: number) {
  const token = simulator.tokens[index];
  if (token === undefined) throw new Error(`There is no token ${index}.`);
  return token;
}

/** The names that seeded tokens have, as a listing sorts them unless it is asked otherwise. */
export function namesOf(tokens: readonly SimulatedToken[]): string[] {
  return tokens.map(({ name }) => name).sort();
}

/** What credentials made of a token need as its scopes, to do all that the tests do. */
export const ALL_SCOPES: readonly Permission[] = [
  "user_app_keys",
  "org_app_keys_read",
  "org_app_keys_write",
  "service_account_write",
  "user_access_read",
  "metrics_read",
];

/** The names in a listing's answer. */
export function names({ body }: { readonly body: unknown }): string[] {
  return (body as { data: { attributes: { name: string } }[] }).data.map(({ attributes }) => attributes.name);
}
