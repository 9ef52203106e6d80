import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { AuditedHistory } from "../../../../../cli/audit/auditReport";
import { findBackend } from "../../../../../cli/audit/backends/backend";
import { Pulumi } from "../../../../../cli/audit/backends/pulumiCommand";
import { collect } from "../../../../../cli/audit/collect";
import { selectStacks } from "../../../../../cli/audit/selectStacks";
import { record, revocation, StackHistory, tokenId } from "../../../../support/stackHistory";

/**
 * Stands in for the command on a backend that only it can read, printing what Pulumi's source says that it prints.
 * What it was asked is in `asked`.
 */
const STAND_IN = `#!/usr/bin/env node
const { appendFileSync, readFileSync } = require("fs");
const at = (name) => require("path").join(__dirname, name);
const args = process.argv.slice(2);
const value = (flag) => args[args.indexOf(flag) + 1];
const stored = JSON.parse(readFileSync(at("stored.json"), "utf8"));
appendFileSync(at("asked"), args.join(" ") + "\\n");
const print = (content) => process.stdout.write(JSON.stringify(content));
const command = args.slice(0, 2).join(" ");
if (args[0] === "version") process.stdout.write("v3.259.0");
else if (args[0] === "whoami") print({ user: "ann", url: stored.url });
else if (command === "stack ls") print(stored.stacks.map((name) => ({ name, current: false })));
else if (command === "stack history") {
  const size = Number(value("--page-size")), page = Number(value("--page"));
  print(size === 0 ? stored.history : stored.history.slice((page - 1) * size, page * size));
} else if (command === "stack export" && args.includes("--version")) print(stored.versions[value("--version")]);
else if (command === "stack export") print(stored.state);
`;

// Each command is a process of its own.
jest.setTimeout(60_000);

let folder: string;
const path = process.env.PATH;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
  writeFileSync(join(folder, "pulumi"), STAND_IN, { mode: 0o755 });
  process.env.PATH = [folder, dirname(process.execPath), path].join(delimiter);
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

/** What the stand-in prints. */
function store(url: string, history: StackHistory, stacks: readonly string[]): void {
  const rfc3339 = (seconds: number): string => new Date(seconds * 1000).toISOString();
  const entries = history.entries.map((entry, index) => ({
    ...entry,
    version: url.startsWith("https") ? index + 1 : 0,
    startTime: rfc3339(entry.startTime),
    endTime: rfc3339(entry.endTime),
  }));
  const exported = (checkpoint: object | undefined): object => {
    const { latest } = (checkpoint as { checkpoint: { latest: object } }).checkpoint;
    return { version: 3, deployment: latest };
  };
  const versions = Object.fromEntries(history.checkpoints.map((each, index) => [index + 1, exported(each)]));
  const stored = { url, stacks, history: entries.toReversed(), versions, state: exported(history.checkpoint()) };
  writeFileSync(join(folder, "stored.json"), JSON.stringify(stored));
}

const asked = (): string[] => readFileSync(join(folder, "asked"), "utf8").trim().split("\n");

async function audit(...stacks: string[]): Promise<AuditedHistory> {
  const backend = await findBackend(await Pulumi.find(folder));
  const chosen = await selectStacks(backend, folder, { stacks, project: stacks.length === 0 ? "shop" : undefined });
  return (await collect(await Promise.all(chosen.map((stack) => backend.open(stack))))).report;
}

/** A token revoked and removed again, and deployments without changes enough for a second page. */
function longHistory(): StackHistory {
  const history = new StackHistory();
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  history.deploy([revocation("b", { ...record(tokenId(2), history.at()), reason: "first" })]);
  for (let n = 0; n < 118; n++) history.deploy([...history.resources.values()]);
  return history;
}

test("on Pulumi Cloud history is read page by page, and only those old states that can differ", async () => {
  store("https://api.pulumi.com", longHistory(), ["acme/shop/dev"]);
  const { stacks, records } = await audit();
  expect(stacks[0]).toMatchObject({ stack: "acme/shop/dev", backend: "cloud", notes: [] });
  expect(stacks[0]?.deployments).toHaveLength(120);
  expect(records.map(({ tokenId, version, removed }) => [tokenId, version, removed])).toEqual([
    [tokenId(1), 1, true],
    [tokenId(2), 2, false],
  ]);
  const exports = asked().filter((line) => line.startsWith("stack export"));
  expect(exports.map((line) => / --version (\d+)/.exec(line)?.[1])).toEqual(["1", "120", undefined]);
  // Nothing that would decrypt.
  expect(asked().join()).not.toContain("--show-secrets");
});

test.each([
  ["postgres://u:pass-word@db/state", "postgres"],
  ["s3://bucket", "s3"],
  ["gs://bucket", "gs"],
  ["azblob://container", "azblob"],
])("on %s state and history are read, and what is missing is said", async (url, kind) => {
  store(url, longHistory(), ["organization/shop/dev", "organization/other/dev"]);
  const report = await audit("shop/dev");
  expect(report.stacks).toMatchObject([
    {
      stack: "shop/dev",
      backend: kind,
      notes: [
        expect.stringMatching(new RegExp(`^Old checkpoints cannot be read from a ${kind} .*removed resources: 2$`)),
      ],
    },
  ]);
  expect(report.records.map(({ tokenId, version, reason }) => [tokenId, version, reason])).toEqual([
    [tokenId(2), 2, "first"],
  ]);
  expect(JSON.stringify(report)).not.toContain("pass-word");
});
