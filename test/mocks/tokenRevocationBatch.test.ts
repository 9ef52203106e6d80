import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  identifyTokens,
  TokenRevocation,
  TokenRevocationBatch,
  type TokenRevocationBatchArgs,
} from "pulumi-datadog-revocation";
import { fc } from "../support/cases";

const secretPart = "PlantedSecretPlantedSecretPlantedSec";
const largestAlias = "7n42DGM5Tflk9n8mt7Fhc7";
/** The token of the largest UUID there is, by its value. */
const value = `ddpat_${largestAlias}_${secretPart}`;
const largest = "ffffffff-ffff-ffff-ffff-ffffffffffff";
/** A service account's, by its value: the smallest UUID but one. */
const serviceValue = `ddsat_${"1".padStart(22, "0")}_${secretPart}`;
const smallest = "00000000-0000-0000-0000-000000000001";

const digits = [..."0123456789abcdef"];
/** One token for each shard. */
const ids = digits.map((digit) => `${digit}0000000-0000-1234-0000-000000000000`);

let registered: pulumi.runtime.MockResourceArgs[] = [];
/** What the shards are, when they are done. */
let outputs: (shard: string) => object = () => ({ records: [], failures: [] });

beforeEach(async () => {
  outputs = () => ({ records: [], failures: [] });
  pulumi.runtime.setAllConfig({});
  // Without an engine the SDK's messages go to the console.
  for (const stream of ["log", "error"] as const) jest.spyOn(console, stream).mockReset();
  await deploy();
});

/** Begins a deployment: what another one in this process has declared does not count. */
async function deploy(): Promise<void> {
  registered = [];
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: args.name, state: { ...args.inputs, ...(args.custom ? outputs(args.name.slice(-1)) : {}) } };
    },
    call: () => ({}),
  });
}

function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** Until the last of a deployment is registered. There at run time, and left out of the SDK's types. */
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };

const shards = () => registered.filter(({ type }) => type.endsWith(":TokenRevocationShard"));

/** The inputs of the shards, by their digit. */
async function declare(
  args: TokenRevocationBatchArgs,
  opts?: pulumi.ComponentResourceOptions,
): Promise<Record<string, Record<string, unknown>>> {
  const batch = new TokenRevocationBatch("leak", args, opts);
  await known(batch.summary);
  await waitForRPCs();
  return Object.fromEntries(
    shards().map(({ name, inputs: { __provider, ...inputs } }) => [name.replace("leak-", ""), inputs]),
  );
}

describe("a batch declares", () => {
  test("sixteen shards, by the first hex digit of the ids, and itself without its arguments", async () => {
    const inputs = await declare({ tokens: [...ids, value, `0${ids[1]?.slice(1)}`], reason: "leaked" });
    expect(Object.keys(inputs).toSorted()).toEqual(digits);
    const urn = "urn:pulumi:stack::project::datadog-revocation:index:TokenRevocationBatch::leak";
    for (const [index, digit] of digits.entries()) {
      const others = digit === "f" ? [largest] : [];
      expect(inputs[digit]).toEqual({
        tokenIds: [ids[index], ...others],
        reason: "leaked",
        batch: { name: "leak", urn, shard: digit, size: 17, maxRevocations: 1000, repeated: 1 },
      });
    }
    expect(registered.find(({ type }) => type === "datadog-revocation:index:TokenRevocationBatch")?.inputs).toEqual({});
    expect(JSON.stringify(registered)).not.toContain(secretPart);
  });

  test("all sixteen of them for a single token, so that none moves when others come", async () => {
    const inputs = await declare({ tokenIds: [ids[3] as string] });
    expect(Object.entries(inputs).map(([digit, { tokenIds }]) => [digit, tokenIds])).toEqual(
      digits.map((digit) => [digit, digit === "3" ? [ids[3]] : []]),
    );
  });

  test("values, public portions and ids in any mix, of which only ids are registered", async () => {
    const inputs = await declare({ tokens: [serviceValue, value, largestAlias, ids[5]?.toUpperCase() as string] });
    expect(inputs["0"]).toMatchObject({ tokenIds: [smallest], serviceTokenIds: [smallest] });
    expect(inputs["5"]).toMatchObject({ tokenIds: [ids[5]] });
    expect(inputs.f).toMatchObject({ tokenIds: [largest] });
    expect(inputs.f).not.toHaveProperty("serviceTokenIds");
    expect(JSON.stringify(registered)).not.toContain(secretPart);
  });

  test("lists and members that are outputs and secret, whose ids are no secrets", async () => {
    const batch = new TokenRevocationBatch("leak", {
      tokens: pulumi.secret([pulumi.secret(value), pulumi.output(Promise.resolve(ids[1] as string))]),
      maxRevocations: pulumi.output(2),
    });
    expect(await known(batch.summary)).toEqual({ revoked: 0, alreadyRevoked: 0, failed: 0, total: 2 });
    for (const { tokenIds } of batch.shards) expect(await pulumi.isSecret(tokenIds)).toBe(false);
    expect(JSON.stringify(registered)).not.toContain(secretPart);
  });

  test("what its tokens have in common, in every shard", async () => {
    const common = {
      serviceAccountId: "00000000-0000-1234-0000-000000000001",
      reason: "found in a build log",
      ticket: "INC-1",
      requestedBy: "ana@example.com",
      reportedAt: "2026-01-31T10:00:00Z",
      expect: { organizationId: "00000000-0000-1234-0000-000000000002" },
      onNotFound: "fail",
      verify: true,
      allowSelf: true,
      concurrency: 8,
    } as const;
    const inputs = await declare({ tokenIds: ids, maxRevocations: 16, ...common });
    for (const digit of digits) expect(inputs[digit]).toMatchObject(common);
  });

  test("the same whatever the order, and however often a token is named", async () => {
    const name = fc
      .tuple(fc.uuid(), fc.constantFrom("plain", "upper"))
      .map(([id, way]) => (way === "upper" ? id.toUpperCase() : id));
    const lists = fc
      .uniqueArray(name, { minLength: 1, maxLength: 12, selector: (id) => id.toLowerCase() })
      .chain((list) =>
        fc.record({
          list: fc.constant(list),
          shuffled: fc.shuffledSubarray(list, { minLength: list.length }),
          again: fc.subarray(list),
        }),
      );
    await fc.assert(
      fc.asyncProperty(lists, async ({ list, shuffled, again }) => {
        await deploy();
        const first = await declare({ tokens: list });
        await deploy();
        const second = await declare({ tokens: [...again, ...shuffled] });
        const repeated = again.length > 0 ? { repeated: again.length } : {};
        expect(second).toEqual(
          Object.fromEntries(
            Object.entries(first).map(([digit, { batch, ...inputs }]) => [
              digit,
              { ...inputs, batch: { ...(batch as object), ...repeated } },
            ]),
          ),
        );
        const all = Object.values(first).flatMap(({ tokenIds }) => tokenIds as string[]);
        expect(all).toEqual(list.map((id) => id.toLowerCase()).toSorted());
      }),
      { numRuns: 8 },
    );
  });

  test("the lines of a file as Windows writes it, with a mark, blanks and blank lines", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "batch-")), "tokens.txt");
    writeFileSync(path, `\ufeff${ids[5]}\r\n\r\n  ddpat_${largestAlias} \r\n${serviceValue}\r\n\r\n`);
    const inputs = await declare({ tokens: readFileSync(path, "utf8").split("\n") });
    rmSync(dirname(path), { recursive: true });
    expect(inputs["5"]?.tokenIds).toEqual([ids[5]]);
    expect([inputs["0"], inputs.f]).toMatchObject([{ tokenIds: [smallest] }, { tokenIds: [largest] }]);
    expect(JSON.stringify(registered)).not.toContain(secretPart);
  });

  test("outputs and secrets that end in a line break, as a file or a pasted configuration value does", async () => {
    const tokens = [pulumi.secret(`${value}\n`), pulumi.output(` ${ids[2]}\r\n`)];
    const inputs = await declare({ tokens });
    expect([inputs["2"]?.tokenIds, inputs.f?.tokenIds]).toEqual([[ids[2]], [largest]]);
  });

  test("what identifyTokens finds", async () => {
    const tokens = identifyTokens(`a ${value} b ${serviceValue}`).map(({ publicPortion }) => publicPortion);
    const inputs = await declare({ tokens });
    expect([inputs["0"]?.tokenIds, inputs.f?.tokenIds]).toEqual([[smallest], [largest]]);
  });
});

describe("a batch stops the program, with the resource and the argument named, and nothing declared, for", () => {
  const malformed = [...Array.from({ length: 25 }, (_, index) => `x${index}`), `${value}x`];
  test.each<[string, unknown, string | RegExp]>([
    ["no list", {}, "tokenIds and tokens are both missing: set one of them"],
    ["no arguments", undefined, "tokenIds and tokens are both missing"],
    ["both lists", { tokens: [value], tokenIds: ids }, "tokenIds and tokens are both given: set only one of them"],
    ["an empty list", { tokens: [] }, "tokens is empty: list the tokens to revoke"],
    ["a list that is none", { tokenIds: ids[0] }, "tokenIds must be a list, not a string"],
    [
      "members that name no token",
      { tokens: [ids[0], "", "laptop", 7, null, `${value}x`] },
      /tokens holds members that name no token: \[2\] .*\(it has 6 characters\).*; \[3\] must be a string, not a number; \[4\] must be a string, not nothing; \[5\] .*\(it has 66 characters\)/,
    ],
    ["more than twenty of them", { tokens: malformed }, /\[19\] (?!.*\[20\]).*; and 6 more like these$/],
    ["values among ids", { tokenIds: [value] }, /\[0\] .*looks like a token value.*pass it as the argument tokens/],
    ["Pulumi's marker for unknown values", { tokens: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"] }, "marker"],
    ["a fuse of nothing", { tokenIds: ids, maxRevocations: 0 }, "maxRevocations must be a whole number of 1 or more"],
    ["a fuse that is no number", { tokenIds: ids, maxRevocations: "many" }, "maxRevocations must be a whole number"],
    [
      "half a request in flight",
      { tokenIds: ids, concurrency: 0.5 },
      "concurrency must be a whole number of 1 or more",
    ],
    ["a value in the reason", { tokenIds: ids, reason: value }, "reason holds a token value"],
    [
      "an expectation that is not about all of them",
      { tokenIds: ids, expect: { name: "ci" } },
      "expect.name is not an argument",
    ],
    ["a misspelt argument", { tokenId: ids[0], tokens: ids }, "tokenId is not an argument: did you mean tokenIds?"],
    [
      "more tokens than the fuse allows",
      { tokenIds: ids, maxRevocations: 15 },
      "it lists 16 tokens, and maxRevocations allows 15: nothing is revoked",
    ],
    [
      "more tokens than the fuse allows by default",
      { tokenIds: Array.from({ length: 1001 }, (_, index) => smallest.slice(0, -4) + String(index).padStart(4, "0")) },
      "it lists 1001 tokens, and maxRevocations allows 1000",
    ],
  ])("%s", (_, args, message) => {
    const declaring = () => new TokenRevocationBatch("leak", args as TokenRevocationBatchArgs);
    expect(declaring).toThrow(pulumi.RunError);
    expect(declaring).toThrow(message);
    expect(declaring).toThrow('TokenRevocationBatch "leak": ');
    expect(declaring).not.toThrow(secretPart);
    expect(registered).toEqual([]);
  });

  test.each(["id", "import"])("the option %s, by which nothing would be revoked", (option) => {
    const declaring = () => new TokenRevocationBatch("leak", { tokenIds: [largest] }, { [option]: largest });
    expect(declaring).toThrow(pulumi.RunError);
    expect(declaring).toThrow(
      new RegExp(`^TokenRevocationBatch "leak": .*the option ${option} .*leave the option out`),
    );
    expect(registered).toEqual([]);
  });

  test("a name that holds a token value", () => {
    expect(() => new TokenRevocationBatch(value, { tokenIds: ids })).toThrow("its name holds a token value");
    expect(() => new TokenRevocationBatch(value, { tokenIds: ids })).not.toThrow(secretPart);
  });

  test("a token that another resource of the program revokes", async () => {
    await known(new TokenRevocation("single", { tokenId: ids[2] as string }).urn);
    expect(() => new TokenRevocationBatch("leak", { tokenIds: ids })).toThrow(
      `TokenRevocationBatch "leak": token ${ids[2]} is declared twice, first by TokenRevocation "single": remove one of the two`,
    );
    expect(registered).toHaveLength(1);
  });
});

test("tokens that repeat count once, against the fuse too, and the preview is told how many they are", async () => {
  const inputs = await declare({ tokens: [value, largestAlias, largest], maxRevocations: 1 });
  expect(inputs.f).toMatchObject({ tokenIds: [largest], batch: { size: 1, repeated: 2 } });
});

test("the summary counts each token once, and one that is recorded and failed as failed", async () => {
  const record = (tokenId: string, outcome: string, status = "revoked") => ({ tokenId, outcome, status });
  const failure = (tokenId: string) => ({ tokenId, message: `${tokenId}: not revoked` });
  const [zero = "", one = ""] = ids;
  const more = (id: string) => id.replace(/0$/, "1");
  outputs = (shard) => {
    if (shard === "0")
      return { records: [record(zero, "revoked"), record(more(zero), "alreadyRevoked")], failures: [] };
    if (shard !== "1") return { records: [], failures: [] };
    return { records: [record(one, "revoked", "alive")], failures: [failure(one), failure(more(one))] };
  };
  const batch = new TokenRevocationBatch("leak", { tokenIds: [zero, more(zero), one, more(one)] });
  expect(await known(batch.summary)).toEqual({ revoked: 1, alreadyRevoked: 1, failed: 2, total: 4 });
  expect(console.error).toHaveBeenCalledTimes(1);
  expect(console.error).toHaveBeenCalledWith(
    expect.stringContaining(`2 failed; the next pulumi up tries again.\n${one}: not`),
  );
});

test("ignoreChanges reaches the shards in their words, and leaves out what is not theirs", async () => {
  const seen: unknown[] = [];
  const watch: pulumi.ResourceTransformation = ({ type, opts }) => {
    if (type.endsWith(":TokenRevocationShard")) seen.push((opts as pulumi.CustomResourceOptions).ignoreChanges);
    return undefined;
  };
  const ignoreChanges = ["tokens", "reason", "maxRevocations", "expect.organizationId"];
  await declare({ tokenIds: ids }, { ignoreChanges, transformations: [watch] });
  expect(seen).toEqual(digits.map(() => ["tokenIds", "serviceTokenIds", "batch", "reason", "expect.organizationId"]));
});

describe("the run's own token", () => {
  const own = `ddpat_${largestAlias}_${secretPart}`;
  beforeEach(() => {
    process.env.DD_BEARER_TOKEN = own;
  });
  afterEach(() => {
    delete process.env.DD_BEARER_TOKEN;
  });

  /** The names of what each shard depends on. */
  async function dependencies(tokenIds: string[]): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    const watch: pulumi.ResourceTransformation = ({ name, type, opts }) => {
      const { dependsOn } = opts as { dependsOn?: pulumi.Input<unknown[]> };
      if (type.endsWith(":TokenRevocationShard")) {
        pulumi.output(dependsOn).apply((all) => {
          found[name.slice(-1)] = all?.length ?? 0;
        });
      }
      return undefined;
    };
    await declare({ tokenIds, allowSelf: true }, { transformations: [watch] });
    return found;
  }

  test("is in the last shard, which depends on all others; a batch without it knows no such order", async () => {
    pulumi.runtime.setAllConfig({});
    expect((await dependencies([largest, ids[3] as string])).f).toBe(15);
    expect(shards().at(-1)?.name).toBe("leak-f");
    await deploy();
    expect(await dependencies(ids.slice(0, 15))).toEqual(Object.fromEntries(digits.map((digit) => [digit, 0])));
  });
});
