import { ACTOR, record, revocation, StackHistory, secret, snapshot, tokenId } from "../../../support/stackHistory";
import { only, reportOf } from "./stackInMemory";

test("a token revoked by a deployment in a pipeline has every cell filled", async () => {
  const history = new StackHistory();
  const revokedAt = history.at(5_250);
  const id = tokenId(1);
  const said = {
    reason: "found in a public log",
    ticket: "SEC-1",
    requestedBy: "ann@example.com",
    reportedAt: "2025-12-31T23:00:00Z",
  };
  const message = "Revoke the leaked token (#42)";
  const commit = "a8c18e5a744c358774521280a77b4887cc355fd3";
  const buildUrl = "https://github.com/acme/revocations/actions/runs/77";
  history.deploy([revocation("leaked", { ...record(id, revokedAt), ...said })], {
    message,
    environment: {
      ...{ "git.author": "Ann Author", "git.author.email": "ann@example.com", "git.head": commit },
      ...{ "git.headName": "refs/heads/main", "ci.build.url": buildUrl },
      ...{ "git.dirty": "false", "ci.system": "GitHub Actions", updatePlan: "true" },
      ...{ "vcs.kind": "github.com", "vcs.owner": "acme", "vcs.repo": "revocations" },
    },
  });
  const deployment = {
    ...{ version: 1, kind: "update", message, result: "succeeded", commit, branch: "main", buildUrl },
    ...{ startedAt: "2026-01-01T00:00:00.000Z", endedAt: "2026-01-01T00:01:00.000Z" },
    author: "Ann Author <ann@example.com>",
    runner: "GitHub Actions",
    reviewedPlan: true,
    uncommittedChanges: false,
    pullRequestUrl: "https://github.com/acme/revocations/pull/42",
  };
  const report = await reportOf(history);
  expect(only(report)).toEqual({
    tokenId: id,
    stack: "shop/dev",
    resource: "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation::leaked",
    resourceType: "TokenRevocation",
    ...said,
    ...{ removed: false, status: "revoked", outcome: "revoked", httpStatus: 204, revokedAt },
    ...{ verifiedAt: "2026-01-01T00:00:05.750Z", secondsToRevoke: 3605.25, secondsToVerify: 0.5 },
    ...{ kind: "personal", snapshot: expect.objectContaining({ name: "ci-deploy" }), actor: ACTOR },
    ...{ apiUrl: "https://api.datadoghq.eu", site: "datadoghq.eu", version: 1, deployment, unknown: {} },
  });
  expect(report.stacks).toEqual([{ stack: "shop/dev", backend: "file", deployments: [deployment], notes: [] }]);
  expect(report.findings).toEqual([]);
});

test("no time to revoke is computed for alreadyRevoked, nor for a report that came later", async () => {
  const history = new StackHistory();
  const reportedAt = "2025-12-31T00:00:00Z";
  const unseen = { outcome: "alreadyRevoked", snapshot: undefined, verifiedAt: undefined };
  history.deploy([
    revocation("gone", { ...record(tokenId(1), history.at(1), { outcome: "alreadyRevoked" }), reportedAt }),
    revocation("unseen", { ...record(tokenId(3), history.at(3), unseen), reportedAt }),
    revocation("early", { ...record(tokenId(2), history.at(2)), reportedAt: "2026-06-01T00:00:00Z" }),
  ]);
  const { records } = await reportOf(history);
  expect(records.map(({ secondsToRevoke, unknown }) => [secondsToRevoke, unknown.secondsToRevoke])).toEqual([
    [null, "it was revoked before"],
    [null, "it was reported after it was revoked"],
    [null, "not known: never seen here"],
  ]);
});

test("a report that is dated up to five minutes after the revocation, by another clock, took no time", async () => {
  const history = new StackHistory();
  const later = (seconds: number) => new Date(Date.parse(history.at(1)) + seconds * 1000).toISOString();
  history.deploy(
    [5, 300, 301].map((seconds, index) =>
      revocation(`r${index}`, { ...record(tokenId(index), history.at(1)), reportedAt: later(seconds) }),
    ),
  );
  const { records } = await reportOf(history);
  expect(records.map(({ secondsToRevoke, unknown }) => [secondsToRevoke, unknown.secondsToRevoke])).toEqual([
    [0, undefined],
    [0, undefined],
    [null, "it was reported after it was revoked"],
  ]);
});

test("a secret is shown as one, and a token value in a text not at all", async () => {
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

test("a record of another version is shown as far as it can be read, and marked", async () => {
  const history = new StackHistory();
  const fields = record(tokenId(1), history.at(), { outcome: "suspended", snapshot: { label: "x" }, more: [1] });
  history.deploy([revocation("a", fields)]);
  const row = only(await reportOf(history));
  expect(row).toMatchObject({ outcome: "suspended", snapshot: null });
  expect(row.unknown.outcome).toContain("this version knows");
  expect(row.unknown.snapshot).toContain("does not know");
});

test("why no time to revoke is known is told apart", async () => {
  const history = new StackHistory();
  const made = [1, 2, 3, 4].map((n) => record(tokenId(n), history.at(n)));
  const first = [{}, { reportedAt: secret() }, { reportedAt: "yesterday" }, {}];
  history.deploy(made.map((fields, index) => revocation(`r${index}`, { ...fields, ...first[index] })));
  const later = [...first.slice(0, 3), { reportedAt: "2025-12-31T23:00:00Z" }];
  history.deploy(made.map((fields, index) => revocation(`r${index}`, { ...fields, ...later[index] })));
  const whys = async (keeps: boolean) =>
    (await reportOf(history, keeps)).records.map(({ unknown }) => unknown.secondsToRevoke);
  const open = ["secret", "unreadable"].map((how) => `the time of report is ${how}`);
  const same = ["not given when it was reported", ...open];
  expect(await whys(true)).toEqual([...same, "the time of report was given later"]);
  const changed = 'the time of report is not known: the resource was changed since; now "2025-12-31T23:00:00Z"';
  expect(await whys(false)).toEqual([...same, changed]);
});

describe("the time to revoke", () => {
  const [before, earlier, after] = ["2025-12-31T23:00:00Z", "2025-12-31T00:00:05Z", "2026-01-02T00:00:00Z"];
  const early = { secondsToRevoke: 86_400, secondsToRevokeFrom: "leak.detectedAt" };
  const ofReport = { secondsToRevoke: 3_605 };
  const untimed = (why: string) => ({ secondsToRevoke: null, unknown: { secondsToRevoke: why } });

  test.each<[string, object, unknown, object]>([
    ["from the leak where nobody reported", {}, { detectedAt: earlier }, early],
    ["from the leak where it is earlier than the report", { reportedAt: before }, { detectedAt: earlier }, early],
    [
      "from the report where the leak is later",
      { reportedAt: before },
      { detectedAt: "2025-12-31T23:30:00Z" },
      ofReport,
    ],
    [
      "from the report where both are at once",
      { reportedAt: before },
      { detectedAt: "2026-01-01T00:00:00+01:00" },
      ofReport,
    ],
    [
      "at no time where the report is a secret, and may be earlier than the leak",
      { reportedAt: secret() },
      { detectedAt: earlier },
      untimed("at least 1d from leak; the time of report is secret"),
    ],
    [
      "at no time where the report cannot be read, and may be earlier than the leak",
      { reportedAt: "yesterday" },
      { detectedAt: earlier },
      untimed("at least 1d from leak; the time of report is unreadable"),
    ],
    [
      "at no time where the report is a secret, and the leak is later",
      { reportedAt: secret() },
      { detectedAt: after },
      untimed("the time of report is secret"),
    ],
    ["from the leak where the report is later than all", { reportedAt: after }, { detectedAt: earlier }, early],
    ["from the report where no leak is known", { reportedAt: before }, null, ofReport],
    ["from the report where nobody says of a leak", { reportedAt: before }, undefined, ofReport],
    ["from the report where the leak's time is not known", { reportedAt: before }, { source: "github" }, ofReport],
    ["from the report where the leak's time is no time", { reportedAt: before }, { detectedAt: "soon" }, ofReport],
    [
      "at no time where neither is known",
      {},
      { source: "github" },
      untimed("neither the time of a report nor of the leak is known"),
    ],
    [
      "at no time where the leak is later",
      {},
      { detectedAt: after },
      untimed("Datadog found it leaked after it was revoked"),
    ],
    [
      "at no time where both are later",
      { reportedAt: "2026-06-01T00:00:00Z" },
      { detectedAt: after },
      untimed("Datadog found it leaked after it was revoked"),
    ],
    [
      "at once where the leak is dated ahead by a little",
      {},
      { detectedAt: "2026-01-01T00:05:00Z" },
      { ...early, secondsToRevoke: 0 },
    ],
    [
      "at no time for alreadyRevoked",
      { outcome: "alreadyRevoked" },
      { detectedAt: earlier },
      untimed("it was revoked before"),
    ],
  ])("counts %s", async (_, said, leak, expected) => {
    const history = new StackHistory();
    const id = tokenId(1);
    const seen = { ...snapshot(id), ...(leak !== undefined && { leak }) };
    history.deploy([revocation("a", record(id, history.at(), { snapshot: seen, ...said }))]);
    const row = only(await reportOf(history));
    expect(row).toMatchObject(expected);
    if (!("secondsToRevokeFrom" in expected)) expect(row).not.toHaveProperty("secondsToRevokeFrom");
  });

  test("is at least that from the leak where the resource was changed since, and nobody knows what was given", async () => {
    const history = new StackHistory();
    const seen = { ...snapshot(tokenId(1)), leak: { detectedAt: earlier } };
    const fields = record(tokenId(1), history.at(), { snapshot: seen });
    history.deploy([revocation("a", fields)]);
    history.deploy([revocation("a", { ...fields, reportedAt: before })]);
    expect(only(await reportOf(history, false))).toMatchObject(
      untimed(
        "at least 1d from leak; the time of report is not known: the resource was changed since; " +
          `now ${JSON.stringify(before)}`,
      ),
    );
  });
});

describe("a snapshot that lacks parts", () => {
  const whole = { ...snapshot(tokenId(1)), leak: { detectedAt: "2026-01-01T00:00:00Z", source: "github" } };
  const rowOf = async (seen: object) => {
    const history = new StackHistory();
    history.deploy([revocation("a", record(tokenId(1), history.at(), { snapshot: seen }))]);
    return only(await reportOf(history));
  };
  const silent = "Datadog did not say";

  test("has what there is, and says of the rest that Datadog did not say", async () => {
    const row = await rowOf({ tokenId: tokenId(1) });
    expect([row.snapshot, row.kind]).toEqual([{ tokenId: tokenId(1) }, null]);
    expect(row.unknown).toMatchObject({
      name: silent,
      owner: silent,
      scopes: silent,
      createdAt: silent,
      expiresAt: silent,
    });
    expect(row.unknown).not.toHaveProperty("leak");
  });

  test.each(Object.keys(whole).filter((part) => part !== "tokenId"))(
    "hides nothing where %s is odd, or a secret",
    async (part) => {
      for (const [odd, why] of [
        [[7], "does not know"],
        [secret(), "(secret)"],
      ] as const) {
        const { snapshot: seen, unknown } = await rowOf({ ...whole, [part]: odd });
        const { [part as "name"]: _, ...others } = whole as { name?: unknown };
        expect(seen).toEqual(others);
        if (part !== "kind") expect(unknown[part]).toContain(why);
      }
    },
  );

  test("knows the kind by the owner", async () => {
    const { kind: _, ...seen } = whole as unknown as { kind: string };
    const account = { ...seen, owner: { id: tokenId(2), type: "service_account" } };
    expect([(await rowOf(seen)).kind, (await rowOf(account)).kind]).toEqual(["personal", "service"]);
  });

  test("is none without a token id", async () => {
    expect((await rowOf({ name: "ci-deploy" })).snapshot).toBeNull();
  });
});
