import { readOptions } from "../../../../cli/audit/auditOptions";
import type { AuditedHistory, AuditRecord, Finding } from "../../../../cli/audit/auditReport";
import type { Condition } from "../../../../cli/audit/conditions";
import { judge, unjudged } from "../../../../cli/audit/judge";
import { snapshot, tokenId } from "../../../support/stackHistory";

// Every condition of --fail-on, against all that may leave it without an answer: none may be silent about what it cannot
// judge, and none may claim what it does not know.

const id = tokenId(1);
const at = "2026-03-02T00:00:00.000Z";
const GATES = [
  "alreadyRevoked",
  "unverified",
  "slow:24h",
  "pending",
  "failed",
  "alive",
  "usedAfterLeak",
  "usedAfterReport",
];

/** Revoked an hour after it was reported, seen gone, never leaked, never used: no condition applies. */
const sound = {
  tokenId: id,
  stack: "shop/dev",
  removed: false,
  status: "revoked",
  outcome: "revoked",
  reportedAt: "2026-03-01T23:00:00.000Z",
  revokedAt: at,
  verifiedAt: at,
  secondsToRevoke: 3600,
  snapshot: { ...snapshot(id), leak: null },
  unknown: {},
} as unknown as AuditRecord;

type Changes = Partial<Omit<AuditRecord, "snapshot">> & { readonly snapshot?: object | null };

function reportOf(changes: Changes, findings: readonly Finding[] = []): AuditedHistory {
  return { project: "shop", stacks: [], records: [{ ...sound, ...changes } as AuditRecord], findings };
}

/** What becomes of each condition: those that apply, and those that cannot be judged. */
function outcomeOf(report: AuditedHistory): { applies: string[]; open: string[] } {
  const { failOn } = readOptions(["--fail-on", GATES.join()]);
  const named = (lines: readonly string[]) => lines.map((line) => / (\w+)/.exec(line)?.[1] ?? "");
  return { applies: named(judge(report, failOn)), open: named(unjudged(report, failOn)) };
}

const seen = (more: object) => ({ snapshot: { ...snapshot(id), leak: null, ...more } });
const without = (why: string) => ({ snapshot: null, unknown: { snapshot: why } });
const later = "not a value that this version knows";
const odd = "recorded in a shape that this version does not know";
const asked = (alive: boolean | null, why?: string): Changes => ({ verification: { alive, ...(why && { why }) } });
const unreported = (why: string): Changes => ({
  reportedAt: null,
  secondsToRevoke: null,
  unknown: { reportedAt: why, secondsToRevoke: why },
});
const notFound: Changes = {
  ...{ outcome: "alreadyRevoked", verifiedAt: null, secondsToRevoke: null },
  ...without("never seen"),
};

test.each<[string, Changes, { applies?: string; open?: string }]>([
  ["a sound record", {}, {}],

  ["--verify, which saw it gone", asked(false), {}],
  ["--verify, which saw it alive", { ...asked(true) }, { applies: "unverified" }],
  ["--verify with other keys, of one that was seen gone", asked(null, "not asked: elsewhere"), { open: "alive" }],
  [
    "--verify with other keys, of one that was not",
    { ...asked(null, "not asked: elsewhere"), verifiedAt: null },
    { open: "unverified alive" },
  ],
  ["--verify without an answer", { ...asked(null, "answered 503"), verifiedAt: null }, { open: "unverified alive" }],
  ["no --verify, of one that was not seen gone", { verifiedAt: null }, { applies: "unverified" }],

  ["a token never seen", notFound, { applies: "alreadyRevoked unverified", open: "usedAfterLeak usedAfterReport" }],
  [
    "a token never seen, and --verify",
    { ...notFound, ...asked(null, "never seen") },
    { applies: "alreadyRevoked", open: "unverified alive usedAfterLeak usedAfterReport" },
  ],

  ["a snapshot that is a secret", without("(secret)"), { open: "slow usedAfterLeak usedAfterReport" }],
  ["a snapshot of a shape of its own", without(odd), { open: "slow usedAfterLeak usedAfterReport" }],
  [
    "a snapshot whose leak cannot be read",
    { ...seen({ leak: undefined }), unknown: { leak: odd } },
    { open: "slow usedAfterLeak" },
  ],
  ["a snapshot that says nothing of leaks", seen({ leak: undefined }), { open: "usedAfterLeak" }],
  ["a leak without its time", seen({ leak: {} }), { open: "slow usedAfterLeak" }],
  ["a last use that is not known", seen({ lastUsedAt: undefined }), { open: "usedAfterReport" }],
  ["a use after the report", seen({ lastUsedAt: "2026-03-01T23:30:00Z" }), { applies: "usedAfterReport" }],
  [
    "a use after the leak",
    seen({ leak: { detectedAt: "2026-03-01T22:00:00Z" }, lastUsedAt: "2026-03-01T22:30:00Z" }),
    { applies: "usedAfterLeak" },
  ],

  [
    "a time of report that is a secret",
    { reportedAt: "(secret)", secondsToRevoke: null },
    { open: "slow usedAfterReport" },
  ],
  ["a time of report that is none", { reportedAt: "soon", secondsToRevoke: null }, { open: "slow usedAfterReport" }],
  [
    "a time of report as of then, of an act of 0.1.0",
    unreported("the resource was changed since; now none"),
    { open: "slow usedAfterReport" },
  ],
  ["a time of report that cannot be read", unreported(odd), { open: "slow usedAfterReport" }],
  ["a time of report given later", unreported('given later, deployment 3: "x"'), { open: "slow usedAfterReport" }],
  ["no time of report", unreported("not given"), {}],
  ["a slow one", { secondsToRevoke: 90_000 }, { applies: "slow" }],

  [
    "an outcome of a later version",
    { outcome: "suspended", unknown: { outcome: later } },
    { open: "alreadyRevoked slow" },
  ],
  ["no outcome", { outcome: "unknown", unknown: { outcome: odd } }, { open: "alreadyRevoked slow" }],
  ["a status of a later version", { status: "paused", unknown: { status: later } }, { open: "unverified alive" }],
  ["the same, and --verify", { status: "paused", unknown: { status: later }, ...asked(false) }, {}],
  [
    "a time of verification that cannot be read",
    { verifiedAt: null, unknown: { verifiedAt: odd } },
    { open: "unverified" },
  ],
  [
    "a record that was removed while its token was alive",
    { removed: true, status: "alive" },
    { applies: "unverified", open: "alive" },
  ],
  [
    "a record that a later one supersedes",
    { ...notFound, supersededBy: { version: 2, revokedAt: at, resource: "urn" }, ...asked(null, "not asked") },
    { applies: "alreadyRevoked", open: "usedAfterLeak usedAfterReport" },
  ],
])("%s", (_, changes, { applies = "", open = "" }) => {
  const told = outcomeOf(reportOf(changes));
  expect({ applies: told.applies.join(" "), open: told.open.join(" ") }).toEqual({ applies, open });
});

const finding = (kind: Finding["kind"]): Finding => ({
  kind,
  stack: "shop/dev",
  resource: null,
  tokenId: null,
  message: "",
});
const ALL = GATES.map((gate) => gate.replace(/:.*/, ""));

test.each<[Finding["kind"], { applies?: string[]; open?: string[]; why?: string }]>([
  ["pending", { applies: ["pending"] }],
  ["failed", { applies: ["failed"] }],
  ["alive", { applies: ["alive"] }],
  ["underWay", { open: ["pending", "failed", "alive"], why: "a run is under way" }],
  ["unreadable", { open: ALL, why: "some of its data cannot be read" }],
])("a finding of the kind %s", (kind, { applies = [], open = [], why = "" }) => {
  const report = reportOf({}, [finding(kind), finding(kind)]);
  expect(outcomeOf(report)).toEqual({ applies, open });
  for (const condition of open.filter((each) => each !== "slow")) {
    const line = `--fail-on ${condition}: cannot be judged for 1: stack shop/dev (${why})`;
    expect(unjudged(report, [{ kind: condition } as Condition])).toEqual([line]);
  }
});

test("a record that cannot be read is named by its token", () => {
  const report = reportOf({}, [{ ...finding("unreadable"), tokenId: id }]);
  const line = `--fail-on alive: cannot be judged for 1: ${id} (some of its data cannot be read)`;
  expect(unjudged(report, [{ kind: "alive" }])).toEqual([line]);
});
