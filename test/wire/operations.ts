import { startSimulator } from "../../simulator";
import { afterwards } from "../support/afterwards";
import { type Client, command } from "./clients";

/** What one of Datadog's clients was told by the simulator, of personal tokens and of a service account's. */
interface Transcript {
  readonly created: { readonly id: string; readonly key: string; readonly scopes: readonly string[] };
  readonly got: string;
  readonly updated: string;
  readonly found: readonly string[];
  readonly page: readonly string[];
  /** By name, where each leaked token was found. */
  readonly leaked?: Readonly<Record<string, string>>;
  readonly total: number;
  readonly afterwards: number;
}

/** What it was told of users: whose the keys are, the service account's name, and a page of some users' names. */
interface Users {
  readonly current: string;
  readonly got: string;
  readonly page: readonly string[];
  readonly total: number;
}

export interface OperatingClient {
  readonly client: Client;
  /** The folder of its program, and how to run it. */
  program(): Promise<{ readonly folder: string; readonly file: string; readonly args: readonly string[] }>;
  /** Whether this release knows of leaks. */
  readonly leaks: boolean;
}

/** Lets a client create, get, update, list and revoke a token of each kind and read users, and checks what both sides say of it. */
export async function checkOperations({ program, leaks }: OperatingClient): Promise<void> {
  const { folder, file, args } = await program();
  const simulator = await startSimulator({ tokens: 40 });
  afterwards(() => simulator.stop());
  const { url, apiKey, appKey, tokens, keyOwner, serviceAccounts, find } = simulator;
  const [personal, service] = [tokens[0], tokens[4]];
  const account = service?.serviceAccountId ?? "";
  simulator.leak(personal?.id ?? "", { source: "a public repository" });
  simulator.leak(service?.id ?? "", { source: "a log" });
  for (const name of ["Listed First", "Listed Second", "Listed Third"]) simulator.addUser({ name });

  const output = await command(folder, file, args, {
    ...{ DD_API_KEY: apiKey, DD_APP_KEY: appKey, OWNER_ID: keyOwner.id, ACCOUNT_ID: account },
    ...{ SIMULATOR: new URL(url).host, NO_PROXY: "127.0.0.1" },
  });
  const said: { personal: Transcript; service: Transcript; users: Users } = JSON.parse(output);
  const own = tokens.filter(({ serviceAccountId }) => serviceAccountId === account);
  for (const [kind, prefix, of, leaked] of [
    ["personal", "ddpat_", tokens, { [personal?.name ?? ""]: "a public repository", [service?.name ?? ""]: "a log" }],
    ["service", "ddsat_", own, { [service?.name ?? ""]: "a log" }],
  ] as const) {
    const { created, ...rest } = said[kind];
    const names = [...of.map(({ name }) => name), "renamed by a client"].sort().reverse();
    expect(rest).toEqual({
      got: "made by a client",
      updated: "renamed by a client",
      found: ["renamed by a client"],
      page: names.slice(2, 4),
      ...(leaks && { leaked }),
      total: names.length,
      afterwards: 404,
    });
    expect(created).toEqual({ id: expect.any(String), key: find(created.id)?.value, scopes: ["metrics_read"] });
    expect(created.key.startsWith(prefix)).toBe(true);
    expect(find(created.id)).toMatchObject({ name: "renamed by a client", revokedAt: expect.any(String) });
  }
  expect(said.users).toEqual({
    current: keyOwner.id,
    got: serviceAccounts.find(({ id }) => id === account)?.name,
    page: ["Listed First"],
    total: 3,
  });
  const refused = simulator.requests().filter(({ status }) => status === null || status >= 400);
  // The two that asked for a revoked token.
  expect(refused.map(({ method, status }) => [method, status])).toEqual([
    ["GET", 404],
    ["GET", 404],
  ]);
}

/** Declares the test of a client; without what it needs, the test is skipped and says so. */
export function operationsTest(operating: OperatingClient): void {
  const { name, lacks } = operating.client;
  const title = `${name}: Datadog's client runs every operation on tokens and reads users against the simulator`;
  if (!lacks) return void test(title, () => checkOperations(operating));
  console.warn(`${name} is not run: this machine has no ${lacks}`);
  test.skip(`${title} (this machine has no ${lacks})`, () => {});
}
