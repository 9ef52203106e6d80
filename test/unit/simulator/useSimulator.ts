import { type Simulator, type SimulatorOptions, startSimulator } from "../../../simulator";

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

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined when there was none. */
  readonly body: unknown;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** One request with the default key pair, unless the headers say otherwise. */
export async function call(simulator: Simulator, path: string, { method, headers, body }: Call = {}): Promise<Reply> {
  const response = await fetch(`${simulator.url}${path}`, {
    method: method ?? "GET",
    headers: headers ?? keys(simulator),
    redirect: "manual",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

export function keys({ apiKey, appKey }: { apiKey: string; appKey: string }): Record<string, string> {
  return { "DD-API-KEY": apiKey, "DD-APPLICATION-KEY": appKey };
}

export const TOKENS = "/api/v2/personal_access_tokens";

/** A token at this place among the seeded ones; by the seed's rules 0 is the key owner's, 4 a service account's. */
export function tokenAt(simulator: Simulator, index: number) {
  const token = simulator.tokens[index];
  if (token === undefined) throw new Error(`There is no token ${index}.`);
  return token;
}

/** The names in a listing's answer. */
export function names({ body }: Reply): string[] {
  return (body as { data: { attributes: { name: string } }[] }).data.map(({ attributes }) => attributes.name);
}
