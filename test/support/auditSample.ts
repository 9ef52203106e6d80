import type { About, AuditedStack, AuditRecord, AuditReport, Deployment, Finding } from "../../cli/audit/auditReport";
import { Random } from "../../simulator/random";
import { NASTY_NAMES } from "./nastyNames";

/** Of a report of everything, for which Datadog was not asked. */
export const ABOUT: About = {
  madeAt: "2026-11-24T09:30:00Z",
  madeBy: "pulumi-datadog-revocation 0.1.0",
  filters: {},
  leftOut: 0,
  asked: null,
  missing: [],
};

export interface SampleOptions {
  /** Default 40. */
  readonly records?: number;
  readonly seed?: number;
}

/** Runs of a made-up company over nine months: realistic names and times, the same for the same seed. */
export function sampleReport({ records: total = 40, seed = 7 }: SampleOptions = {}): AuditReport {
  const random = new Random(seed);
  const main = deployments(random, Math.max(8, Math.min(1000, Math.ceil(total / 3))), "main");
  const sandbox = deployments(random, 5, "sandbox");
  const records = Array.from({ length: total }, (_, index) => {
    const inSandbox = index % 13 === 12;
    const runs = inSandbox ? sandbox : main;
    const deployment = runs[Math.floor((index / total) * runs.length)] as Deployment;
    return record(random, index, inSandbox ? "sandbox" : "main", deployment);
  });
  return {
    about: ABOUT,
    project: "datadog-revocations",
    stacks: [
      stack("acme/datadog-revocations/main", "cloud", main, []),
      stack("acme/datadog-revocations/sandbox", "file", sandbox, [
        "The checkpoints of these deployments are missing: 1, 2. What only they held is not shown",
      ]),
    ],
    records: records.toSorted((a, b) => order(a.revokedAt, b.revokedAt) || order(a.tokenId, b.tokenId)),
    findings: findings(records, main),
  };
}

/** The sample with one of these texts wherever others write. */
export function hostileReport(names: readonly string[] = NASTY_NAMES): AuditReport {
  const sample = sampleReport({ records: names.length });
  const name = (index: number): string => names[index % names.length] as string;
  const hostile = (run: Deployment, index: number): Deployment => ({
    ...run,
    message: name(index),
    author: name(index + 1),
    runner: name(index + 4),
    uncommittedChanges: true,
    commit: name(index + 2),
    branch: name(index + 3),
    buildUrl: "javascript:document.title='taken over'",
    pullRequestUrl: `https://example.com/"onmouseover="document.title='taken over'"/<script>/${index}`,
    result: name(index),
  });
  return {
    about: {
      madeAt: sample.about.madeAt,
      madeBy: name(1),
      filters: { owner: [name(2), name(3)], ticket: [name(4)] },
      leftOut: 1,
      asked: {
        at: sample.about.madeAt,
        apiUrl: name(5),
        actor: { id: name(0), handle: name(1), organizationId: name(2), organizationName: name(3) },
        credentials: name(4),
        questions: ["verify"],
      },
      missing: names,
    },
    project: name(0),
    stacks: sample.stacks.map((each, index) => ({
      ...each,
      stack: name(index),
      backend: name(index + 1),
      deployments: each.deployments.map(hostile),
      notes: [name(index)],
    })),
    records: sample.records.map((each, index) => ({
      ...each,
      stack: name(0),
      resource: `urn:pulumi:main::p::t::${name(index)}`,
      reason: name(index),
      ticket: name(index + 1),
      requestedBy: name(index + 2),
      apiUrl: name(index + 3),
      site: name(index + 4),
      snapshot: {
        tokenId: each.tokenId,
        kind: "personal",
        name: name(index),
        owner: { id: each.tokenId, type: "users", handle: name(index + 5) },
        scopes: [name(index), name(index + 1)],
        createdAt: "2026-01-01T00:00:00.000Z",
        expiresAt: null,
        lastUsedAt: null,
        leak: { detectedAt: name(index), source: name(index + 1) },
      },
      actor: { id: each.tokenId, handle: name(index), organizationId: each.tokenId, organizationName: name(index + 1) },
      deployment: each.deployment && hostile(each.deployment, index),
      unknown: { [name(index)]: name(index + 1) },
      verification: { alive: null, why: name(index) },
      auditTrail: {
        complete: false,
        why: name(index),
        events: [
          {
            at: name(index),
            user: name(index),
            userId: name(index),
            authentication: name(index),
            ip: name(index),
            userAgent: name(index),
            statusCode: 204,
          },
        ],
      },
    })),
    findings: names.map((message, index) => ({
      kind: "failed",
      stack: name(index),
      resource: `urn:pulumi:main::p::t::${name(index)}`,
      tokenId: name(index),
      message,
    })),
  };
}

const PEOPLE = ["robin.okafor", "mei.tanaka", "jonas.lindqvist", "amara.diallo", "lucia.ferrari", "sam.whitfield"];
const NAMES = ["ci-deploy", "terraform-plan", "grafana-bridge", "oncall-laptop", "synthetics-runner", "log-forwarder"];
const SCOPES = ["dashboards_read", "logs_read_data", "metrics_read", "monitors_write", "synthetics_write"];
const REASONS = [
  "printed in the log of a public CI job",
  "the owner left the company",
  "pasted into a support ticket",
  "committed to a fork that became public",
  "laptop stolen on a train",
];
const SINCE = Date.UTC(2026, 1, 3, 8, 12, 41);
const DAY = 86_400_000;

function deployments(random: Random, total: number, stackName: string): Deployment[] {
  const gap = (270 * DAY) / total;
  return Array.from({ length: total }, (_, index) => {
    const started = SINCE + (index + 0.6 * fraction(random)) * gap;
    const failed = index % 9 === 5;
    const pullRequest = 118 + index * 3;
    const fromCi = stackName === "main";
    return {
      version: index + 1,
      kind: index % 11 === 8 ? "refresh" : "update",
      message: fromCi ? `Merge pull request #${pullRequest}: revoke ${random.pick(NAMES)}` : "try the new ledger",
      startedAt: iso(started),
      endedAt: iso(started + 4000 + 9000 * fraction(random)),
      result: failed ? "failed" : "succeeded",
      author: fromCi ? random.pick(PEOPLE) : null,
      runner: fromCi ? "GitHub" : null,
      reviewedPlan: fromCi && index % 11 !== 8,
      commit: fromCi ? random.hex(40) : null,
      uncommittedChanges: fromCi ? false : null,
      branch: fromCi ? "main" : null,
      buildUrl: fromCi ? `https://ci.example.com/acme/revocations/runs/${9_000_000 + index * 71}` : null,
      pullRequestUrl: fromCi ? `https://git.example.com/acme/revocations/pull/${pullRequest}` : null,
    };
  });
}

function record(random: Random, index: number, stackName: string, deployment: Deployment): AuditRecord {
  const tokenId = random.uuid();
  const alreadyRevoked = index % 8 === 3;
  const unseen = index % 16 === 3;
  const alive = index === 17;
  const service = index % 5 === 4;
  const acted = Date.parse(deployment.startedAt) + 2000 + 1500 * fraction(random);
  const seconds = Math.exp(Math.log(300) + fraction(random) * Math.log(1200));
  const reported = index % 7 !== 6;
  const verified = !unseen && !alive && index % 6 !== 5;
  const toVerify = verified ? Math.round((0.2 + 2 * fraction(random)) * 1000) / 1000 : null;
  const inSandbox = stackName === "sandbox";
  const owner = random.uuid();
  const untimed = alreadyRevoked
    ? "somebody else revoked it, nobody knows when"
    : "it is not known when it was reported";
  const unknown: Record<string, string> = {
    ...(inSandbox && {
      author: "it did not run in a git checkout",
      runner: "history names nobody",
      commit: "it did not run in a git checkout",
      uncommittedChanges: "it did not run in a git checkout",
    }),
    ...(unseen && { snapshot: "never seen" }),
    ...(!verified && {
      verifiedAt: alive
        ? "Datadog still knew it when it was last asked"
        : "nobody saw it gone: these credentials could not look",
    }),
    ...((!reported || alreadyRevoked) && { secondsToRevoke: untimed }),
    ...(!reported && { reportedAt: "not given" }),
  };
  return {
    tokenId,
    stack: `acme/datadog-revocations/${stackName}`,
    resource: `urn:pulumi:${stackName}::datadog-revocations::pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation::${tokenId}`,
    resourceType: index % 4 === 1 ? "TokenRevocationBatch" : "TokenRevocation",
    removed: index % 19 === 10,
    status: alive ? "alive" : "revoked",
    outcome: alreadyRevoked ? "alreadyRevoked" : "revoked",
    httpStatus: alreadyRevoked ? 404 : 204,
    reportedAt: reported ? iso(acted - seconds * 1000) : null,
    revokedAt: iso(acted),
    verifiedAt: toVerify === null ? null : iso(acted + toVerify * 1000),
    secondsToRevoke: reported && !alreadyRevoked ? Math.round(seconds * 1000) / 1000 : null,
    secondsToVerify: toVerify,
    reason: index % 10 === 9 ? "(secret)" : random.pick(REASONS),
    ticket: index % 12 === 11 ? null : `SEC-${1042 + index * 3}`,
    requestedBy: `${random.pick(PEOPLE)}@example.com`,
    kind: service ? "service" : "personal",
    snapshot: unseen
      ? null
      : {
          tokenId,
          kind: service ? "service" : "personal",
          name: `${random.pick(NAMES)}-${1 + Math.floor(40 * fraction(random))}`,
          owner: {
            id: owner,
            type: service ? "service_account" : "users",
            ...(index % 9 !== 7 && { handle: service ? `sa-${random.hex(6)}` : `${random.pick(PEOPLE)}@example.com` }),
          },
          scopes: SCOPES.filter(() => fraction(random) < 0.45),
          createdAt: iso(acted - (20 + 300 * fraction(random)) * DAY),
          expiresAt: service ? null : iso(acted + (3 + 90 * fraction(random)) * DAY),
          lastUsedAt: index % 5 === 0 ? null : iso(acted - 12 * DAY * fraction(random)),
        },
    actor: {
      id: "c2b14f0e-6a53-4bb1-9d0a-3f7f0b0f4a11",
      handle: inSandbox ? "lucia.ferrari@example.com" : "revocation-pipeline@example.com",
      organizationId: "8f0b1c55-1f0e-4d4c-9a6e-0a6f6b1d2c33",
      organizationName: "Acme",
    },
    apiUrl: "https://api.datadoghq.eu",
    site: "datadoghq.eu",
    version: deployment.version,
    deployment,
    unknown,
  };
}

function findings(records: readonly AuditRecord[], runs: readonly Deployment[]): Finding[] {
  const alive = records.find(({ status }) => status === "alive");
  const failed = runs.find(({ result }) => result === "failed");
  const first = records[0];
  return [
    ...(alive
      ? [
          {
            kind: "alive" as const,
            stack: alive.stack,
            resource: alive.resource,
            tokenId: alive.tokenId,
            message: "Datadog was last seen to know this token still: pulumi up revokes it again",
          },
        ]
      : []),
    ...(failed && first
      ? [
          {
            kind: "failed" as const,
            stack: first.stack,
            resource: first.resource.replace(first.tokenId, "old-batch-7"),
            tokenId: "5d1f6a08-22c7-4a2b-8c3e-7a1be3b0f9aa",
            message:
              "not revoked: Datadog answered 403: the credentials need the permission org_app_keys_write for anyone's. The next pulumi up tries again",
          },
          {
            kind: "pending" as const,
            stack: first.stack,
            resource: first.resource.replace(first.tokenId, "contractor-2"),
            tokenId: null,
            message: "a run was stopped while it created this: whether its tokens were revoked is not recorded",
          },
        ]
      : []),
  ];
}

function stack(name: string, backend: string, runs: readonly Deployment[], notes: readonly string[]): AuditedStack {
  return { stack: name, backend, deployments: runs, notes };
}

/** From 0 to just below 1. */
function fraction(random: Random): number {
  return random.uint32() / 2 ** 32;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
