import { NotThere, type StackSource } from "../../../../../cli/audit/backends/stackSource";
import { compareEvidence } from "../../../../../cli/audit/evidence/compareEvidence";
import { compareRecords } from "../../../../../cli/audit/evidence/compareRecords";
import { evidenceOf } from "../../../../../cli/audit/evidence/stackEvidence";
import { record, revocation, StackHistory, tokenId } from "../../../../support/stackHistory";
import { only, reportOf, sourceOf } from "../stackInMemory";

const NAME = "acme/shop/dev";

/** A stack as only the command shows it: what is stored under each name, and how each deployment ended. */
function printed(
  contents: Record<string, string>,
  results: readonly string[],
  damaged: readonly string[] = [],
): StackSource {
  const history = new StackHistory();
  for (const result of results) history.deploy([], { result });
  return {
    ...sourceOf(history),
    stack: NAME,
    backend: "cloud",
    damaged,
    read: Object.entries(contents).map(([name, content]) => ({ name: `${NAME}: ${name}`, sha256: content.repeat(64) })),
    digest: async (name) => {
      throw new NotThere(`There is no ${name}`);
    },
  };
}

const TWO = { "deployment 1": "1", "deployment 2": "2", state: "a", "state after deployment 2": "b" };
const ENDED = ["succeeded", "succeeded"];

test("what the command prints is told apart by its name, with its deployment", () => {
  expect(evidenceOf(printed(TWO, ENDED)).read).toEqual([
    { kind: "historyEntry", version: 1, name: `${NAME}: deployment 1`, sha256: "1".repeat(64) },
    { kind: "historyEntry", version: 2, name: `${NAME}: deployment 2`, sha256: "2".repeat(64) },
    { kind: "state", version: null, name: `${NAME}: state`, sha256: "a".repeat(64) },
    { kind: "oldState", version: 2, name: `${NAME}: state after deployment 2`, sha256: "b".repeat(64) },
  ]);
});

test("a deployment that was not over ran since, and its entry was not edited", async () => {
  const running = evidenceOf(printed(TWO, ["succeeded", "in-progress"]));
  const over = printed({ ...TWO, "deployment 2": "3", state: "c", "state after deployment 2": "c" }, ENDED);
  expect(await compareEvidence(running, over)).toMatchObject({ since: [{ version: 2 }], changed: [], unchecked: [] });
});

test("while a deployment runs, a state that differs proves nothing", async () => {
  const before = evidenceOf(printed({ "deployment 1": "1", state: "a" }, ["succeeded"]));
  const { since, changed, unchecked } = await compareEvidence(
    before,
    printed({ "deployment 1": "1", "deployment 2": "2", state: "b" }, ["succeeded", "in-progress"]),
  );
  expect({ since, changed }).toEqual({ since: [], changed: [] });
  expect(unchecked).toEqual([expect.stringContaining("whether a deployment ran since is not known: one is not over")]);
});

test("where the history cannot be had, none of its entries is called missing", async () => {
  const { changed, unchecked } = await compareEvidence(
    evidenceOf(printed(TWO, ENDED)),
    printed({ state: "a" }, [], ["pulumi stack history: connection refused"]),
  );
  expect(changed).toEqual([]);
  expect(unchecked).toContain(
    `the history entry of deployment 1 (${NAME}: deployment 1) is not known: pulumi stack history: connection refused`,
  );
});

test("what was read from elsewhere, in another way, or not at all cannot be compared", async () => {
  const now = printed(TWO, ENDED);
  const known = evidenceOf(now);
  const files = [{ kind: "state", version: null, name: ".pulumi/stacks/shop/dev.json", sha256: "a" }] as const;
  for (const [other, why] of [
    [{ ...known, backend: "s3" }, "another kind of backend: s3, and this is cloud"],
    [{ ...known, read: files }, "its digests are of another form"],
    [{ ...known, read: [] }, "nothing of it could be read when the statement was made"],
  ] as const) {
    const { changed, unchecked } = await compareEvidence(other, now);
    expect(changed).toEqual([]);
    expect(unchecked).toEqual([expect.stringContaining(why)]);
  }
});

test("of a record, what later runs add is no change; what nobody can tell any more is not checked", async () => {
  const history = new StackHistory();
  history.deploy([revocation("a", { ...record(tokenId(1), history.at()), ticket: "SEC-1", verifiedAt: null })]);
  const now = only(await reportOf(history));
  const compare = (known: object, today: object, isLost = false) =>
    compareRecords([{ ...now, ...known }], [{ ...now, ...today }], isLost);
  const nothing = { changed: [], unchecked: [] };
  expect(compare({}, { verifiedAt: "2026-01-02T00:00:00Z", status: "alive", removed: true })).toEqual(nothing);
  expect(compare({ ticket: "SEC-1" }, { ticket: null, unknown: { ticket: "not recorded" } })).toEqual({
    changed: [],
    unchecked: [expect.stringMatching(/can no longer be read in full: ticket$/)],
  });
  expect(compare({ ticket: "SEC-1" }, { ticket: null, unknown: { ticket: "not given" } })).toEqual({
    changed: [expect.stringMatching(/differs, though its deployment is over: ticket$/)],
    unchecked: [],
  });
  expect(compareRecords([{ ...now }], [], false).changed).toEqual([expect.stringContaining("is not there any more")]);
  expect(compareRecords([{ ...now }], [], true).unchecked).toEqual([expect.stringContaining("is not shown any more")]);
});
