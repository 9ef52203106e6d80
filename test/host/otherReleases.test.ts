import { REVOCATION_VALIDATORS, SHARD_VALIDATORS, SWEEP_VALIDATORS } from "../../provider/core/arguments";
import type { Host, Properties } from "../support/host";
import { useHosted } from "../support/hosted";

/** A resource of each kind, with every argument that has a value here, as it stands in state. */
interface Recorded {
  readonly host: Host;
  readonly id: string;
  /** As the program gives them. */
  readonly args: Properties;
  readonly inputs: Properties;
  readonly state: Properties;
}

const kinds = {
  TokenRevocation: { module: "host/tokenRevocation", rules: REVOCATION_VALIDATORS, required: ["tokenId"] },
  TokenRevocationShard: {
    module: "host/tokenRevocationShard",
    rules: SHARD_VALIDATORS,
    required: ["tokenIds", "batch"],
  },
  // Without `enforce` it is another thing: it reports, and what it would report has changed since.
  TokenSweep: { module: "host/tokenSweep", rules: SWEEP_VALIDATORS, required: ["where", "enforce"] },
};
type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];

const hosted = useHosted();
const recorded = {} as Record<Kind, Recorded>;

beforeAll(async () => {
  const [first, next] = [await hosted.start(), await hosted.start()];
  for (const kind of names) recorded[kind] = await record(kind, first, next);
});

/** @param next what comes later is another run: the first has listed the token that it then revoked */
async function record(kind: Kind, run: Host, next: Host): Promise<Recorded> {
  const { module } = kinds[kind];
  const first = run.of(module);
  const args = argumentsOf(kind);
  const { inputs, failures } = await first.check({}, args);
  expect(failures).toEqual([]);
  const { id, properties: state } = await first.create(inputs);
  return { host: next.of(module), id, args, inputs, state };
}

/** A value for each argument that there was when this was written; one that comes later is missing here, as in old state. */
function argumentsOf(kind: Kind): Properties {
  const { simulator } = hosted;
  const { id, name } = hosted.token();
  const organization = { organizationId: simulator.organization.id };
  const told = { reason: "found in a log", ticket: "INC-1", requestedBy: "ana@example.com" };
  const common = { ...told, reportedAt: "2026-11-20T08:00:00.000Z", onNotFound: "accept", allowSelf: false };
  const serviceAccountId = simulator.serviceAccounts[0]?.id;
  switch (kind) {
    case "TokenRevocation": {
      const own = simulator.addToken({ ownerId: `${serviceAccountId}`, name: "its own" });
      const expected = { name: "its own", ownerId: serviceAccountId, ...organization };
      return { ...common, tokenId: own.id, serviceAccountId, expect: expected, verify: true };
    }
    case "TokenRevocationShard": {
      const own = simulator.addToken({ ownerId: `${serviceAccountId}`, id: "5e000000-0000-4000-8000-000000000001" });
      const batch = { name: "batch", shard: "5", size: 1, maxRevocations: 10 };
      const tokens = { tokenIds: [own.id], serviceTokenIds: [own.id], batch };
      return { ...common, ...tokens, serviceAccountId, expect: organization, verify: true, concurrency: 2 };
    }
    case "TokenSweep": {
      const exempt = { names: ["break-glass"] };
      const how = { enforce: true, maxRevocations: 3, expect: organization };
      return { ...told, ...how, exempt, where: { namePattern: name, ownedBy: `${simulator.find(id)?.owner.id}` } };
    }
  }
}

/** As an older release left it, or as an older program has it. */
function without(properties: Properties, name: string): Properties {
  const { [name]: _, ...others } = properties;
  return others;
}

const none = { replaces: [], deleteBeforeReplace: false };

function expectLooksOnly(since: number): void {
  expect(hosted.simulator.requests(since).filter(({ method }) => method !== "GET")).toEqual([]);
}

const optional = names.flatMap((kind) =>
  Object.keys(kinds[kind].rules)
    .filter((name) => !kinds[kind].required.includes(name))
    .map((name): [Kind, string] => [kind, name]),
);

test.each(names)("every argument of a %s is tried with a value", (kind) => {
  expect(Object.keys(recorded[kind].args).sort()).toEqual(Object.keys(kinds[kind].rules).sort());
});

test.each(optional)(
  "state of a %s from before there was %s is the same to a program without it, and one with it updates it in place and revokes nothing",
  async (kind, name) => {
    const { host, id, args, inputs, state } = recorded[kind];
    const [oldInputs, oldState] = [without(inputs, name), without(state, name)];
    const since = hosted.now();
    const { inputs: news, failures } = await host.check(oldInputs, without(args, name));
    expect(failures).toEqual([]);
    expect(await host.diff(id, oldState, news)).toEqual({ ...none, changes: false });
    const refreshed = await host.read(id, oldState);
    expect(refreshed.properties).toEqual(oldState);
    expect(await host.diff(id, refreshed.properties, news)).toMatchObject({ changes: false });
    expect(Object.keys(refreshed.inputs)).not.toContain(name);

    const { inputs: later } = await host.check(oldInputs, args);
    expect(await host.diff(id, oldState, later)).toEqual({ ...none, changes: true });
    const { properties } = await host.update(id, oldState, later);
    expect(properties[name]).toEqual(state[name]);
    expectLooksOnly(since);
  },
);

/** What a later version may have added, at every depth. */
function fromLater(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromLater);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, each]) => [name, fromLater(each)]);
  return { ...Object.fromEntries(fields), later: { anything: [1, null, "x"] } };
}

test.each(names)("what a later version added to the state of a %s changes nothing and breaks nothing", async (kind) => {
  const { host, id, args, inputs, state } = recorded[kind];
  const { rules } = kinds[kind];
  // The arguments themselves are the program's: one that is not known is refused there.
  const given = Object.fromEntries(Object.keys(rules).flatMap((name) => (name in state ? [[name, state[name]]] : [])));
  const later = { ...(fromLater(state) as Properties), ...given };
  const since = hosted.now();

  const { inputs: news, failures } = await host.check({ ...inputs, later: true }, args);
  expect(failures).toEqual([]);
  expect(await host.diff(id, later, news)).toEqual({ ...none, changes: false });
  const refreshed = await host.read(id, later);
  expect(refreshed.properties).toEqual(later);
  expect(Object.keys(refreshed.inputs)).not.toContain("later");
  const edited = await host.check(inputs, { ...args, reason: "another" });
  expect(await host.diff(id, later, edited.inputs)).toMatchObject({ changes: true, replaces: [] });
  const updated = await host.update(id, later, edited.inputs);
  expect(updated.properties).toMatchObject({ reason: "another" });
  for (const field of ["records", "outcome", "revokedAt", "verifiedAt"]) {
    expect(updated.properties[field]).toEqual(later[field]);
  }
  await host.delete(id, later);
  expectLooksOnly(since);
});
