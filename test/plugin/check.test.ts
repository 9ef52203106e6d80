/** What a program in any language declares. */
import type { SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import { unknown } from "../support/host";
import { noToken, useSimulator } from "../support/hosted";
import { Plugin } from "../support/plugin";
import { secret } from "../support/providerProcess";

let [simulator, plugin]: [Simulator, Plugin] = [] as never;
let left: SimulatedToken[];

beforeAll(async () => {
  simulator = await useSimulator({ tokens: 60 });
  left = simulator.tokens.filter(({ serviceAccountId }) => serviceAccountId === undefined);
  plugin = await Plugin.at(simulator, simulator);
});

const next = (): SimulatedToken => left.shift() as SimulatedToken;
const portion = ({ value }: SimulatedToken): string => value.slice(0, 28);

async function refused(args: Record<string, unknown>, name?: string): Promise<string> {
  const since = simulator.requests().length;
  const { reasons } = await plugin.check("TokenRevocation", args, name);
  expect(reasons).toHaveLength(1);
  expect(simulator.requests(since)).toEqual([]);
  return reasons[0] as string;
}

describe("token", () => {
  test.each([
    ["with its prefix", portion, { kind: "personal" }],
    ["without a prefix", (token: SimulatedToken) => portion(token).slice(6), { kind: "personal" }],
  ])("as a public portion %s is reduced to its id", async (_, portion, more) => {
    const token = next();
    const { inputs, reasons } = await plugin.check("TokenRevocation", { token: portion(token), reason: "leaked" });
    expect(reasons).toEqual([]);
    const snapshot = expect.objectContaining({ name: token.name });
    expect(inputs).toEqual({ tokenId: token.id, reason: "leaked", status: "revoked", snapshot, ...more });
  });

  test("with white space around it, as a line of a file has it, is reduced to the id alone", async () => {
    const token = next();
    const { inputs, reasons } = await plugin.check("TokenRevocation", { token: ` ${portion(token)}\r\n` });
    expect({ reasons, tokenId: inputs.tokenId }).toEqual({ reasons: [], tokenId: token.id });
    const other = next();
    const byId = await plugin.check("TokenRevocation", { tokenId: `${other.id.toUpperCase()}\n` });
    expect([byId.reasons, byId.inputs.tokenId]).toEqual([[], other.id]);
  });

  test("as a public portion that is secret gives an id that is none", async () => {
    const token = next();
    const { inputs } = await plugin.check("TokenRevocation", { token: secret(portion(token)) });
    expect(inputs).toMatchObject({ tokenId: token.id, status: "revoked" });
  });

  test.each(["plain", "secret"])(
    "as a whole value, %s, is refused, not repeated, with the way to reduce it",
    async (how) => {
      const { value } = next();
      const reason = await refused({ token: how === "secret" ? secret(value) : value });
      expect(reason).toContain("token is a whole token value, a secret: give its first 28 characters alone");
      expect(reason).toContain("Python and Go: value[:28]");
      for (const part of [value, value.slice(29)]) expect(reason).not.toContain(part);
    },
  );

  test("as a whole value in place of the id is refused with what to give, and where", async () => {
    const { value } = next();
    const reason = await refused({ tokenId: value });
    expect(reason).toMatch(/^tokenId is a whole token value, .* the public portion, as token \(Python and Go/);
    expect(reason).not.toContain(value.slice(29));
  });

  test("that is not known yet leaves the id, the kind and the snapshot unknown", async () => {
    const { inputs, reasons } = await plugin.check("TokenRevocation", { token: unknown, reason: "leaked" });
    expect(reasons).toEqual([]);
    const computed = { tokenId: unknown, snapshot: unknown, kind: unknown };
    expect(inputs).toEqual({ ...computed, reason: "leaked", status: "revoked" });
  });

  test("is given or tokenId is, and not both", async () => {
    const token = next();
    const both = await refused({ token: portion(token), tokenId: token.id });
    expect(both).toContain("tokenId and token are both given: set only one of them");
    expect(await refused({ reason: "leaked" })).toContain("tokenId and token are both missing: set one of them");
  });

  test("that ignoreChanges keeps from changing is the recorded one", async () => {
    const { inputs } = await plugin.check("TokenRevocation", { token: portion(next()), reason: "leaked" }, "kept");
    // The engine takes out of the arguments what is not among the recorded inputs.
    const again = await plugin.check("TokenRevocation", { reason: "changed" }, "kept", inputs);
    expect(again).toEqual({ inputs: { ...inputs, reason: "changed" }, reasons: [] });
  });

  test("declared by two resources is refused for the second, and names the first", async () => {
    const token = next();
    expect((await plugin.check("TokenRevocation", { token: portion(token) }, "first")).reasons).toEqual([]);
    // A resource that is replaced is checked twice.
    expect((await plugin.check("TokenRevocation", { token: portion(token) }, "first")).reasons).toEqual([]);
    const reason = await refused({ tokenId: token.id.toUpperCase() }, "second");
    expect(reason).toBe(`token ${token.id} is declared twice, first by TokenRevocation "first": remove one of the two`);
  });
});

test("an unknown argument is refused with the nearest, and nothing is said of a transformation", async () => {
  const reason = await refused({ tokenId: noToken, reasons: "leaked" });
  expect(reason).toMatch(/^reasons is not an argument: did you mean reason\? \(all: token, tokenId, /);
  expect(reason).not.toContain("transformation");
  // A preview must not pass what the deployment would refuse.
  expect(await refused({ tokenId: noToken, reasons: unknown })).toBe(reason);
});

test("all that is wrong is told at once", async () => {
  expect(await refused({ tokenId: noToken, verify: "yes", onNotFound: "ignore" })).toBe(
    'onNotFound must be "accept" or "fail"; verify must be true or false, not a string',
  );
});

test("a name that holds a token value is refused and not repeated", async () => {
  const { id, value } = next();
  const reason = await refused({ tokenId: id }, `leaked ${value}`);
  expect(reason).toContain("its name holds a token value, a secret");
  expect(reason).not.toContain(value.slice(29));
});

test("what an import hands back as if the program had given it is left out", async () => {
  const { id, name } = next();
  const computed = { kind: "service", status: "alive", snapshot: { name: "forged" }, __provider: "text" };
  const { inputs, reasons } = await plugin.check("TokenRevocation", { tokenId: id, ...computed });
  expect(reasons).toEqual([]);
  expect(inputs).toMatchObject({ kind: "personal", status: "revoked", snapshot: { name } });
  expect(inputs).not.toHaveProperty("__provider");
});

test("secret arguments come back marked, and the act repeats none of them", async () => {
  const { id } = next();
  const args = { tokenId: secret(id), reason: secret("found in a log"), ticket: "INC-1" };
  const { inputs } = await plugin.check("TokenRevocation", args);
  expect(inputs).toMatchObject({ tokenId: id, reason: args.reason, ticket: "INC-1", secretArguments: ["reason"] });
  const properties = await plugin.create("TokenRevocation", inputs);
  expect(properties).toMatchObject({ tokenId: id, reason: args.reason, outcome: "revoked", act: { ticket: "INC-1" } });
  expect(properties).not.toHaveProperty("act.reason");

  const refreshed = await plugin.read("TokenRevocation", id, { properties, inputs });
  expect(refreshed.properties).toEqual(properties);
  expect(refreshed.inputs).toMatchObject({ reason: args.reason, ticket: "INC-1", secretArguments: ["reason"] });
});

test("what is recorded has what a TypeScript program needs to take it over", async () => {
  const { inputs } = await plugin.check("TokenRevocation", { tokenId: next().id });
  const { __provider } = await plugin.create("TokenRevocation", inputs);
  expect(__provider).toBe('exports.handler = () => require("pulumi-datadog-revocation/host/tokenRevocation");');
});

test("a sweep that fails in part fails, says which token, and is recorded all the same", async () => {
  const names = ["sweep/a", "sweep/b"];
  const [a, b] = names.map((name) => simulator.addToken({ name }).id);
  simulator.fault({ method: "DELETE", path: new RegExp(`${b}$`) }, { kind: "status", status: 403 });
  const args = { where: { namePattern: "sweep/*" }, enforce: true };
  const { inputs } = await plugin.check("TokenSweep", args);
  const error = await plugin.create("TokenSweep", inputs).catch((error) => error);
  expect(error.message).toMatch(new RegExp(`TokenSweep "resource".*${b}: not revoked: DELETE .* answered 403`));
  expect(error.message).toContain("another site (DD_SITE, DD_HOST, datadog-revocation:apiUrl)");
  const { reasons, properties } = error.partial;
  expect(reasons).toEqual([expect.stringContaining(`${b}: not revoked: `)]);
  expect(properties).toMatchObject({
    records: [{ tokenId: a, outcome: "revoked" }],
    failures: [{ tokenId: b, httpStatus: 403 }],
  });
});
