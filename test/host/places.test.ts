import type { KeyPair, Simulator } from "pulumi-datadog-revocation/simulator";
import type { Host, Properties } from "../support/host";
import { failure, noToken, startHosted, useHosted } from "../support/hosted";

// A wrong site and a wrong organization do not know a token, as if it had been revoked before.
const hosted = useHosted();
let wrongSite: Simulator;
let wrongOrganization: KeyPair & { readonly organization: { readonly id: string; readonly name: string } };

beforeAll(async () => {
  wrongSite = (await startHosted({ tokens: 0 })).simulator;
  wrongOrganization = hosted.simulator.addOrganization({ name: "Subsidiary" });
});

const WHO = "/api/v2/current_user";
const hostOf = ({ url }: { readonly url: string }): string => new URL(url).host;
const atWrongSite = (): Promise<Host> =>
  hosted.start({
    keys: wrongSite,
    config: { "datadog:apiUrl": wrongSite.url, "datadog:httpClientRetryEnabled": "false" },
  });
const atWrongOrganization = (): Promise<Host> => hosted.start({ keys: wrongOrganization });

/** A resource of each kind that says something of a token. */
const kinds = {
  TokenRevocation: {
    module: "host/tokenRevocation",
    args: (tokenId: string, more: Properties = {}): Properties => ({ tokenId, ...more }),
    /** What state says of the token, and of the act that its record is of. */
    told: (state: Properties): Told => ({ record: state as Row, act: state.act as Properties }),
  },
  TokenRevocationShard: {
    module: "host/tokenRevocationShard",
    args: (tokenId: string, more: Properties = {}): Properties => {
      const shard = tokenId.slice(0, 1);
      return { tokenIds: [tokenId], batch: { name: "leak", shard, size: 1, maxRevocations: 10 }, ...more };
    },
    told: ({ records, acts = [] }: Properties): Told => {
      const [record] = records as [Row & { act: number }];
      return { record, act: (acts as Properties[])[record.act] };
    },
  },
};
type Row = Properties & { readonly tokenId: string };
interface Told {
  readonly record: Row;
  readonly act: Properties | undefined;
}

const idOf = ({ tokenId = "0" }: Properties): string => `${tokenId}`;

interface Stack {
  readonly inputs: Properties;
  readonly state: Properties;
}

/** As a first `up` does. */
async function up(host: Host, args: Properties): Promise<Stack> {
  const { inputs, failures } = await host.check({}, args);
  expect(failures).toEqual([]);
  return { inputs, state: (await host.create(inputs)).properties };
}

/** As a preview does. */
async function preview(host: Host, { inputs, state }: Stack, args: Properties) {
  const checked = await host.check(inputs, args);
  expect(checked.failures).toEqual([]);
  return { inputs: checked.inputs, ...(await host.diff(idOf(state), state, checked.inputs)) };
}

/** As a later `up` does. */
async function again(host: Host, stack: Stack, args: Properties): Promise<Stack & { readonly changes: boolean }> {
  const { inputs, changes = false } = await preview(host, stack, args);
  const state = changes ? (await host.update(idOf(stack.state), stack.state, inputs)).properties : stack.state;
  return { inputs, state, changes };
}

const requests = (since: number, simulator = hosted.simulator): string[] =>
  simulator.requests(since).map(({ method, path, status }) => `${method} ${path} ${status}`);
const deletes = (since: number): string[] => requests(since).filter((request) => request.startsWith("DELETE"));
const warnings = (host: Host): string[] =>
  host.logs().flatMap(({ severity, message }) => (severity === "warning" ? [message] : []));
/** State as the first release wrote it. */
function asOfFirstRelease({ inputs, state: { act: _, acts: __, ...state } }: Stack): Stack {
  const records = (state.records as Row[] | undefined)?.map(({ act: _, ...record }) => record);
  return { inputs, state: { ...state, ...(records && { records }) } };
}

describe.each(Object.entries(kinds))("alreadyRevoked of a token that was never seen, in a %s,", (_, kind) => {
  const start = async (host: Promise<Host>): Promise<Host> => (await host).of(kind.module);
  const token = () => hosted.token().id;

  test.each([
    ["another site", atWrongSite, () => hostOf(wrongSite)],
    ["another organization", atWrongOrganization, () => wrongOrganization.organization.id],
  ])("found at %s, is shown as a change that names both places, and revoked here", async (_, elsewhere, name) => {
    const tokenId = token();
    const args = kind.args(tokenId, { reason: "leaked" });
    const there = await up(await start(elsewhere()), args);
    expect(kind.told(there.state).record).toMatchObject({ outcome: "alreadyRevoked", httpStatus: 404 });

    for (const stack of [there, asOfFirstRelease(there)]) {
      const since = hosted.now();
      const host = await start(hosted.start());
      expect(await preview(host, stack, args)).toMatchObject({ changes: true, replaces: [] });
      const [warning, ...others] = warnings(host);
      expect(others).toEqual([]);
      expect(warning).toMatch(
        /recorded as alreadyRevoked at .*, and never seen there\. This run is at .*: pulumi up asks here, and revokes what it finds$/,
      );
      for (const place of [name(), hostOf(hosted.simulator)]) expect(warning).toContain(place);
      const whose = `${tokenId}: to revoke: "${hosted.simulator.find(tokenId)?.name}"`;
      // A batch shows all of its shards in one table.
      if (kind === kinds.TokenRevocation) expect(host.logs().at(-1)?.message).toMatch(whose);
      expect(deletes(since)).toEqual([]);
      expect(requests(since).filter((request) => request.includes(WHO)).length).toBeLessThanOrEqual(1);
    }

    const since = hosted.now();
    const here = await again(await start(hosted.start()), there, args);
    expect(deletes(since)).toEqual([`DELETE ${hosted.path(tokenId)} 204`]);
    expect(requests(since).filter((request) => request.includes(WHO))).toHaveLength(1);
    const { record, act } = kind.told(here.state);
    expect(record).toMatchObject({ outcome: "revoked", httpStatus: 204, snapshot: { tokenId } });
    const { id: organizationId } = hosted.simulator.organization;
    expect(act).toMatchObject({ apiUrl: hosted.simulator.url, actor: { organizationId }, reason: "leaked" });
    expect(here.state).toMatchObject({ apiUrl: hosted.simulator.url, actor: { organizationId } });

    const end = hosted.now();
    expect(await again(await start(hosted.start()), here, args)).toMatchObject({ changes: false, state: here.state });
    expect(requests(end)).toEqual([]);
  });

  test("holds where it was found, and one question a run tells", async () => {
    const args = kind.args(noToken);
    const stack = await up(await start(hosted.start()), args);
    const since = hosted.now();
    const host = await start(hosted.start());
    expect(await again(host, stack, args)).toMatchObject({ changes: false });
    expect(await again(host, asOfFirstRelease(stack), args)).toMatchObject({ changes: false });
    expect(requests(since)).toEqual([`GET ${WHO} 200`]);
    expect(host.logs()).toEqual([]);
  });

  test("unknown here too, holds here from then on", async () => {
    const args = kind.args(noToken);
    const there = await up(await start(atWrongSite()), args);
    const here = await again(await start(hosted.start()), there, args);
    const { record, act } = kind.told(here.state);
    expect(record).toMatchObject({ outcome: "alreadyRevoked" });
    expect(act).toMatchObject({ apiUrl: hosted.simulator.url });
    expect(await again(await start(hosted.start()), here, args)).toMatchObject({ changes: false });
  });

  test("is judged by the site alone where nobody can say which organization answers", async () => {
    const args = kind.args(token());
    const there = await up(await start(atWrongOrganization()), args);
    const fault = hosted.simulator.fault({ path: WHO, times: 10 }, { kind: "status", status: 500 });
    expect(await again(await start(hosted.start()), there, args)).toMatchObject({ changes: false });
    fault.remove();
  });

  test("is kept when it cannot be asked for here, and asked for again", async () => {
    const tokenId = token();
    const args = kind.args(tokenId);
    const there = await up(await start(atWrongSite()), args);
    const fault = hosted.simulator.fault(
      { path: hosted.path(tokenId), method: "DELETE" },
      { kind: "status", status: 403 },
    );
    const host = await start(hosted.start());
    const { inputs } = await preview(host, there, args);
    const updated = await host.update(idOf(there.state), there.state, inputs).catch((error: Error) => error);
    fault.remove();
    // A single revocation fails; a batch tells of it among its failures, and the program fails.
    const state = updated instanceof Error ? there.state : updated.properties;
    expect(kind.told(state)).toMatchObject({ record: { outcome: "alreadyRevoked" }, act: { apiUrl: wrongSite.url } });
    const since = hosted.now();
    await again(await start(hosted.start()), { inputs, state }, args);
    expect(deletes(since)).toHaveLength(1);
  });

  test("is asked for by its service account's path as soon as that is given", async () => {
    const { id: tokenId, serviceAccountId } = hosted.serviceToken();
    const keys = hosted.simulator.createKeys(["service_account_write", "org_app_keys_write"]);
    const blind = (): Promise<Host> => start(hosted.start({ keys }));
    const stack = await up(await blind(), kind.args(tokenId));
    expect(kind.told(stack.state).record).toMatchObject({ outcome: "alreadyRevoked" });
    const given = kind.args(tokenId, { serviceAccountId });
    const { state } = await again(await blind(), stack, given);
    expect(kind.told(state).record).toMatchObject({ outcome: "revoked" });
    expect(hosted.simulator.find(tokenId)?.revokedAt).not.toBeNull();
  });
});

describe.each(Object.entries(kinds))("what was revoked by a %s", (_, kind) => {
  const start = async (host: Promise<Host>): Promise<Host> => (await host).of(kind.module);

  test("stays so at every place, and nothing is asked", async () => {
    const args = kind.args(hosted.token().id);
    const stack = await up(await start(hosted.start()), args);
    const since = [hosted.now(), wrongSite.requests().length];
    const elsewhere = await start(atWrongSite());
    expect(await again(elsewhere, stack, args)).toMatchObject({ changes: false });
    expect([hosted.now(), wrongSite.requests().length]).toEqual(since);
    expect(elsewhere.logs()).toEqual([]);
  });

  test.each([
    ["another site", atWrongSite],
    ["another organization", atWrongOrganization],
  ])("and found alive, is not taken for gone by a refresh at %s", async (_, elsewhere) => {
    const { id: tokenId } = hosted.token();
    const { state } = await up(await start(hosted.start()), kind.args(tokenId));
    hosted.simulator.restore(tokenId);
    const alive = (await (await start(hosted.start())).read(idOf(state), state)).properties;
    expect(alive).toMatchObject({ status: "alive" });
    const host = await start(elsewhere());
    const { properties } = await host.read(tokenId, alive);
    expect(properties).toEqual(alive);
    expect(warnings(host)).toEqual([
      expect.stringMatching(
        `^${tokenId}: could not be checked; the recorded status is kept: it was recorded at .*but this run is at`,
      ),
    ]);
  });

  test("and alive since, is not revoked by a place that does not know it", async () => {
    const { id: tokenId } = hosted.token();
    const args = kind.args(tokenId);
    const { inputs, state } = await up(await start(hosted.start()), args);
    hosted.simulator.restore(tokenId);
    const { properties } = await (await start(hosted.start())).read(idOf(state), state);
    const elsewhere = await start(atWrongSite());
    const told = `${tokenId}: not revoked: Datadog does not know it here, and it was alive when it was last seen: it was recorded at`;
    if (kind === kinds.TokenRevocation) {
      expect((await failure(elsewhere.update(idOf(properties), properties, inputs))).message).toContain(told);
    } else {
      const { properties: left } = await elsewhere.update(idOf(properties), properties, inputs);
      expect(left).toMatchObject({ failures: [{ message: expect.stringContaining(told) }], status: "alive" });
      expect(kind.told(left)).toEqual(kind.told(properties));
    }
  });

  test("and not verified yet, is not verified at another place", async () => {
    const { id: tokenId } = hosted.token();
    const { inputs, state } = await up(await start(hosted.start()), kind.args(tokenId, { verify: false }));
    const host = await start(atWrongSite());
    const { properties } = await host.update(idOf(state), state, { ...inputs, verify: true });
    expect(kind.told(properties).record).not.toHaveProperty("verifiedAt");
    const said = kind === kinds.TokenRevocation ? [`^${tokenId}: still not verified: it was recorded at`] : [];
    expect(warnings(host)).toEqual(said.map((text) => expect.stringMatching(text)));
  });
});

describe.each(Object.entries(kinds))("a token of a %s", (_, kind) => {
  const start = async (host: Promise<Host>): Promise<Host> => (await host).of(kind.module);

  test("that was never seen, and is alive where it was looked for, is not taken for gone elsewhere", async () => {
    const tokenId = hosted.simulator.addToken({}).id;
    hosted.simulator.revoke(tokenId);
    const args = kind.args(tokenId);
    const { inputs, state } = await up(await start(hosted.start()), args);
    hosted.simulator.restore(tokenId);
    const { properties } = await (await start(hosted.start())).read(idOf(state), state);
    expect(kind.told(properties).record).toMatchObject({ outcome: "alreadyRevoked", status: "alive" });
    const elsewhere = await start(atWrongSite());
    const left = await elsewhere.update(idOf(state), properties, inputs).catch(() => ({ properties }));
    expect(kind.told(left.properties).record).toMatchObject({ status: "alive" });
  });

  test("that was seen goes by its owner's path, whatever serviceAccountId is declared since", async () => {
    const tokenId = hosted.token().id;
    const { inputs, state } = await up(await start(hosted.start()), kind.args(tokenId, { verify: false }));
    hosted.simulator.restore(tokenId);
    const since = hosted.now();
    const serviceAccountId = hosted.simulator.serviceAccounts[0]?.id;
    const edited = { ...state, serviceAccountId };
    const { properties } = await (await start(hosted.start())).read(idOf(state), edited);
    expect(kind.told(properties).record).toMatchObject({ status: "alive" });
    const { properties: again } = await (await start(hosted.start()))
      .update(idOf(state), properties, {
        ...inputs,
        serviceAccountId,
        status: "revoked",
      })
      .catch((error: Error) => ({ properties: { ...properties, error: error.message } }));
    expect(kind.told(again).record).not.toHaveProperty("verifiedAt");
    expect(requests(since).filter((request) => request.includes("/service_accounts/"))).toEqual([]);
  });
});

describe("a TokenSweep", () => {
  const start = async (host: Promise<Host>): Promise<Host> => (await host).of("host/tokenSweep");
  /** A token, and the sweep that is about it alone. */
  function matching(): { tokenId: string; args: Properties } {
    const name = `swept ${hosted.now()}`;
    return { tokenId: hosted.simulator.addToken({ name }).id, args: { where: { namePattern: name }, enforce: true } };
  }

  test("records who acted, where, and what was declared; edits change nothing of it", async () => {
    const { args } = matching();
    const { inputs, state } = await up(await start(hosted.start()), { ...args, reason: "unused", ticket: "INC-1" });
    const { url: apiUrl, organization } = hosted.simulator;
    const act = {
      apiUrl,
      actor: expect.objectContaining({ organizationId: organization.id }),
      reason: "unused",
      ticket: "INC-1",
    };
    expect(state).toMatchObject({ acts: [act], records: [{ act: 0, outcome: "revoked" }] });
    const edited = await again(await start(hosted.start()), { inputs, state }, { ...args, reason: "another" });
    expect(edited.state).toMatchObject({ reason: "another", acts: [act], records: [{ act: 0 }] });
  });

  test("does not take what failed at another site for gone", async () => {
    const { tokenId, args } = matching();
    const fault = hosted.simulator.fault(
      { path: hosted.path(tokenId), method: "DELETE" },
      { kind: "status", status: 403 },
    );
    const stack = await up(await start(hosted.start()), args);
    fault.remove();
    expect(stack.state).toMatchObject({ failures: [{ tokenId }], records: [] });
    const elsewhere = await again(await start(atWrongSite()), stack, args);
    expect(elsewhere.state).toMatchObject({ failures: [{ tokenId }], records: [] });
  });

  test("does not take what failed in another organization for gone, run after run", async () => {
    const { tokenId, args } = matching();
    const fault = hosted.simulator.fault(
      { path: hosted.path(tokenId), method: "DELETE" },
      { kind: "status", status: 403 },
    );
    let stack: Stack = await up(await start(hosted.start()), args);
    fault.remove();
    for (const run of [1, 2]) {
      const host = await start(atWrongOrganization());
      stack = await again(host, stack, args);
      expect([run, stack.state.failures, stack.state.records]).toMatchObject([run, [{ tokenId }], []]);
      expect(warnings(host)).toEqual([
        expect.stringMatching(`^${tokenId}: still counted as failed: it was recorded at`),
      ]);
    }
    const here = await again(await start(hosted.start()), stack, args);
    expect(here.state).toMatchObject({ failures: [], records: [{ tokenId, outcome: "revoked" }] });
  });

  test("does not take what was alive for gone, in a refresh and an update at another site", async () => {
    const { tokenId, args } = matching();
    const { inputs, state } = await up(await start(hosted.start()), args);
    hosted.simulator.restore(tokenId);
    const alive = await (await start(hosted.start())).read("sweep", state);
    expect(alive.properties).toMatchObject({ records: [{ tokenId, status: "alive" }] });
    const host = await start(atWrongSite());
    expect((await host.read("sweep", alive.properties)).properties).toEqual(alive.properties);
    expect(warnings(host)).toEqual([expect.stringMatching(`^${tokenId}: could not be checked; .*it was recorded at`)]);
    const { properties } = await host.update("sweep", alive.properties, { ...inputs, matched: [], reason: "edited" });
    expect(properties).toMatchObject({ records: [{ tokenId, status: "alive" }] });
  });
});

test("records of 0.1.0 without an act hold where that release was, also when others were added elsewhere since", async () => {
  const shard = async (host: Promise<Host>): Promise<Host> => (await host).of("host/tokenRevocationShard");
  const { args, told } = kinds.TokenRevocationShard;
  const id = (digit: number): string => `5000000${digit}-0000-4000-8000-000000000000`;
  const ids = [1, 2, 3].map(id);
  for (const each of ids) hosted.simulator.addToken({ id: each });
  const of = (some: string[]): Properties => ({ ...args(some[0] as string), tokenIds: some });
  const first = await up(await shard(hosted.start()), of(ids.slice(0, 2)));
  const { inputs, state } = asOfFirstRelease(first);
  const [old, last] = state.records as [Row, Row];
  const records = [{ ...old, status: "alive", revokedAt: "2026-01-01T00:00:00.000Z" }, last];
  let stack: Stack = { inputs: { ...inputs, status: "alive" }, state: { ...state, records, status: "alive" } };
  hosted.simulator.restore(id(1));
  for (const _ of [1, 2]) {
    stack = await again(await shard(atWrongSite()), stack, of(ids));
    expect(told(stack.state).record).toMatchObject({ tokenId: id(1), status: "alive" });
    expect(stack.state.failures).toMatchObject([{ tokenId: id(1) }]);
  }
  const here = await again(await shard(hosted.start()), stack, of(ids));
  expect(told(here.state).record).toMatchObject({ tokenId: id(1), status: "revoked", outcome: "revoked" });
});
