import { readOptions } from "../../../../cli/audit/auditOptions";
import type { AuditedHistory, AuditRecord, Finding } from "../../../../cli/audit/auditReport";
import { narrow } from "../../../../cli/audit/narrow";
import { publicPortion } from "../../../../provider/tokens/tokenIds";
import { snapshot, tokenId } from "../../../support/stackHistory";

const [one, two] = [tokenId(1), tokenId(2)] as [string, string];
const at = "2026-03-01T12:00:00.000Z";

function row(id: string, revokedAt: string, more: Partial<AuditRecord> = {}): AuditRecord {
  const known = { tokenId: id, revokedAt, outcome: "revoked", ticket: "SEC-1", unknown: {} };
  return { ...known, snapshot: snapshot(id), ...more } as AuditRecord;
}

const owner = { id: two, type: "service_account", name: "Deployer" };
const failed: Finding = { kind: "failed", stack: "shop/dev", resource: null, tokenId: two, message: "" };
const history = (records: readonly AuditRecord[], findings: readonly Finding[] = []): AuditedHistory => ({
  project: "shop",
  stacks: [],
  records,
  findings,
});
const report = history(
  [
    row(one, at),
    row(two, "2026-03-02T23:59:59.999Z", {
      outcome: "alreadyRevoked",
      ticket: "SEC-2",
      snapshot: { tokenId: two, owner } as AuditRecord["snapshot"],
    }),
  ],
  [failed],
);
const filterOf = (args: string) => readOptions(args.split(" ").filter(Boolean)).filter;

test.each([
  ["", "one two"],
  ["--since 2026-03-02", "two"],
  ["--until 2026-03-01", "one"],
  ["--until 2026-03-02", "one two"],
  ["--since 2026-03-01T12:00:00Z --until 2026-03-01T12:00:00Z", "one"],
  ["--since 2026-03-01T13:00:00+01:00", "one two"],
  [`--token ${one.toUpperCase()}`, "one"],
  [`--token ${publicPortion(two)}`, "two"],
  [`--token ${one} --token ${two}`, "one two"],
  ["--owner Robin.Okafor@example.com", "one"],
  ["--owner bcc8bb38-d1e1-4b52-adda-ebf269e3259c", "one"],
  ["--owner deployer", "two"],
  ["--ticket sec-2", "two"],
  ["--outcome alreadyRevoked", "two"],
  ["--outcome revoked --ticket SEC-2", ""],
])("the filter %j shows %j, and counts what it leaves out", (args, expected) => {
  const narrowed = narrow(report, filterOf(args));
  const names = narrowed.report.records.map(({ tokenId }) => (tokenId === one ? "one" : "two"));
  expect(names.join(" ")).toBe(expected);
  expect(narrowed).toMatchObject({ leftOut: 2 - names.length, missing: [] });
});

test("a finding is shown if its token is", () => {
  const found = (args: string): number => narrow(report, filterOf(args)).report.findings.length;
  expect([found(""), found(`--token ${one}`), found("--ticket SEC-2"), found("--ticket SEC-1")]).toEqual([1, 0, 1, 0]);
});

test("a record that cannot be read stays a finding, unless it is of a token that is not wanted", () => {
  const unreadable = history(report.records, [{ ...failed, kind: "unreadable" }]);
  const found = (args: string): number => narrow(unreadable, filterOf(args)).report.findings.length;
  expect([found("--ticket SEC-1"), found(`--token ${one}`)]).toEqual([1, 0]);
});

const unseen = (why: string, more: Partial<AuditRecord> = {}): Partial<AuditRecord> => ({
  snapshot: null,
  unknown: { snapshot: why },
  ...more,
});
const known = (more: object, unknown: Record<string, string> = {}): Partial<AuditRecord> => ({
  snapshot: { ...snapshot(one), ...more } as AuditRecord["snapshot"],
  unknown,
});
const ticket = (why: string): Partial<AuditRecord> => ({ ticket: null, unknown: { ticket: why } });
const UUID = "bcc8bb38-d1e1-4b52-adda-ebf269e3259c";
const nameless = { owner: { id: UUID, type: "service_account", handle: UUID } };

test.each<[string, string, Partial<AuditRecord>, string]>([
  ["owner", "x", unseen("never seen"), "its owner is not known: never seen"],
  ["owner", "x", unseen("(secret)"), "its owner is not known: (secret)"],
  [
    "owner",
    "x",
    known({ owner: undefined }, { owner: "Datadog did not say" }),
    "its owner is not known: Datadog did not say",
  ],
  ["owner", "x", known({ owner: undefined }, { owner: "(secret)" }), "its owner is not known: (secret)"],
  ["owner", "deployer", known(nameless), "only the id of its owner is known"],
  ["owner", "deployer", known({ owner: { id: UUID, type: "users" } }), "only the id of its owner is known"],
  ["ticket", "SEC-1", { ticket: "(secret)" }, "its ticket is secret"],
  ["ticket", "(secret)", { ticket: "(secret)" }, "its ticket is secret"],
  ["ticket", "SEC-1", ticket('given later, deployment 3: "SEC-1"'), "its ticket was given later, deployment 3"],
  ["ticket", "SEC-1", ticket('the resource was changed since; now "SEC-1"'), "its ticket is not known"],
  ["ticket", "SEC-1", ticket("recorded in a shape that this version does not know"), "its ticket is not known"],
  ["outcome", "revoked", { outcome: "unknown", unknown: { outcome: "not recorded" } }, "its outcome is not recorded"],
  [
    "outcome",
    "revoked",
    { outcome: "suspended", unknown: { outcome: "a word of a later version" } },
    "its outcome is a word of a later version",
  ],
])("--%s %s leaves out what it cannot judge, and says so: %j", (option, value, more, why) => {
  const { filter } = readOptions([`--${option}`, value]);
  const narrowed = narrow(history([row(one, at, more), row(two, at, more)]), filter);
  expect(narrowed.report.records).toEqual([]);
  const named = `${one} (${why}), ${two} (${why})`;
  expect(narrowed.missing).toEqual([`--${option}: cannot be judged for 2, left out here: ${named}`]);
  // Another option that leaves it out for sure is enough.
  expect(narrow(history([row(one, at, more)]), { ...filter, since: Date.parse("2026-04-01") }).missing).toEqual([]);
});

test.each<[string, string, Partial<AuditRecord>]>([
  ["owner", tokenId(9), known(nameless)],
  ["owner", "x", known({})],
  ["ticket", "SEC-9", { ticket: null, unknown: { ticket: "not given" } }],
])("--%s %s leaves out for sure what is known not to match: %j", (option, value, more) => {
  const { report, leftOut, missing } = narrow(
    history([row(one, at, more)]),
    readOptions([`--${option}`, value]).filter,
  );
  expect({ records: report.records, leftOut, missing }).toEqual({ records: [], leftOut: 1, missing: [] });
});

test("of many records that a filter cannot judge ten are named", () => {
  const many = Array.from({ length: 12 }, (_, index) => row(tokenId(index), at, unseen("never seen")));
  const { missing, leftOut } = narrow(history(many), filterOf("--owner x"));
  expect([leftOut, missing]).toEqual([
    12,
    [expect.stringMatching(/^--owner: cannot be judged for 12, .*, and 2 more$/)],
  ]);
});
