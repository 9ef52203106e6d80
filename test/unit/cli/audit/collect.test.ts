import {
  type Resource,
  record,
  revocation,
  StackHistory,
  secret,
  shard,
  sweep,
  tokenId,
} from "../../../support/stackHistory";
import { reportOf } from "./stackInMemory";

test("each token of a batch or a sweep has a record, and each of their failures is a finding", async () => {
  const history = new StackHistory();
  const [one, two, three, failed] = [1, 2, 3, 4].map(tokenId) as [string, string, string, string];
  const { snapshot: _, verifiedAt: __, ...unseen } = record(two, history.at(2)) as Record<string, unknown>;
  history.deploy([
    shard("leak", "0", {
      tokenIds: [one, two, failed],
      serviceTokenIds: [two],
      ticket: "SEC-9",
      records: [record(one, history.at(1)), unseen],
      failures: [{ tokenId: failed, httpStatus: 503, message: "answered 503" }],
    }),
    sweep("stale", { reason: "unused", records: [record(three, history.at(3))] }),
  ]);
  const { records, findings } = await reportOf(history);
  const leak = "urn:pulumi:dev::shop::datadog-revocation:index:TokenRevocationBatch::leak";
  expect(records.map(({ tokenId, resourceType, resource, kind }) => [tokenId, resourceType, resource, kind])).toEqual([
    [one, "TokenRevocationBatch", leak, "personal"],
    [two, "TokenRevocationBatch", leak, "service"],
    [three, "TokenSweep", expect.stringContaining("::stale"), "personal"],
  ]);
  expect(records[0]).toMatchObject({ ticket: "SEC-9", reason: null, unknown: { reason: "not given" } });
  expect(records[1]).toMatchObject({ snapshot: null, verifiedAt: null, unknown: { snapshot: "never seen" } });
  expect(findings).toEqual([
    {
      kind: "failed",
      stack: "shop/dev",
      resource: leak,
      tokenId: failed,
      message: "not revoked: answered 503. The next pulumi up tries again",
    },
  ]);
});

test("a failed deployment is a finding until one succeeds", async () => {
  const history = new StackHistory();
  history.deploy([], { result: "failed" });
  expect((await reportOf(history)).findings).toEqual([
    expect.objectContaining({ kind: "failed", message: expect.stringContaining("deployment 1 (update)") }),
  ]);
  history.deploy([]);
  expect((await reportOf(history)).findings).toEqual([]);
});

test("a token that was found alive is a finding", async () => {
  const history = new StackHistory();
  history.deploy([revocation("a", { ...record(tokenId(1), history.at()), status: "alive" })]);
  const { findings } = await reportOf(history);
  expect(findings).toEqual([expect.objectContaining({ kind: "alive", tokenId: tokenId(1) })]);
});

test.each(["pulumi-nodejs:dynamic/datadog-revocation:TokenFreeze", "datadog-revocation:index:TokenFreeze"])(
  "a record without a time, secret records and the unknown resource type %s are findings",
  async (type) => {
    const history = new StackHistory();
    const frozen: Resource = { urn: `urn:pulumi:dev::shop::${type}::f`, type, outputs: { tokenId: tokenId(3) } };
    history.deploy([
      revocation("a", { ...record(tokenId(1), history.at()), revokedAt: "soon" }),
      shard("b", "0", { records: secret() }),
      frozen,
    ]);
    const { records, findings } = await reportOf(history);
    expect(records).toEqual([]);
    expect(findings.map(({ kind, message }) => `${kind} ${message}`).sort()).toEqual([
      expect.stringContaining("unreadable a record that does not say when"),
      expect.stringContaining("unreadable a resource of the type TokenFreeze"),
      expect.stringContaining("unreadable its records are a secret"),
    ]);
  },
);

test("a last deployment with a result of a later version is a finding, as it may have failed", async () => {
  const history = new StackHistory();
  history.deploy([], { result: "skipped" });
  const message = 'the result of deployment 1 (update) is "skipped", which this version does not know';
  expect((await reportOf(history)).findings).toEqual([expect.objectContaining({ kind: "unreadable", message })]);
  history.deploy([]);
  expect((await reportOf(history)).findings).toEqual([]);
});

const odd = "have a shape that this version does not know";
test.each<[string, object, string]>([
  ["records beside which something else stands", { records: [null] }, `some of its records ${odd}`],
  ["records that are missing", { records: undefined }, "its records are not a list"],
  ["failures that are a secret", { failures: secret() }, "its failures are a secret"],
  ["failures that are no list", { failures: "none" }, "its failures are not a list"],
  ["failures that are none", { failures: ["none"] }, `some of its failures ${odd}`],
])("a batch with %s is a finding", async (_, outputs, message) => {
  const history = new StackHistory();
  history.deploy([shard("b", "0", { records: [], ...outputs })]);
  const { findings } = await reportOf(history);
  expect(findings).toEqual([
    expect.objectContaining({ kind: "unreadable", message: `${message}. They are not shown` }),
  ]);
});

test.each<[string, object, string]>([
  ["resources that are no list", { resources: {} }, "the state's resources are not a list. They are not shown"],
  ["a resource without a type", { resources: [{ urn: "a" }] }, "a resource without a URN or a type. It is not shown"],
  [
    "a sweep without outputs",
    { resources: [{ ...sweep("s", {}), outputs: secret() }] },
    "a resource without outputs that can be read. It is not shown",
  ],
  ["pending operations that are no list", { pending_operations: 1 }, "the state's pending operations are not a list."],
])("a state with %s is a finding", async (_, latest, message) => {
  const history = new StackHistory();
  history.checkpoint = () => ({ version: 3, checkpoint: { latest } });
  const { findings } = await reportOf(history);
  expect(findings).toEqual([
    expect.objectContaining({ kind: "unreadable", message: expect.stringContaining(message) }),
  ]);
});

test("a state whose latest part is no object cannot be read; a stack that was never deployed has none", async () => {
  const history = new StackHistory();
  history.checkpoint = () => ({ version: 3, checkpoint: { latest: "none" } });
  expect((await reportOf(history)).findings).toEqual([expect.objectContaining({ kind: "unreadable" })]);
  history.checkpoint = () => ({ version: 3, checkpoint: { latest: null } });
  expect((await reportOf(history)).findings).toEqual([]);
});

test.each([
  ["updating", 1],
  ["deleting", 1],
  ["creating", 0],
])("a pending %s of a resource that is in state makes %i findings", async (type, count) => {
  const history = new StackHistory();
  const made = revocation("a", record(tokenId(1), history.at()));
  history.pending = [{ type, resource: { urn: made.urn, type: made.type, inputs: { tokenId: tokenId(1) } } }];
  history.deploy([made]);
  const message = expect.stringContaining(`${type} it was interrupted`);
  const finding = { kind: "pending", stack: "shop/dev", resource: made.urn, tokenId: tokenId(1), message };
  expect((await reportOf(history)).findings).toEqual([finding].slice(0, count));
});
