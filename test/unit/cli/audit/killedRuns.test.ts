import { formatReport } from "../../../../cli/audit/formatReport";
import { type Resource, record, revocation, StackHistory, shard, sweep, tokenId } from "../../../support/stackHistory";
import { reportOf } from "./stackInMemory";

const gone = (id: string, at: string, more: object = {}): object =>
  record(id, at, { outcome: "alreadyRevoked", httpStatus: 404, ...more });
const pending = (type: string, { urn, type: kind, parent }: Resource, inputs: object): object => ({
  type,
  resource: { urn, type: kind, parent, inputs },
});
const BACKENDS = [true, false];

test.each(BACKENDS)(
  "with checkpoints %s, a killed create is named beside the tokens that it may have revoked",
  async (keeps) => {
    const history = new StackHistory();
    const [one, two, other] = [tokenId(1), tokenId(2), tokenId(3)] as [string, string, string];
    history.deploy([revocation("before", gone(other, history.at()))]);
    history.pending = [pending("creating", shard("leak", "0", {}), { tokenIds: [one, two] })];
    history.now += 600;
    const records = [gone(one, history.at(1)), record(two, history.at(2))];
    const elsewhere = shard("leak", "1", { records: [gone("10000000-0000-4000-8000-000000000000", history.at(3))] });
    history.deploy([...history.resources.values(), shard("leak", "0", { records }), elsewhere]);
    const report = await reportOf(history, keeps);
    const resource = shard("leak", "0", {}).urn;
    expect(report.records.map(({ interruptedRun }) => interruptedRun)).toEqual([
      undefined,
      { operation: "creating", resource, before: 2 },
      undefined,
      undefined,
    ]);
    const words = "a run before deployment 2 was killed while it was creating leak-0: it may have revoked this token";
    for (const format of ["csv", "html"] as const)
      expect(await formatReport(report, format, undefined)).toContain(words);
    const table = await formatReport(report, "table", undefined);
    expect(table).toContain("alreadyRevoked (a killed run may have revoked it)");
    expect(table).toContain("1 that Datadog did not know, and that a killed run may have revoked");
  },
);

test("a renamed resource's record, and a sweep's, name the create that was killed; a sweep that only reports does not", async () => {
  const history = new StackHistory();
  history.pending = [
    pending("creating", revocation("old", {}), { tokenId: tokenId(1) }),
    pending("creating", sweep("stale", {}), { enforce: true, matched: [{ tokenId: tokenId(2) }] }),
    pending("creating", sweep("watch", {}), { matched: [{ tokenId: tokenId(3) }] }),
  ];
  history.deploy([], { result: "failed" });
  history.deploy([
    revocation("new", gone(tokenId(1), history.at(1))),
    sweep("stale", { records: [gone(tokenId(2), history.at(2))] }),
    revocation("watched", gone(tokenId(3), history.at(3))),
  ]);
  const { records } = await reportOf(history);
  expect(records.map(({ interruptedRun }) => interruptedRun?.resource.split("::").at(-1))).toEqual([
    "old",
    "stale",
    undefined,
  ]);
});

test("an update that stands in a killed run's own checkpoint is named by what comes after, not by what was there", async () => {
  const history = new StackHistory();
  const before = gone(tokenId(1), history.at());
  history.deploy([shard("leak", "0", { records: [before] })]);
  const both = { tokenIds: [tokenId(1), tokenId(2)] };
  history.pending = [pending("updating", shard("leak", "0", {}), both)];
  history.deploy([...history.resources.values()], { result: "failed" });
  history.pending = [];
  history.deploy([shard("leak", "0", { records: [before, gone(tokenId(2), history.at())] })]);
  const { records } = await reportOf(history);
  expect(records.map(({ interruptedRun }) => interruptedRun)).toEqual([
    undefined,
    { operation: "updating", resource: shard("leak", "0", {}).urn, before: 3 },
  ]);
});

test("of an update that was killed, where nothing of it is left, the gap in the history is named", async () => {
  const history = new StackHistory();
  const first = gone(tokenId(1), history.at());
  const other = revocation("other", gone(tokenId(9), history.at(6_000)));
  history.deploy([shard("leak", "0", { records: [first] }), other]);
  const byKilled = record(tokenId(2), history.at());
  history.deploy([shard("leak", "0", { records: [first, byKilled] }), other], { killed: true });
  const lost = shard("leak", "1", { records: [gone("10000000-0000-4000-8000-000000000000", history.at())] });
  const apart = revocation("apart", gone(tokenId(3), history.at()));
  history.deploy([shard("leak", "0", { records: [first, byKilled] }), other, lost, apart]);
  const report = await reportOf(history);
  const named = report.records.flatMap(({ tokenId, interruptedRun }) =>
    interruptedRun ? [[tokenId, interruptedRun]] : [],
  );
  const resource = expect.stringContaining("TokenRevocationBatch::leak");
  expect(named).toEqual([["10000000-0000-4000-8000-000000000000", { operation: null, resource, before: 2 }]]);
  expect(await formatReport(report, "csv", undefined)).toContain(
    "a run before deployment 2 worked on leak and is not in the history, as if it was killed: it may have revoked",
  );
});

test("what this stack itself revoked after the kill, the killed run had not", async () => {
  const history = new StackHistory();
  history.pending = [pending("creating", revocation("a", {}), { tokenId: tokenId(1) })];
  history.now += 600;
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  history.deploy([revocation("b", gone(tokenId(1), history.at()))]);
  const { records } = await reportOf(history);
  expect(records.map(({ interruptedRun }) => interruptedRun)).toEqual([undefined, undefined]);
});

test("what this stack revoked before the kill, the killed run had not", async () => {
  const history = new StackHistory();
  const a = revocation("a", record(tokenId(1), history.at()));
  history.deploy([a]);
  history.pending = [pending("creating", revocation("b", {}), { tokenId: tokenId(1) })];
  history.deploy([a], { result: "failed" });
  history.deploy([revocation("b", gone(tokenId(1), history.at()))]);
  const { records } = await reportOf(history);
  expect(records.map(({ outcome, interruptedRun }) => [outcome, interruptedRun])).toEqual([
    ["revoked", undefined],
    ["alreadyRevoked", undefined],
  ]);
});

test("a gap in the history is not blamed for what this stack revoked before", async () => {
  const history = new StackHistory();
  const first = record(tokenId(1), history.at());
  const a = revocation("a", record(tokenId(2), history.at()));
  history.deploy([shard("leak", "0", { records: [first] }), a]);
  history.deploy([shard("leak", "0", { records: [first, record(tokenId(3), history.at())] }), a], { killed: true });
  const known = [...history.resources.values()];
  history.deploy([...known, shard("leak", "1", { records: [gone(tokenId(2), history.at())] })]);
  const { records } = await reportOf(history);
  expect(records.at(-1)).toMatchObject({ tokenId: tokenId(2), outcome: "alreadyRevoked", version: 2 });
  expect(records.filter(({ interruptedRun }) => interruptedRun)).toEqual([]);
});
