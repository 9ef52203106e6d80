import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import schema from "../../../../audit.schema.json";
import type { AuditReport } from "../../../../cli/audit/auditReport";
import { collect } from "../../../../cli/audit/collect";
import { FileBackend, folderOf } from "../../../../cli/audit/fileBackend";
import { format } from "../../../../cli/audit/formatReport";
import { selectStacks } from "../../../../cli/audit/selectStacks";
import { writeWhole } from "../../../../cli/output";
import { fc } from "../../../support/cases";
import { type Resource, record, revocation, StackHistory, shard, tokenId } from "../../../support/stackHistory";

// Many histories are written and read.
jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The report of all stacks in the folder. */
async function audit(prune = true): Promise<AuditReport> {
  const backend = new FileBackend(folder);
  const stacks = await selectStacks(backend, folder, { stacks: [], project: "shop" });
  const sources = await Promise.all(stacks.map((stack) => backend.open(stack)));
  // Without its changes every checkpoint is opened.
  const whole = sources.map((source) => ({
    ...source,
    history: source.history.map((entry) => Object.assign(entry, prune ? {} : { changes: null })),
  }));
  return (await collect(prune ? sources : whole)).report;
}

const validate = addFormats(new Ajv({ allErrors: true })).compile(schema);

/** Three deployments: one revokes, one edits the reason, one removes and revokes another. */
function threeDeployments(): StackHistory {
  const history = new StackHistory();
  const first = record(tokenId(1), history.at());
  history.deploy([revocation("a", { ...first, reason: "first" })]);
  history.deploy([revocation("a", { ...first, reason: "second" })]);
  history.deploy([revocation("b", record(tokenId(2), history.at()))]);
  return history;
}

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

test("whatever happened, opening only what can differ finds what opening everything finds", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (moves) => {
      rmSync(folder, { recursive: true, force: true });
      const history = play(moves);
      history.write(folder);
      const report = await audit();
      expect(report).toEqual(await audit(false));
      expect(validate(report) ? [] : validate.errors).toEqual([]);

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
    { numRuns: 30, seed: 7 },
  );
});

test("the order in which files were made makes no difference, nor does their compression", async () => {
  const reports = new Set<string>();
  const shapes = [
    {},
    { order: (files: string[]) => files.toReversed() },
    { compress: "gzip" },
    { compress: "zstd" },
  ] as const;
  for (const shape of shapes) {
    rmSync(folder, { recursive: true, force: true });
    threeDeployments().write(folder, shape);
    reports.add(await format(await audit(), "json", undefined));
  }
  expect(reports.size).toBe(1);
  expect([...reports][0]).toContain('"reason": "first"');
});

describe("damaged files are named, and the rest is shown", () => {
  const damage = (file: RegExp): string => {
    const all = readdirSync(join(folder, ".pulumi"), { recursive: true }).map(String);
    const name = all.filter((each) => file.test(each)).toSorted()[0] as string;
    writeFileSync(join(folder, ".pulumi", name), '{"version":3,');
    return name;
  };

  test("an entry of the history", async () => {
    threeDeployments().write(folder);
    const file = damage(/\.history\.json$/);
    const { records, findings, stacks } = await audit();
    expect(findings).toEqual([
      expect.objectContaining({ kind: "unreadable", message: `${file} is damaged: it is not whole JSON` }),
    ]);
    expect(stacks[0]?.deployments.map(({ version }) => version)).toEqual([2, 3]);
    expect(records.map(({ tokenId, version, unknown }) => [tokenId, version, unknown.deployment])).toEqual([
      [tokenId(1), 1, "its entry in the history cannot be read"],
      [tokenId(2), 3, undefined],
    ]);
  });

  test("a checkpoint: what it held is told by time, and what was edited since is not known", async () => {
    threeDeployments().write(folder);
    const file = damage(/\.checkpoint\.json$/);
    const { records, findings } = await audit();
    expect(findings).toEqual([
      expect.objectContaining({ kind: "unreadable", message: `${file} is damaged: it is not whole JSON` }),
    ]);
    expect(records[0]).toMatchObject({ version: 1, removed: true, reason: null });
    expect(records[0]?.unknown.reason).toContain('now "second"');
  });

  test("the state", async () => {
    threeDeployments().write(folder);
    const file = damage(/^stacks.*\.json$/);
    const { records, findings } = await audit();
    expect(findings).toEqual([expect.objectContaining({ kind: "unreadable", message: expect.stringContaining(file) })]);
    expect(records).toHaveLength(2);
  });
});

test("checkpoints that were deleted are said", async () => {
  const history = threeDeployments();
  history.checkpoints[0] = undefined;
  history.write(folder);
  const { stacks } = await audit();
  expect(stacks[0]?.notes).toEqual(["The checkpoints of deployments 1 are gone: what only they held is not shown"]);
});

describe("stacks are chosen", () => {
  const choose = (stacks: string[], project?: string) =>
    selectStacks(new FileBackend(folder), folder, { stacks, project });

  test("by name, with or without project, and misspelled ones get the nearest", async () => {
    threeDeployments().write(folder);
    for (const name of ["dev", "shop/dev", "organization/shop/dev"]) {
      expect((await choose([name])).map(({ shown }) => shown)).toEqual(["shop/dev"]);
    }
    await expect(choose(["def"])).rejects.toThrow('Unknown stack "def"; did you mean "dev"?');
    await expect(choose([], "shoq")).rejects.toThrow(/Unknown project "shoq".*did you mean "shop"\?/);
  });

  test("only within the backend's folder", async () => {
    threeDeployments().write(folder);
    await expect(choose([], "../stacks/shop")).rejects.toThrow(/^Unknown project/);
  });

  test("by the folder's project; without one, or without any stack, that is said", async () => {
    await expect(choose([])).rejects.toThrow("There is no Pulumi project here");
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    await expect(choose([])).rejects.toThrow(`There is no stack at all in ${folder}.`);
    threeDeployments().write(folder);
    expect(await choose([])).toHaveLength(1);
  });
});

test("the addresses of file backends are read as Pulumi reads them", () => {
  expect(folderOf("file:///var/state?no_tmp_dir=true", "/here")).toBe("/var/state");
  expect(folderOf("file://./state", "/here")).toBe("/here/state");
  expect(folderOf("file://~/state", "/here")).toBe(join(process.env.HOME ?? "", "state"));
});

describe("hostile text", () => {
  const hostile = `=cmd|' /C calc'!A0 \u001b[2J\u009b31m\u202e <script>alert(1)</script> | [x](http://evil.example) @all\nnext`;
  const reportOfHostile = async (): Promise<AuditReport> => {
    const history = new StackHistory();
    const id = tokenId(1);
    const snapshot = { ...(record(id, history.at()) as { snapshot: object }).snapshot, name: hostile };
    history.deploy(
      [
        revocation(hostile.replace(/:/g, ""), {
          ...record(id, history.at(), { snapshot }),
          reason: hostile,
          ticket: hostile,
        }),
      ],
      {
        message: hostile,
        environment: { "git.author": hostile, "ci.build.url": "javascript:alert(1)" },
      },
    );
    history.write(folder);
    return audit();
  };

  test("never reaches a terminal as more than text", async () => {
    const report = await reportOfHostile();
    for (const as of ["table", "csv", "markdown", "json"] as const) {
      const text = await format(report, as, as === "table" ? 200 : undefined);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  });

  test("stays exact in JSON, and is no link", async () => {
    const parsed = JSON.parse(await format(await reportOfHostile(), "json", undefined));
    expect(parsed.records[0].snapshot.name).toBe(hostile);
    expect(parsed.records[0].deployment.buildUrl).toBeNull();
    expect(validate(parsed)).toBe(true);
  });

  test("is no formula in CSV", async () => {
    const [, row = ""] = (await format(await reportOfHostile(), "csv", undefined)).split("\n");
    expect(row).toContain("'=cmd|");
    expect(row).not.toMatch(/(^|,)"?=/);
  });

  test("is no markup in Markdown, and mentions nobody", async () => {
    const text = await format(await reportOfHostile(), "markdown", undefined);
    const row = text.split("\n").find((line) => line.includes(tokenId(1))) ?? "";
    const heading = text.split("\n").find((line) => line.startsWith("| Token")) ?? "";
    expect(row.split("|")).toHaveLength(heading.split("|").length);
    expect(text).not.toMatch(/<script|@all|\]\(http|:\/\/evil/);
  });
});

test("a table fits the terminal, and shows more in a wider one", async () => {
  threeDeployments().write(folder);
  const report = await audit();
  const widest = async (width: number): Promise<number> => {
    const [heading = "", ...rows] = (await format(report, "table", width)).split("\n").slice(0, 3);
    return Math.max(heading.length, ...rows.map((row) => row.length));
  };
  for (const width of [80, 120, 200]) expect(await widest(width)).toBeLessThanOrEqual(width);
  expect(await widest(200)).toBeGreaterThan(await widest(80));
});

describe("an output file", () => {
  test("is replaced as a whole", async () => {
    const path = join(folder, "report.json");
    writeFileSync(path, "before");
    await writeWhole(path, "after");
    expect(readFileSync(path, "utf8")).toBe("after");
    expect(readdirSync(folder)).toEqual(["report.json"]);
  });

  test("may be read by whom it might before", async () => {
    const path = join(folder, "report.json");
    writeFileSync(path, "before", { mode: 0o600 });
    await writeWhole(path, "after");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("that cannot be written leaves nothing behind, and says why", async () => {
    await expect(writeWhole(join(folder, "no/report.json"), "text")).rejects.toThrow("there is no such folder");
    await expect(writeWhole(folder, "text")).rejects.toThrow("it is a folder");
    expect(readdirSync(folder)).toEqual([]);
  });
});
