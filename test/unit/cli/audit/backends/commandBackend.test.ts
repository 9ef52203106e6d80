import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { AuditedHistory } from "../../../../../cli/audit/auditReport";
import { findBackend } from "../../../../../cli/audit/backends/backend";
import { type LoadPackages, PackageMissing } from "../../../../../cli/audit/backends/optionalPackage";
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
else if (command === "stack ls" && stored.error) {
  process.stderr.write(stored.error);
  process.exit(255);
} else if (command === "stack ls") print(stored.stacks.map((name) => ({ name, current: false })));
else if (command === "stack history") {
  if (value("--page-size") === "0") print(stored.history);
} else if (command === "stack export") print(stored.state);
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
function store(url: string, history: StackHistory, stacks: readonly string[], error?: string): void {
  const rfc3339 = (seconds: number): string => new Date(seconds * 1000).toISOString();
  const entries = history.entries.map((entry) => ({
    ...entry,
    version: 0,
    startTime: rfc3339(entry.startTime),
    endTime: rfc3339(entry.endTime),
  }));
  const exported = (checkpoint: object | undefined): object => {
    const { latest } = (checkpoint as { checkpoint: { latest: object } }).checkpoint;
    return { version: 3, deployment: latest };
  };
  const versions = Object.fromEntries(history.checkpoints.map((each, index) => [index + 1, exported(each)]));
  const stored = { url, stacks, history: entries.toReversed(), versions, state: exported(history.checkpoint()), error };
  writeFileSync(join(folder, "stored.json"), JSON.stringify(stored));
}

const url = (): string => JSON.parse(readFileSync(join(folder, "stored.json"), "utf8")).url;

/** No client of any store is installed. */
const none: LoadPackages = (...names) => {
  throw new PackageMissing(names.join(" "));
};

async function audit(...stacks: string[]): Promise<AuditedHistory> {
  const backend = await findBackend(folder, { ...process.env, PULUMI_BACKEND_URL: url() }, none);
  const chosen = await selectStacks(backend, folder, { stacks, project: stacks.length === 0 ? "shop" : undefined });
  return (await collect(await Promise.all(chosen.map((stack) => backend.open(stack))))).report;
}

/** A token revoked and removed again, and deployments without changes. */
function longHistory(): StackHistory {
  const history = new StackHistory();
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  history.deploy([revocation("b", { ...record(tokenId(2), history.at()), reason: "first" })]);
  for (let n = 0; n < 118; n++) history.deploy([...history.resources.values()]);
  return history;
}

test.each([
  ["postgres://u:pass-word@db/state", "postgres", "pg"],
  ["s3://bucket", "s3", "@aws-sdk/client-s3"],
  ["gs://bucket", "gs", "@google-cloud/storage"],
  ["azblob://container?storage_account=acme", "azblob", "@azure/storage-blob @azure/identity"],
])("on %s without its client state and history are read, and what is missing is said", async (url, kind, client) => {
  store(url, longHistory(), ["organization/shop/dev", "organization/other/dev"]);
  const report = await audit("shop/dev");
  expect(report.stacks).toMatchObject([
    {
      stack: "shop/dev",
      backend: kind,
      notes: [
        expect.stringMatching(
          new RegExp(
            `^Old checkpoints cannot be read from a ${kind} .*removed resources: 2\\. .*--save-dev ${client}$`,
          ),
        ),
      ],
    },
  ]);
  expect(report.records.map(({ tokenId, version, reason }) => [tokenId, version, reason])).toEqual([
    [tokenId(2), 2, "first"],
  ]);
  expect(JSON.stringify(report)).not.toContain("pass-word");
  // Nothing that would decrypt.
  expect(readFileSync(join(folder, "asked"), "utf8")).not.toContain("--show-secrets");
});

test("a state that Pulumi cannot read, which hides all stacks, is named with its cause and with what would read the others", async () => {
  const said = `error: could not list stacks: 1 error occurred:
    * could not load stack organization/shop/broken:
        failed to load checkpoint: unexpected end of JSON input at postgres://u:pass-word@db/state?sslkey=planted

`;
  store("s3://bucket", longHistory(), [], said);
  await expect(audit("dev")).rejects.toThrow(
    "pulumi stack ls: could not list stacks: 1 error occurred: * could not load stack organization/shop/broken: " +
      "failed to load checkpoint: unexpected end of JSON input at postgres://…@db/state?…. " +
      "To read everything, install its client: npm install --save-dev @aws-sdk/client-s3",
  );
});
