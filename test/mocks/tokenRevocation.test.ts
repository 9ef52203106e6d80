import * as pulumi from "@pulumi/pulumi";
import { TokenRevocation, type TokenRevocationArgs } from "pulumi-datadog-revocation";

/** Two names of one token, as datadog.md derives them: the alias is the UUID in base62. */
const tokenId = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const alias = "7n42DGM5Tflk9n8mt7Fhc7";
const secretPart = "PlantedSecretPlantedSecretPlantedSec";
const value = `ddpat_${alias}_${secretPart}`;

let registered: pulumi.runtime.MockResourceArgs[] = [];

beforeEach(async () => {
  registered = [];
  pulumi.runtime.setAllConfig({});
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: args.inputs.tokenId, state: { ...args.inputs, outcome: "revoked" } };
    },
    call: () => ({}),
  });
});

function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** The inputs that a program registers. */
async function declare(args: TokenRevocationArgs): Promise<Record<string, unknown>> {
  await known(new TokenRevocation("leaked", args).urn);
  const { __provider, ...inputs } = registered[0]?.inputs ?? {};
  return inputs;
}

describe("a program declares", () => {
  test("a token by its id, in lower case", async () => {
    expect(await declare({ tokenId: tokenId.toUpperCase() })).toEqual({ tokenId });
    expect(registered[0]?.type).toBe("pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation");
  });

  test.each([
    ["its value", value],
    ["its value with a line break behind it", ` ${value}\r\n`],
    ["its public portion", alias],
    ["its public portion with the prefix", `ddpat_${alias}`],
  ])("a token by %s, of which only the id is registered", async (_, token) => {
    const inputs = await declare({ token });
    expect(inputs.tokenId).toBe(tokenId);
    expect(JSON.stringify(registered)).not.toContain(secretPart);
  });

  test.each(["", "\n"])(
    "a secret value, whose id is no secret, with what stands behind it in a file (%j)",
    async (end) => {
      const revocation = new TokenRevocation("leaked", { token: pulumi.secret(value + end) });
      expect(await known(revocation.tokenId)).toBe(tokenId);
      expect(await pulumi.isSecret(revocation.tokenId)).toBe(false);
      expect(JSON.stringify(registered)).not.toContain(secretPart);
    },
  );

  test("everything that is to be recorded", async () => {
    const args = {
      tokenId,
      serviceAccountId: "00000000-0000-1234-0000-000000000001",
      reason: "found in a build log",
      ticket: "INC-1",
      requestedBy: "ana@example.com",
      reportedAt: "2026-01-31T10:00:00Z",
      expect: {
        name: "ci-deploy",
        ownerId: "00000000-0000-1234-0000-000000000000",
        organizationId: "00000000-0000-1234-0000-000000000002",
      },
      onNotFound: "fail",
      verify: false,
      allowSelf: true,
    } as const;
    expect(await declare(args)).toEqual(args);
  });

  test("a time with an offset, recorded in UTC", async () => {
    const { reportedAt } = await declare({ tokenId, reportedAt: "2026-01-31T12:00:00+02:00" });
    expect(reportedAt).toBe("2026-01-31T10:00:00.000Z");
  });

  test("a secret reason, which stays secret", async () => {
    const revocation = new TokenRevocation("leaked", { tokenId, reason: pulumi.secret("a customer's name") });
    expect(await pulumi.isSecret(revocation.reason)).toBe(true);
  });

  test("outputs that other resources can use", async () => {
    const revocation = new TokenRevocation("leaked", { tokenId });
    expect(await known(revocation.outcome)).toBe("revoked");
    const others = ["kind", "status", "revokedAt", "httpStatus", "verifiedAt", "snapshot", "actor", "apiUrl"];
    for (const output of others) {
      expect(pulumi.Output.isInstance(Reflect.get(revocation, output))).toBe(true);
    }
  });
});

describe("a program is stopped, with the resource and the argument named, for", () => {
  const anyTime = new Date(Date.now() + 3_600_000).toISOString();
  test.each<[string, unknown, string]>([
    ["no token", {}, "tokenId and token are both missing"],
    ["no arguments", undefined, "tokenId and token are both missing"],
    ["two tokens", { tokenId, token: value }, "tokenId and token are both given"],
    ["an empty id", { tokenId: "" }, "tokenId is empty"],
    ["an empty token", { token: "" }, "token is empty"],
    ["an id that is not a UUID", { tokenId: "1234" }, "tokenId is not a token id (it has 4 characters)"],
    ["a value given as id", { tokenId: value }, "pass it as the argument token"],
    ["a public portion given as id", { tokenId: alias }, "pass it as the argument token"],
    ["an id given as token", { token: tokenId }, "pass it as the argument tokenId"],
    ["a cut value", { token: value.slice(0, -1) }, "token is neither a token value nor a public portion"],
    ["a public portion of no UUID", { token: "zzzzzzzzzzzzzzzzzzzzzz" }, "stands for no UUID"],
    ["Pulumi's marker for unknown values", { tokenId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }, "marker"],
    ["a value in the reason", { tokenId, reason: `leaked: ${value}` }, "reason holds a token value"],
    [
      "a value of broken shape in the reason",
      { tokenId, reason: value.replace("7n", "7") },
      "reason holds a token value",
    ],
    ["an empty expectation", { tokenId, expect: { name: undefined } }, "expect is empty"],
    ["a value in the ticket", { tokenId, ticket: value }, "ticket holds a token value"],
    ["a value in who asked", { tokenId, requestedBy: value }, "requestedBy holds a token value"],
    ["a value in what is expected", { tokenId, expect: { name: value } }, "expect.name holds a token value"],
    ["a misspelt argument", { tokenId, reasn: "x" }, "reasn is not an argument: did you mean reason?"],
    [
      "a misspelt expectation",
      { tokenId, expect: { ownerID: tokenId } },
      "expect.ownerID is not an argument: did you mean ownerId?",
    ],
    ["a reason of the wrong type", { tokenId, reason: 7 }, "reason must be a string, not a number"],
    ["an id of the wrong type", { tokenId: [tokenId] }, "tokenId must be a string, not a list"],
    ["an expectation of the wrong type", { tokenId, expect: "ci" }, "expect must be an object"],
    ["an owner that is not an id", { tokenId, expect: { ownerId: "ana@example.com" } }, "expect.ownerId is not a UUID"],
    ["verify of the wrong type", { tokenId, verify: "yes" }, "verify must be true or false, not a string"],
    ["onNotFound of another value", { tokenId, onNotFound: "ignore" }, 'onNotFound must be "accept" or "fail"'],
    ["a service account that is not an id", { tokenId, serviceAccountId: "ci" }, "serviceAccountId is not a UUID"],
    [
      "an organization that is not an id",
      { tokenId, expect: { organizationId: "Acme" } },
      "expect.organizationId is not",
    ],
    ["allowSelf of the wrong type", { tokenId, allowSelf: 1 }, "allowSelf must be true or false, not a number"],
    ["a time that cannot be read", { tokenId, reportedAt: "yesterday" }, "reportedAt is not an RFC 3339 time"],
    ["a time in the future", { tokenId, reportedAt: anyTime }, "reportedAt is in the future"],
  ])("%s", (_, args, message) => {
    const declaring = () => new TokenRevocation("leaked", args as TokenRevocationArgs);
    expect(declaring).toThrow(pulumi.RunError);
    expect(declaring).toThrow(message);
    expect(declaring).toThrow('TokenRevocation "leaked": ');
    expect(declaring).not.toThrow(secretPart);
    expect(registered).toEqual([]);
  });

  test("several problems, all at once", () => {
    const declaring = () => new TokenRevocation("leaked", { tokenId: "", verify: 1, reasn: "x" } as unknown as never);
    for (const problem of ["tokenId is empty", "verify must be true or false", "reasn is not an argument"]) {
      expect(declaring).toThrow(problem);
    }
  });

  test.each([
    ["by their ids", { tokenId }, { tokenId: tokenId.toUpperCase() }],
    ["by value and id", { token: value }, { tokenId }],
    ["by public portion and value", { token: alias }, { token: value }],
  ])("two resources of one token %s: both are named, and the second is not registered", async (_, first, second) => {
    await known(new TokenRevocation("first", first).urn);
    const again = () => new TokenRevocation("second", second);
    expect(again).toThrow(pulumi.RunError);
    expect(again).toThrow(
      `TokenRevocation "second": token ${tokenId} is declared twice, first by TokenRevocation "first"`,
    );
    expect(registered).toHaveLength(1);
  });

  test.each([
    ["id", "with the option id Pulumi only reads the resource, and nothing would be revoked: leave the option out"],
    ["import", "the option import does not work: Pulumi cannot import"],
  ])("the option %s, by which nothing would be revoked", async (option, message) => {
    for (const id of [tokenId, pulumi.output(tokenId)]) {
      const declaring = () => new TokenRevocation("leaked", { tokenId }, { [option]: id });
      expect(declaring).toThrow(pulumi.RunError);
      expect(declaring).toThrow(`TokenRevocation "leaked": ${message}`);
      expect(declaring).toThrow("declare it: pulumi up records it as alreadyRevoked");
    }
    expect(registered).toEqual([]);
    await known(new TokenRevocation("leaked", { tokenId }, { [option]: undefined }).urn);
    expect(registered).toHaveLength(1);
  });

  test("a name that holds a token value", () => {
    expect(() => new TokenRevocation(value, { tokenId })).toThrow("its name holds a token value");
    expect(() => new TokenRevocation(value, { tokenId })).not.toThrow(secretPart);
  });

  test.each([
    ["datadog:apiKey", "0123456789abcdef0123456789abcdef"],
    ["datadog:appKey", "0123456789abcdef0123456789abcdef01234567"],
    ["datadog:bearerToken", "planted"],
    ["project:leaked", `seen in a log: ${value}`],
  ])("a secret in plain configuration under %s", (key, plain) => {
    pulumi.runtime.setAllConfig({ [key]: plain });
    expect(() => new TokenRevocation("leaked", { tokenId })).toThrow(`the configuration key ${key} holds a secret`);
    expect(() => new TokenRevocation("leaked", { tokenId })).not.toThrow(plain);
    pulumi.runtime.setAllConfig({ [key]: plain }, [key]);
    expect(() => new TokenRevocation("leaked", { tokenId })).not.toThrow();
  });
});
