/** `pulumi import`. */
import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { failure, noToken, time, useSimulator } from "../support/hosted";
import { Plugin } from "../support/plugin";

let [simulator, plugin]: [Simulator, Plugin] = [] as never;

beforeAll(async () => {
  simulator = await useSimulator({ tokens: 20 });
  plugin = await Plugin.at(simulator, simulator);
});

const deletes = (): unknown[] => simulator.requests().filter(({ method }) => method !== "GET");

afterEach(() => expect(deletes()).toEqual([]));

test("a token that Datadog does not know is adopted as alreadyRevoked, by whom and where, and said", async () => {
  const { id, inputs, properties } = await plugin.read("TokenRevocation", noToken.toUpperCase());
  expect(id).toBe(noToken);
  expect(inputs).toEqual({ tokenId: noToken, status: "revoked" });
  const { keyOwner, organization, url } = simulator;
  const actor = { ...keyOwner, organizationId: organization.id, organizationName: organization.name };
  const { __provider, ...own } = properties;
  expect(own).toEqual({
    ...{ tokenId: noToken, status: "revoked", outcome: "alreadyRevoked", revokedAt: time, httpStatus: 404 },
    ...{ actor, apiUrl: url, act: { actor, apiUrl: url } },
  });
  expect(plugin.engine.logs).toEqual([
    { severity: "warning", ephemeral: false, message: expect.stringContaining(`${noToken}: Datadog (`) },
  ]);
  // The program that the engine prints for it changes nothing.
  expect(await plugin.check("TokenRevocation", { tokenId: noToken, ...inputs })).toMatchObject({ reasons: [] });
});

test("a live token is refused, with its name and owner and what to do instead", async () => {
  const [token] = simulator.tokens;
  const { name, owner } = simulator.find(token?.id ?? "") ?? {};
  const { message } = await failure(plugin.read("TokenRevocation", token?.id ?? ""));
  expect(message).toContain(`${token?.id}: not imported: it is not revoked ("${name}", `);
  expect(message).toContain(`${owner?.handle}`);
  expect(message).toContain("Declare a TokenRevocation of it in the program instead");
});

test("a token that these credentials cannot see is refused, as nobody knows what became of it", async () => {
  const blind = await Plugin.at(simulator, simulator.createKeys(["org_app_keys_write"]));
  const { message } = await failure(blind.read("TokenRevocation", simulator.tokens[0]?.id ?? ""));
  expect(message).toMatch(/: not imported: it cannot be looked up: GET .* answered 403/);
});

test.each([
  ["a text", "my-token", "not imported: the id is not a token id (it has 8 characters)"],
  [
    "a public portion",
    `ddpat_${"0".repeat(22)}`,
    "not imported: the id is not a token id but looks like a token value",
  ],
])("%s is no id, and how to write one is said", async (_, id, words) => {
  const { message } = await failure(plugin.read("TokenRevocation", id));
  expect(message).toContain(words);
  expect(message).not.toContain("pass it as the argument");
});

test.each(["TokenSweep", "TokenRevocationShard", "TokenRevocationBatch"] as const)(
  "a %s cannot be imported",
  async (kind) => {
    const { message } = await failure(plugin.read(kind, "sweep"));
    expect(message).toBe(`a ${kind} cannot be imported: declare it in the program`);
  },
);
