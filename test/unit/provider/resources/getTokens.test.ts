import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { getTokens, getTokensOutput } from "../../../../provider/resources/getTokens";
import { type KeyPair, type Simulator, startSimulator } from "../../../../simulator";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ tokens: 30 });
});

afterAll(() => simulator.stop());

/** What the program takes for the engine: under mocks nothing would be asked of Datadog. */
class Engine extends MockMonitor {}

beforeEach(async () => {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: () => ({}),
  };
  await pulumi.runtime.setMocks(mocks);
  pulumi.runtime.setMockOptions(new Engine(mocks));
  configure();
});

function configure(keys: KeyPair = simulator): void {
  const secret = { "datadog:apiKey": keys.apiKey, "datadog:appKey": keys.appKey };
  pulumi.runtime.setAllConfig({ "datadog:apiUrl": simulator.url, ...secret }, Object.keys(secret));
}

function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

const requests = (since: number) =>
  simulator.requests(since).filter(({ path }) => path.endsWith("personal_access_tokens"));

test("all tokens, the oldest first, with everything that Datadog says of them", async () => {
  const tokens = await getTokens();
  const states = simulator.tokens.map(({ id }) => simulator.find(id));
  const oldestFirst = states.toSorted((one, other) => ((one?.createdAt ?? "") < (other?.createdAt ?? "") ? -1 : 1));
  expect(tokens.map(({ tokenId }) => tokenId)).toEqual(oldestFirst.map((state) => state?.id));
  for (const { tokenId, kind, name, owner, scopes, lastUsedAt } of tokens) {
    const state = simulator.find(tokenId);
    const isService = state?.serviceAccountId !== undefined;
    const account = simulator.serviceAccounts.find(({ id }) => id === state?.serviceAccountId);
    const called = isService ? { handle: `${account?.name}@example.com`, name: account?.name } : {};
    expect([name, owner, scopes]).toEqual([state?.name, { ...state?.owner, ...called }, state?.scopes.toSorted()]);
    expect(kind).toBe(isService ? "service" : "personal");
    expect(lastUsedAt === null).toBe(state?.lastUsedAt === null);
  }
});

test("an owner's alone, whose others are not even asked for, and those exempt are left out", async () => {
  const { id } = simulator.keyOwner;
  const theirs = simulator.tokens.filter((token) => simulator.find(token.id)?.owner.id === id);
  const since = simulator.requests().length;
  const tokens = await getTokens({ ownedBy: id.toUpperCase() }, { exempt: { tokenIds: [theirs[0]?.id ?? ""] } });
  expect(tokens.map(({ tokenId }) => tokenId).toSorted()).toEqual(
    theirs
      .slice(1)
      .map((token) => token.id)
      .toSorted(),
  );
  expect(requests(since).map(({ query }) => query["filter[owned_by]"])).toEqual([[id]]);
});

test("what Datadog found leaked, or an error where it tells nothing of leaks", async () => {
  const [leaked] = simulator.tokens.slice(-1);
  simulator.leak(leaked?.id ?? "", { detectedAt: "2026-11-20T08:00:00Z", source: "github" });
  const leak = { detectedAt: "2026-11-20T08:00:00.000Z", source: "github" };
  expect(await getTokens({ leaked: true })).toEqual([expect.objectContaining({ tokenId: leaked?.id, leak })]);
  expect(await getTokens({ leaked: false })).toHaveLength(29);

  const silent = await startSimulator({ tokens: 2, leakInformation: false });
  pulumi.runtime.setAllConfig(
    {
      ...pulumi.runtime.allConfig(),
      "datadog:apiUrl": silent.url,
      "datadog:apiKey": silent.apiKey,
      "datadog:appKey": silent.appKey,
    },
    ["datadog:apiKey", "datadog:appKey"],
  );
  const asked = getTokens({ leaked: false });
  await expect(asked).rejects.toThrow(pulumi.RunError);
  await expect(asked).rejects.toThrow(/^getTokens: where\.leaked cannot be judged: /);
  expect(await getTokens()).toHaveLength(2);
  await silent.stop();
});

test("criteria may be outputs", async () => {
  const kind = pulumi.output("service" as const);
  const tokens = getTokensOutput({ kind, scopes: [pulumi.output("dashboards_read")] });
  for (const token of await known(tokens)) expect(token).toMatchObject({ kind: "service" });
  expect(await known(tokens)).toEqual(await getTokens({ kind: "service", scopes: "dashboards_read" }));
  expect(await pulumi.isSecret(tokens)).toBe(false);
});

test("tokens are looked for when what they depend on is there, a component with all its parts", async () => {
  const order: string[] = [];
  class Part extends pulumi.CustomResource {}
  class Whole extends pulumi.ComponentResource {
    readonly done: pulumi.Output<void>;
    constructor() {
      super("test:index:Whole", "whole");
      const part = new Part("test:index:Part", "part", {}, { parent: this });
      this.done = part.id.apply(async () => {
        await new Promise(setImmediate);
        order.push(`part made, ${requests(since).length} requests`);
      });
    }
  }
  const since = simulator.requests().length;
  const tokens = getTokensOutput(undefined, { dependsOn: [new Whole(), new Part("test:index:Part", "other")] });
  expect(await known(tokens)).toHaveLength(30);
  expect(order).toEqual(["part made, 0 requests"]);
});

describe("a program is stopped with one sentence", () => {
  test.each<[string, unknown, string]>([
    ["criteria of nothing", {}, "where is empty: set ownedBy"],
    ["an unknown criterion", { unusedSince: "90d" }, "where.unusedSince is not an argument (all: ownedBy, kind,"],
    ["criteria that exempt all", { namePattern: "ci" }, "where.namePattern and exempt.names contradict each other"],
    ["an output", { kind: pulumi.output("service") }, "where or exempt holds an output: use getTokensOutput"],
  ])("for %s", async (_, where, sentence) => {
    const error = await getTokens(where as never, { exempt: { names: "ci" } }).catch((error) => error);
    expect(error).toBeInstanceOf(pulumi.RunError);
    expect(error.message).toContain(`getTokens: ${sentence}`);
  });

  test("for criteria that cannot be used, at once", () => {
    const finding = (): unknown => getTokensOutput({ olderThan: "9 0d" });
    expect(finding).toThrow(pulumi.RunError);
    expect(finding).toThrow("getTokensOutput: where.olderThan is not a duration");
  });

  test("for a missing permission", async () => {
    configure(simulator.createKeys([]));
    const forbidden = await getTokens().catch((error) => error);
    expect(forbidden).toBeInstanceOf(pulumi.RunError);
    expect(forbidden.message).toMatch(/^getTokens: GET .* answered 403: .*org_app_keys_read for anyone's/);
  });

  test("for missing credentials", async () => {
    pulumi.runtime.setAllConfig({ "datadog:apiUrl": simulator.url });
    await expect(getTokens()).rejects.toThrow(
      "getTokens: no Datadog credentials: set DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY",
    );
  });

  test("for a secret in plain configuration", async () => {
    pulumi.runtime.setAllConfig({ "datadog:apiKey": simulator.apiKey, "datadog:appKey": simulator.appKey });
    await expect(getTokens()).rejects.toThrow("the configuration key datadog:apiKey holds a secret in plain text");
  });
});
