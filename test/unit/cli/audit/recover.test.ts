import type { AuditRecord, AuditReport } from "../../../../cli/audit/auditReport";
import { collect } from "../../../../cli/audit/collect";
import { toHistoryEntry } from "../../../../cli/audit/historyEntry";
import type { StackSource } from "../../../../cli/audit/stackSource";
import {
  ACTOR,
  type Resource,
  record,
  revocation,
  StackHistory,
  secret,
  shard,
  sweep,
  tokenId,
} from "../../../support/stackHistory";

/** A stack in memory, which counts what was opened of it. */
function sourceOf(history: StackHistory, keepsCheckpoints = true): StackSource & { opened: number[] } {
  const opened: number[] = [];
  return {
    stack: "shop/dev",
    project: "shop",
    backend: keepsCheckpoints ? "file" : "postgres",
    history: history.entries.map((entry, index) => toHistoryEntry(entry, index + 1)),
    damaged: [],
    notes: [],
    state: async () => history.checkpoint(),
    ...(keepsCheckpoints && {
      checkpoint: async ({ version }) => {
        opened.push(version);
        return history.checkpoints[version - 1];
      },
    }),
    opened,
  };
}

async function reportOf(history: StackHistory, keepsCheckpoints = true): Promise<AuditReport> {
  return (await collect([sourceOf(history, keepsCheckpoints)])).report;
}

const only = ({ records }: AuditReport): AuditRecord => {
  expect(records).toHaveLength(1);
  return records[0] as AuditRecord;
};

describe("a token revoked by a deployment in a pipeline", () => {
  const history = new StackHistory();
  const revokedAt = history.at(5_250);
  const id = tokenId(1);
  const outputs = {
    ...record(id, revokedAt),
    reason: "found in a public log",
    ticket: "SEC-1",
    requestedBy: "ann@example.com",
    reportedAt: "2025-12-31T23:00:00Z",
  };
  history.deploy([revocation("leaked", outputs)], {
    message: "Revoke the leaked token (#42)",
    environment: {
      "git.author": "Ann Author",
      "git.author.email": "ann@example.com",
      "git.head": "a8c18e5a744c358774521280a77b4887cc355fd3",
      "git.headName": "refs/heads/main",
      "ci.build.url": "https://github.com/acme/revocations/actions/runs/77",
      "vcs.kind": "github.com",
      "vcs.owner": "acme",
      "vcs.repo": "revocations",
    },
  });

  test("has every cell filled", async () => {
    const deployment = {
      version: 1,
      kind: "update",
      message: "Revoke the leaked token (#42)",
      startedAt: "2026-01-01T00:00:00.000Z",
      endedAt: "2026-01-01T00:01:00.000Z",
      result: "succeeded",
      deployer: "Ann Author <ann@example.com>",
      commit: "a8c18e5a744c358774521280a77b4887cc355fd3",
      branch: "main",
      buildUrl: "https://github.com/acme/revocations/actions/runs/77",
      pullRequestUrl: "https://github.com/acme/revocations/pull/42",
    };
    const report = await reportOf(history);
    expect(only(report)).toEqual({
      tokenId: id,
      stack: "shop/dev",
      resource: "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation::leaked",
      resourceType: "TokenRevocation",
      removed: false,
      status: "revoked",
      outcome: "revoked",
      httpStatus: 204,
      reportedAt: "2025-12-31T23:00:00Z",
      revokedAt,
      verifiedAt: "2026-01-01T00:00:05.750Z",
      secondsToRevoke: 3605.25,
      secondsToVerify: 0.5,
      reason: "found in a public log",
      ticket: "SEC-1",
      requestedBy: "ann@example.com",
      kind: "personal",
      snapshot: expect.objectContaining({ name: "ci-deploy" }),
      actor: ACTOR,
      apiUrl: "https://api.datadoghq.eu",
      site: "datadoghq.eu",
      version: 1,
      deployment,
      unknown: {},
    });
    expect(report.stacks).toEqual([{ stack: "shop/dev", backend: "file", deployments: [deployment], notes: [] }]);
    expect(report.findings).toEqual([]);
  });
});

test("reasons are as of the deployment that revoked, and verifiedAt is the latest", async () => {
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

test("a record whose resource was removed is recovered, and marked", async () => {
  const history = new StackHistory();
  const [first, second] = [tokenId(1), tokenId(2)];
  history.deploy([revocation("a", record(first, history.at()))]);
  const kept = [...history.resources.values()];
  history.deploy([...kept, revocation("b", record(second, history.at()))]);
  history.deploy(kept);
  const { records } = await reportOf(history);
  expect(records.map(({ tokenId, removed, version }) => [tokenId, removed, version])).toEqual([
    [first, false, 1],
    [second, true, 2],
  ]);
});

test("a token that was revoked again has a row for each time", async () => {
  const history = new StackHistory();
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  const { records } = await reportOf(history);
  expect(records.map(({ removed, version }) => [removed, version])).toEqual([
    [true, 1],
    [false, 2],
  ]);
});

test("batches and sweeps give a row a token, under the batch's name, and their failures need a hand", async () => {
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
  expect(records.map(({ tokenId, resourceType, resource, kind }) => [tokenId, resourceType, resource, kind])).toEqual([
    [
      one,
      "TokenRevocationBatch",
      "urn:pulumi:dev::shop::datadog-revocation:index:TokenRevocationBatch::leak",
      "personal",
    ],
    [
      two,
      "TokenRevocationBatch",
      "urn:pulumi:dev::shop::datadog-revocation:index:TokenRevocationBatch::leak",
      "service",
    ],
    [three, "TokenSweep", expect.stringContaining("::stale"), "personal"],
  ]);
  expect(records[0]).toMatchObject({ ticket: "SEC-9", reason: null, unknown: { reason: "not given" } });
  expect(records[1]).toMatchObject({ snapshot: null, verifiedAt: null, unknown: { snapshot: "never seen" } });
  expect(findings).toEqual([
    {
      kind: "failed",
      stack: "shop/dev",
      resource: "urn:pulumi:dev::shop::datadog-revocation:index:TokenRevocationBatch::leak",
      tokenId: failed,
      message: "not revoked: answered 503. The next pulumi up tries again",
    },
  ]);
});

test("a batch's ticket is that of the deployment in which each token came", async () => {
  const history = new StackHistory();
  const first = record(tokenId(1), history.at());
  history.deploy([shard("leak", "0", { ticket: "SEC-1", records: [first] })]);
  const second = record(tokenId(2), history.at());
  history.deploy([shard("leak", "0", { ticket: "SEC-2", records: [first, second] })]);
  const { records } = await reportOf(history);
  expect(records.map(({ ticket, version }) => [ticket, version])).toEqual([
    ["SEC-1", 1],
    ["SEC-2", 2],
  ]);
});

test("what a killed run revoked belongs to no deployment, and says so", async () => {
  const history = new StackHistory();
  history.deploy([]);
  const id = tokenId(1);
  const name = "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation::lost";
  history.pending = [
    {
      type: "creating",
      resource: { urn: name, type: name.split("::")[2], inputs: { tokenId: tokenId(2) } },
    },
  ];
  history.deploy([revocation("a", { ...record(id, history.at()), reason: "because" })], { killed: true });
  history.deploy([...history.resources.values()]);
  const report = await reportOf(history);
  expect(only(report)).toMatchObject({ version: null, deployment: null, reason: "because" });
  expect(only(report).unknown.version).toContain("no deployment of this history ran then");
  expect(report.findings).toEqual([
    {
      kind: "pending",
      stack: "shop/dev",
      resource: name,
      tokenId: tokenId(2),
      message: expect.stringContaining("creating it was interrupted"),
    },
  ]);
});

test("a pending create that was made good needs no hand", async () => {
  const history = new StackHistory();
  const made = revocation("a", record(tokenId(1), history.at()));
  history.pending = [{ type: "creating", resource: { urn: made.urn, type: made.type, inputs: {} } }];
  history.deploy([made]);
  expect((await reportOf(history)).findings).toEqual([]);
});

test("a failed deployment needs a hand until one succeeds", async () => {
  const history = new StackHistory();
  history.deploy([], { result: "failed" });
  expect((await reportOf(history)).findings).toEqual([
    expect.objectContaining({
      kind: "failed",
      tokenId: null,
      message: expect.stringContaining("deployment 1 (update)"),
    }),
  ]);
  history.deploy([]);
  expect((await reportOf(history)).findings).toEqual([]);
});

test("a token found alive needs a hand", async () => {
  const history = new StackHistory();
  history.deploy([revocation("a", { ...record(tokenId(1), history.at()), status: "alive" })]);
  const { findings } = await reportOf(history);
  expect(findings).toEqual([expect.objectContaining({ kind: "alive", tokenId: tokenId(1) })]);
});

test("no time to revoke is computed for alreadyRevoked, nor for a report that came later", async () => {
  const history = new StackHistory();
  const reportedAt = "2025-12-31T00:00:00Z";
  history.deploy([
    revocation("gone", { ...record(tokenId(1), history.at(1), { outcome: "alreadyRevoked" }), reportedAt }),
    revocation("early", { ...record(tokenId(2), history.at(2)), reportedAt: "2026-06-01T00:00:00Z" }),
  ]);
  const { records } = await reportOf(history);
  expect(records.map(({ secondsToRevoke, unknown }) => [secondsToRevoke, unknown.secondsToRevoke])).toEqual([
    [null, "it was revoked before"],
    [null, "it was reported after it was revoked"],
  ]);
});

test("secrets show as such, and token values in others' texts not at all", async () => {
  const history = new StackHistory();
  const value = `ddpat_${"A".repeat(22)}_${"b".repeat(36)}`;
  history.deploy([revocation("a", { ...record(tokenId(1), history.at()), reason: secret(), ticket: value })], {
    message: `leaked: ${value}`,
  });
  const report = await reportOf(history);
  expect(only(report)).toMatchObject({ reason: "(secret)", unknown: {} });
  expect(JSON.stringify(report)).not.toContain("b".repeat(36));
  expect(JSON.stringify(report)).not.toContain("ciphertext");
});

describe("records of another version", () => {
  test("are shown as far as they can be read, and marked", async () => {
    const history = new StackHistory();
    const fields = record(tokenId(1), history.at(), { outcome: "suspended", snapshot: { label: "x" }, more: [1] });
    history.deploy([revocation("a", fields)]);
    const row = only(await reportOf(history));
    expect(row).toMatchObject({ outcome: "suspended", snapshot: null });
    expect(row.unknown.outcome).toContain("later version");
    expect(row.unknown.snapshot).toContain("does not know");
  });

  test("that cannot be placed, or are of a type nobody knows, are named", async () => {
    const history = new StackHistory();
    const type = "pulumi-nodejs:dynamic/datadog-revocation:TokenFreeze";
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
  });
});

test("deployments that changed nothing, or only created, are not opened", async () => {
  const history = new StackHistory();
  const resources: Resource[] = [];
  for (let n = 0; n < 20; n++) {
    if (n % 2 === 0) resources.push(revocation(`r${n}`, record(tokenId(n), history.at())));
    history.deploy(
      resources.map(
        ({ urn }) => history.resources.get(urn) ?? resources.find((each) => each.urn === urn),
      ) as Resource[],
    );
  }
  const source = sourceOf(history);
  const { report } = await collect([source]);
  expect(source.opened).toEqual([20]);
  expect(report.records.map(({ version }) => version)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
});
