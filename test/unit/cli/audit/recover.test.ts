import { collect } from "../../../../cli/audit/collect";
import { fc } from "../../../support/cases";
import { ACTOR, type Resource, record, revocation, StackHistory, shard, tokenId } from "../../../support/stackHistory";
import { only, reportOf, sourceOf } from "./stackInMemory";

test("reasons of a record are as of the deployment that revoked, and verifiedAt is the latest", async () => {
  const history = new StackHistory();
  const { verifiedAt, ...unverified } = record(tokenId(1), history.at()) as Record<string, unknown>;
  history.deploy([revocation("a", { ...unverified, reason: "first", ticket: "SEC-1" })]);
  history.deploy([revocation("a", { ...unverified, verifiedAt, reason: "second", ticket: "SEC-2" })]);
  expect(only(await reportOf(history))).toMatchObject({ reason: "first", ticket: "SEC-1", version: 1, verifiedAt });
});

test("without checkpoints, what was edited later is not passed off as what was said then", async () => {
  const history = new StackHistory();
  const fields = record(tokenId(1), history.at());
  history.deploy([revocation("a", { ...fields, reason: "first" })]);
  history.deploy([revocation("a", { ...fields, reason: "second" })]);
  const edited = only(await reportOf(history, false));
  expect(edited).toMatchObject({ version: 1, reason: null, outcome: "revoked" });
  expect(edited.unknown.reason).toContain('now "second"');

  const untouched = new StackHistory();
  untouched.deploy([revocation("a", { ...record(tokenId(1), untouched.at()), reason: "first" })]);
  untouched.deploy([...untouched.resources.values()]);
  expect(only(await reportOf(untouched, false))).toMatchObject({ version: 1, reason: "first" });
});

test("a record whose resource was removed, or whose token was revoked again, is recovered and marked", async () => {
  const history = new StackHistory();
  const [first, second] = [tokenId(1), tokenId(2)];
  history.deploy([revocation("a", record(first, history.at()))]);
  const again = revocation("a", record(first, history.at()));
  history.deploy([again, revocation("b", record(second, history.at()))]);
  history.deploy([again]);
  const { records } = await reportOf(history);
  expect(records.map(({ tokenId, removed, version }) => [tokenId, removed, version])).toEqual([
    [first, true, 1],
    [first, false, 2],
    [second, true, 2],
  ]);
});

test("a batch's ticket and actor are of the deployment in which each token came, and without checkpoints not the later ones", async () => {
  const history = new StackHistory();
  const first = record(tokenId(1), history.at());
  history.deploy([shard("leak", "0", { ticket: "SEC-1", records: [first] })]);
  const records = [first, record(tokenId(2), history.at())];
  const actor = { ...ACTOR, id: "a-2", handle: "night@example.com" };
  history.deploy([shard("leak", "0", { ticket: "SEC-2", records, actor })]);
  const seen = async (keepsCheckpoints: boolean) => {
    const { records } = await reportOf(history, keepsCheckpoints);
    return records.map(({ ticket, actor, version, unknown }) => [ticket, actor?.handle, version, unknown.actor]);
  };
  const second = ["SEC-2", "night@example.com", 2, undefined];
  expect(await seen(true)).toEqual([["SEC-1", ACTOR.handle, 1, undefined], second]);
  const untold = expect.stringContaining("it was not recorded then");
  expect(await seen(false)).toEqual([[null, undefined, 1, untold], second]);
});

test("what a killed run revoked belongs to no deployment, and says so", async () => {
  const history = new StackHistory();
  history.deploy([]);
  const id = tokenId(1);
  const name = "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation::lost";
  const resource = { urn: name, type: name.split("::")[2], inputs: { tokenId: tokenId(2) } };
  history.pending = [{ type: "creating", resource }];
  history.deploy([revocation("a", { ...record(id, history.at()), reason: "because" })], { killed: true });
  history.deploy([...history.resources.values()]);
  const report = await reportOf(history);
  expect(only(report)).toMatchObject({ version: null, deployment: null, reason: "because" });
  expect(only(report).unknown.version).toContain("no deployment of this history ran then");
  expect(report.findings).toEqual([
    expect.objectContaining({ kind: "pending", resource: name, message: expect.stringContaining("creating it was") }),
  ]);
});

test("deployments that changed nothing, or only created, are not opened", async () => {
  const history = new StackHistory();
  const resources: Resource[] = [];
  for (let n = 0; n < 20; n++) {
    if (n % 2 === 0) resources.push(revocation(`r${n}`, record(tokenId(n), history.at())));
    history.deploy(resources.map((each) => history.resources.get(each.urn) ?? each));
  }
  const source = sourceOf(history);
  const { report } = await collect([source]);
  expect(source.opened).toEqual([20]);
  expect(report.records.map(({ version }) => version)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
});

/** What a test can do to a stack, in the order of chance. */
const steps = fc.array(
  fc.record({
    token: fc.nat(5),
    act: fc.constantFrom("add", "add", "add", "same", "edit", "remove", "again", "shard", "lose"),
    killed: fc.nat(6).map((n) => n === 0),
    result: fc.nat(8).map((n) => (n === 0 ? "failed" : "succeeded")),
  }),
  { maxLength: 12 },
);

type Step = (typeof steps extends fc.Arbitrary<infer Value> ? Value : never)[number];

function play(moves: readonly Step[]): StackHistory {
  const history = new StackHistory();
  for (const [index, { token, act, killed, result }] of moves.entries()) {
    const wanted = new Map(history.resources);
    const put = (resource: Resource): void => void wanted.set(resource.urn, resource);
    const known = revocation(`r${token}`, {}).urn;
    const held = wanted.get(known)?.outputs;
    if (act === "add" && !held) put(revocation(`r${token}`, record(tokenId(token), history.at())));
    if (act === "edit" && held) put(revocation(`r${token}`, { ...held, reason: `edit ${index}` }));
    if (act === "again" && held) put(revocation(`r${token}`, { ...held, ...record(tokenId(token), history.at()) }));
    if (act === "remove") wanted.delete(known);
    // Somebody edits the state, outside of any deployment.
    if (act === "lose") history.resources.delete(known);
    if (act === "lose") wanted.delete(known);
    if (act === "shard") {
      const records = Array.from({ length: token }, (_, n) => record(tokenId(100 + n + index), history.at(n)));
      put(shard("batch", "0", { ticket: `T-${index}`, records }));
    }
    history.deploy([...wanted.values()], { killed, result });
  }
  return history;
}

test("opening only the checkpoints that can differ finds what opening all of them finds, whatever happened", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (moves) => {
      const history = play(moves);
      const source = sourceOf(history);
      const { report } = await collect([source]);
      // Without its changes every checkpoint is opened.
      const whole = { ...source, history: source.history.map((entry) => Object.assign(entry, { changes: null })) };
      expect(report).toEqual((await collect([whole])).report);

      const seen = new Set<string>();
      for (const checkpoint of [...history.checkpoints, history.checkpoint()]) {
        const text = JSON.stringify(checkpoint);
        for (const [, at, id] of text.matchAll(/"revokedAt":"([^"]+)".*?"snapshot":{"tokenId":"([^"]+)"/g)) {
          seen.add(`${id} ${at}`);
        }
      }
      expect(new Set(report.records.map(({ tokenId, revokedAt }) => `${tokenId} ${revokedAt}`))).toEqual(seen);
      for (const row of report.records) {
        const empty = Object.entries(row).filter(([, value]) => value === null);
        expect(empty.filter(([column]) => row.unknown[column] === undefined && column !== "site")).toEqual([]);
      }
    }),
    { numRuns: 100, seed: 7 },
  );
});
