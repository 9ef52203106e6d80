import { ACTOR, record, revocation, StackHistory, secret, shard, sweep, tokenId } from "../../../support/stackHistory";
import { only, reportOf } from "./stackInMemory";

const NIGHT = { ...ACTOR, id: "a-2", handle: "night@example.com" };
const SITE = "https://api.us5.datadoghq.com";
const act = (more: object = {}): object => ({ actor: ACTOR, apiUrl: "https://api.datadoghq.eu", ...more });
/** With all of the past, and with the present alone. */
const BACKENDS = [true, false];

test.each(BACKENDS)("with checkpoints %s, a later edit changes nothing of a record with an act", async (keeps) => {
  const history = new StackHistory();
  const said = { reason: "first", ticket: "SEC-1", requestedBy: "ann@example.com", reportedAt: "2025-12-31T23:00:00Z" };
  const fields = { ...record(tokenId(1), history.at()), act: act(said) };
  history.deploy([revocation("a", { ...fields, ...said })]);
  const edited = { reason: "second", ticket: "SEC-2", reportedAt: "2026-06-01T00:00:00Z" };
  history.deploy([revocation("a", { ...fields, ...edited, actor: NIGHT, apiUrl: SITE })]);
  const row = only(await reportOf(history, keeps));
  expect(row).toMatchObject({
    ...said,
    actor: ACTOR,
    site: "datadoghq.eu",
    secondsToRevoke: 3605,
    version: 1,
    unknown: {},
  });
});

test.each(BACKENDS)("with checkpoints %s, each record of a batch that grew has its own act", async (keeps) => {
  const history = new StackHistory();
  const first = record(tokenId(1), history.at(), { act: 0 });
  const acts = [act({ ticket: "SEC-1" })];
  history.deploy([shard("leak", "0", { ticket: "SEC-1", records: [first], acts })]);
  const records = [first, record(tokenId(2), history.at(), { act: 1 })];
  const grown = [...acts, { ticket: "SEC-2", actor: NIGHT, apiUrl: SITE }];
  history.deploy([shard("leak", "0", { ticket: "SEC-2", records, acts: grown, actor: NIGHT, apiUrl: SITE })]);
  const report = await reportOf(history, keeps);
  expect(
    report.records.map(({ ticket, actor, site, unknown }) => [ticket, actor?.handle, site, unknown.ticket]),
  ).toEqual([
    ["SEC-1", ACTOR.handle, "datadoghq.eu", undefined],
    ["SEC-2", NIGHT.handle, "us5.datadoghq.com", undefined],
  ]);
});

test("an act without an actor is not given the resource's, which is of a later deployment", async () => {
  const history = new StackHistory();
  const records = [record(tokenId(1), history.at(), { act: 0 })];
  history.deploy([sweep("stale", { records, acts: [{ apiUrl: SITE }], actor: NIGHT })]);
  const row = only(await reportOf(history, false));
  expect(row).toMatchObject({ actor: null, apiUrl: SITE });
  expect(row.unknown.actor).toContain("Datadog did not say");
});

test.each([
  [true, "given later, deployment 3: "],
  [false, "given later: "],
])("with checkpoints %s, what was given after the act is said to be: %s", async (keeps, when) => {
  const history = new StackHistory();
  const fields = { ...record(tokenId(1), history.at()), act: act() };
  history.deploy([revocation("a", fields)]);
  history.deploy([revocation("a", fields), revocation("b", record(tokenId(2), history.at(), { act: act() }))]);
  const others = [revocation("b", record(tokenId(2), "2026-01-01T00:10:05.000Z", { act: act() }))];
  history.deploy([revocation("a", { ...fields, reason: "found: in a log", ticket: secret() }), ...others]);
  history.deploy([...history.resources.values()]);
  const { records } = await reportOf(history, keeps);
  expect(records[0]).toMatchObject({ reason: null, ticket: null, requestedBy: null, secondsToRevoke: null });
  expect(records[0]?.unknown).toMatchObject({
    reason: `${when}"found: in a log"`,
    ticket: keeps ? `${when}(secret)` : expect.stringContaining("now (secret)"),
    requestedBy: "not given",
  });
});

test("of a record of 0.1.0, too, what was given later is said to be", async () => {
  const history = new StackHistory();
  const fields = record(tokenId(1), history.at());
  history.deploy([revocation("a", fields)]);
  history.deploy([revocation("a", { ...fields, ticket: "SEC-1" })]);
  expect(only(await reportOf(history)).unknown.ticket).toBe('given later, deployment 2: "SEC-1"');
});

test("an act that a later release made of a record of 0.1.0 does not replace what older states show", async () => {
  const history = new StackHistory();
  const fields = record(tokenId(1), history.at());
  history.deploy([revocation("a", { ...fields, reason: "first" })]);
  history.deploy([revocation("a", { ...fields, reason: "second", act: act({ reason: "second" }) })]);
  expect(only(await reportOf(history))).toMatchObject({ reason: "first" });
  expect(only(await reportOf(history, false))).toMatchObject({ reason: "second" });
});

test.each([
  ["repeats it in plain", "planted reason"],
  ["leaves it out", undefined],
])("a text that the program made a secret stays one, where the act %s", async (_, reason) => {
  const history = new StackHistory();
  const fields = { ...record(tokenId(1), history.at()), act: act({ reason }) };
  history.deploy([revocation("a", { ...fields, reason: secret() })]);
  const untouched = await reportOf(history, false);
  expect(only(untouched)).toMatchObject({ reason: "(secret)" });
  history.deploy([revocation("a", { ...fields, reason: secret(), ticket: "SEC-1" })]);
  const edited = await reportOf(history);
  expect(only(edited)).toMatchObject({ reason: "(secret)" });
  expect(JSON.stringify([untouched, edited])).not.toContain("planted reason");
});

test("without checkpoints, a secret of a resource that was changed later is not passed off as what was said then", async () => {
  const history = new StackHistory();
  const fields = { ...record(tokenId(1), history.at()), act: act() };
  history.deploy([revocation("a", { ...fields, reason: secret() })]);
  history.deploy([revocation("a", { ...fields, reason: secret(), ticket: "SEC-1" })]);
  const { reason, unknown } = only(await reportOf(history, false));
  expect([reason, unknown.reason]).toEqual([null, expect.stringContaining("now (secret)")]);
});

test.each([
  ["a secret", { act: secret() }, "the act is a secret"],
  ["no object", { act: "?" }, "the act has a shape that this version does not know"],
])("an act that is %s is replaced by what the oldest state shows, and that is said", async (_, odd, problem) => {
  const history = new StackHistory();
  history.deploy([revocation("a", { ...record(tokenId(1), history.at()), ...odd, reason: "first" })]);
  const report = await reportOf(history);
  expect(only(report)).toMatchObject({ reason: "first", actor: ACTOR });
  expect(report.stacks[0]?.notes).toEqual([expect.stringMatching(`^For 1 record ${problem}: reason, .*oldest state`)]);
  expect(report.findings).toEqual([]);
});

test.each([
  ["a list that is a secret", { acts: secret() }, 0, "the act is a secret"],
  ["an index beyond the list", { acts: [act()] }, 1, "the act is missing"],
  ["no list", {}, 0, "the act is missing"],
  ["a list that is none", { acts: { length: 1, 0: act() } }, 0, "the act is missing"],
  ["a negative index", { acts: [act()] }, -1, "the act has a shape"],
  ["a word for an index", { acts: [act()] }, "length", "the act has a shape"],
  ["an act that is a secret", { acts: [secret()] }, 0, "the act is a secret"],
])("a record of a list with %s falls back, and that is said", async (_, outputs, index, problem) => {
  const history = new StackHistory();
  const records = [record(tokenId(1), history.at(), { act: index })];
  history.deploy([shard("leak", "0", { ticket: "SEC-1", records, ...outputs })]);
  const report = await reportOf(history);
  expect(only(report)).toMatchObject({ ticket: "SEC-1", actor: ACTOR });
  expect(report.stacks[0]?.notes).toEqual([expect.stringContaining(problem)]);
});

test("of two resources with one record, each later sight is of one: nothing was given later", async () => {
  const history = new StackHistory();
  const fields = record(tokenId(1), history.at());
  history.deploy([revocation("a", fields), revocation("b", { ...fields, ticket: "SEC-2" })]);
  expect(only(await reportOf(history)).unknown).toMatchObject({ ticket: "not given" });
});

test("an argument that was made a secret later is not said to have been one, where the deployment is not known", async () => {
  const history = new StackHistory();
  history.deploy([]);
  const fields = { ...record(tokenId(1), history.at()), act: act() };
  history.deploy([revocation("a", fields)], { killed: true });
  history.deploy([revocation("a", { ...fields, reason: secret() })]);
  const { reason, version, unknown } = only(await reportOf(history, false));
  expect([reason, version]).toEqual([null, null]);
  expect(unknown.reason).toBe(
    "a secret is not kept with the act, so it is not known whether this one was declared then; now (secret)",
  );
});
