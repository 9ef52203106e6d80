import * as pulumi from "@pulumi/pulumi";
import { TokenSweep, type TokenSweepArgs } from "pulumi-datadog-revocation";

const owner = "00000000-0000-1234-0000-00000000000a";
const other = "00000000-0000-1234-0000-00000000000b";
const value = `ddpat_7n42DGM5Tflk9n8mt7Fhc7_${"PlantedSecret".repeat(3).slice(0, 36)}`;

let registered: pulumi.runtime.MockResourceArgs[] = [];
let outputs: object = {};

beforeEach(async () => {
  registered = [];
  outputs = {};
  pulumi.runtime.setAllConfig({});
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: "sweep", state: { ...args.inputs, ...outputs } };
    },
    call: () => ({}),
  });
});

function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** The inputs that a program registers. */
async function declare(args: TokenSweepArgs): Promise<Record<string, unknown>> {
  await known(new TokenSweep("unused", args).urn);
  const { __provider, ...inputs } = registered[0]?.inputs ?? {};
  return inputs;
}

test("a program declares a rule, of which any part may be an output", async () => {
  const inputs = await declare({
    where: {
      ownedBy: [pulumi.output(other), owner.toUpperCase(), owner],
      kind: pulumi.output("service" as const),
      scopes: ["b", "a"],
      unusedFor: "90d",
      neverExpires: true,
    },
    exempt: pulumi.output({ names: ["break-glass"], tokenIds: [] }),
    enforce: pulumi.output(true),
    maxRevocations: 50,
    expect: { organizationId: owner },
    reason: "unused",
    ticket: "SEC-1",
    requestedBy: "ada@example.com",
  });
  expect(inputs).toEqual({
    where: { ownedBy: [owner, other], kind: "service", scopes: ["a", "b"], unusedFor: "90d", neverExpires: true },
    exempt: { names: ["break-glass"], tokenIds: [] },
    enforce: true,
    maxRevocations: 50,
    expect: { organizationId: owner },
    reason: "unused",
    ticket: "SEC-1",
    requestedBy: "ada@example.com",
  });
  expect(registered[0]?.type).toBe("pulumi-nodejs:dynamic/datadog-revocation:TokenSweep");
});

test("what it found and did are outputs", async () => {
  outputs = { matched: [{ name: "a" }], records: [], failures: [], lastSweptAt: "2026-01-31T10:00:00.000Z" };
  const sweep = new TokenSweep("unused", { where: { kind: "personal" } });
  expect(await known(sweep.matched)).toEqual([{ name: "a" }]);
  for (const output of ["where", "records", "failures", "lastSweptAt", "actor", "apiUrl"]) {
    expect(pulumi.Output.isInstance(Reflect.get(sweep, output))).toBe(true);
  }
});

test("matches that could not be revoked fail the deployment, three of them by their own words", async () => {
  const error = jest.spyOn(pulumi.log, "error").mockResolvedValue();
  outputs = { failures: ["a", "b", "c", "d"].map((tokenId) => ({ tokenId, message: `${tokenId}: not revoked` })) };
  const sweep = new TokenSweep("unused", { where: { kind: "personal" } });
  await known(sweep.failures);
  expect(error.mock.calls).toEqual([
    [
      'TokenSweep "unused": 4 failed; the next pulumi up tries again.\na: not revoked\nb: not revoked\nc: not revoked\n' +
        "and 1 more, which the stack's state lists under failures",
      sweep,
    ],
  ]);
});

describe("a program is stopped, with the resource and the argument named, for", () => {
  const rule = { kind: "service" };
  test.each<[string, unknown, string]>([
    ["no arguments", undefined, 'where is missing: set at least one criterion, like { unusedFor: "90d" }'],
    ["an empty rule", { where: {} }, "where is empty: set ownedBy"],
    ["an unknown argument", { where: rule, enforced: true }, "enforced is not an argument: did you mean enforce?"],
    ["a duration without a unit", { where: { unusedFor: "90" } }, "where.unusedFor is not a duration"],
    ["a fuse of none", { where: rule, maxRevocations: 0 }, "maxRevocations must be a whole number of 1 or more"],
    ["enforce as a text", { where: rule, enforce: "yes" }, "enforce must be true or false"],
    ["an empty expectation", { where: rule, expect: {} }, "expect is empty: set organizationId"],
    [
      "a rule that exempts all it is about",
      { where: { ownedBy: owner }, exempt: { ownerIds: [owner, other] } },
      "where.ownedBy and exempt.ownerIds contradict each other",
    ],
    ["a value in a pattern", { where: { namePattern: value } }, "where.namePattern holds a token value, a secret"],
    ["a value in a reason", { where: rule, reason: value }, "reason holds a token value, a secret"],
    [
      "everything that is wrong at once",
      { where: { olderThan: "-1d" }, exempt: { tokenIds: "x" }, maxRevocations: 1.5 },
      "where.olderThan is not a duration",
    ],
  ])("%s", (_, args, words) => {
    const declaring = (): unknown => new TokenSweep("unused", args as TokenSweepArgs);
    expect(declaring).toThrow(pulumi.RunError);
    expect(declaring).toThrow(`TokenSweep "unused": ${words}`);
    expect(declaring).not.toThrow("PlantedSecret");
    expect(registered).toEqual([]);
  });

  test.each(["id", "import"])("the option %s, by which nothing would be revoked", (option) => {
    const declaring = () => new TokenSweep("unused", { where: { kind: "service" } }, { [option]: "sweep" });
    expect(declaring).toThrow(pulumi.RunError);
    expect(declaring).toThrow(new RegExp(`^TokenSweep "unused": .*the option ${option} .*leave the option out`));
    expect(registered).toEqual([]);
  });

  test("a name that is a secret", () => {
    expect(() => new TokenSweep(value, { where: { kind: "service" } })).toThrow("its name holds a token value");
  });
});
