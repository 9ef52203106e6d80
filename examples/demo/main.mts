/**
 * What the package does, on a local Datadog and the real engine: review, revoke, what stands in the record, and the audit.
 * `npm start` runs it, with a backend and a Pulumi home of its own.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { styleText } from "node:util";
import automation from "@pulumi/pulumi/automation/index.js";
import { TokenRevocation } from "pulumi-datadog-revocation";
import { startSimulator, type SimulatedToken as Token } from "pulumi-datadog-revocation/simulator";

const datadog = await startSimulator({ seed: 2026 });
const tokens = datadog.tokens.filter((token) => token.serviceAccountId === undefined);
const [byId, byValue, byPortion, gone, other] = tokens as [Token, Token, Token, Token, Token];

const anHourAgo = new Date(Date.now() - 62 * 60_000).toISOString();

/** What a user's index.ts would hold. */
function revocations(): void {
  const why = {
    reason: "printed in a public build log",
    ticket: "INC-1234",
    requestedBy: "security@example.com",
    reportedAt: anHourAgo,
  };
  new TokenRevocation("by-id", { tokenId: byId.id, ...why });
  new TokenRevocation("by-leaked-value", { token: byValue.value, ...why });
  new TokenRevocation("by-public-portion", { token: byPortion.value.slice(0, 28), ...why });
  new TokenRevocation("revoked-before", { tokenId: gone.id, ...why });
}

function wrongToken(): void {
  revocations();
  new TokenRevocation("guarded", { tokenId: other.id, expect: { name: "ci-deploy-staging" } });
}

function wrongOrganization(): void {
  revocations();
  new TokenRevocation("guarded", { tokenId: other.id, expect: { organizationId: datadog.organization.id } });
}

const names = ["by-id", "by-leaked-value", "by-public-portion", "revoked-before"];
const tarball = join(import.meta.dirname, "../../.cache/package/pulumi-datadog-revocation.tgz");
let program = revocations;
const workspace = join(import.meta.dirname, "../../.cache/demo/workspace");
mkdirSync(workspace, { recursive: true });
const stack = await automation.LocalWorkspace.createOrSelectStack(
  { stackName: "demo", projectName: "revocations", program: async () => program() },
  {
    workDir: workspace,
    projectSettings: { name: "revocations", runtime: "nodejs", main: import.meta.dirname },
    envVars: credentials(datadog),
  },
);

console.log(`
A local Datadog with ${datadog.tokens.length} access tokens answers at ${datadog.url}.
Four of them leaked. A Pulumi program declares them revoked, each named in another way:

${body(revocations)}`);

datadog.revoke(gone.id);
// One of them Datadog itself has found.
datadog.leak(byValue.id, { detectedAt: Date.now() - 90 * 60_000, source: "a public repository" });
await step("Review: what would be revoked, and whose it is", "pulumi preview", (onEvent) => stack.preview({ onEvent }));
await step("Revoke", "pulumi up", (onEvent) => stack.up({ onEvent }));
await step("Again: nothing is left to do", "pulumi up", (onEvent) => stack.up({ onEvent }));

program = wrongToken;
await step(
  `A guard: expect: { name: "ci-deploy-staging" }, for a token that is called something else`,
  "pulumi preview",
  (onEvent) => stack.preview({ onEvent }).catch(() => undefined),
);

program = wrongOrganization;
stack.workspace.envVars = credentials(datadog.addOrganization({ name: "Subsidiary" }));
await step(
  "Another guard: expect: { organizationId: … }, with the keys of another organization",
  "pulumi preview",
  (onEvent) => stack.preview({ onEvent }).catch(() => undefined),
);
stack.workspace.envVars = credentials(datadog);

program = revocations;
datadog.restore(byId.id);
await step("Drift: does Datadog know one of them again? (the demo brought one back)", "pulumi refresh", (onEvent) =>
  stack.refresh({ onEvent }),
);
await step("Revoke it again", "pulumi up", (onEvent) => stack.up({ onEvent }));

heading("The record in state of by-leaked-value: no part of the secret is in it", "pulumi stack export");
console.log(indent(JSON.stringify(await record("by-leaked-value"), undefined, 2)));

heading("The history of the stack", "pulumi stack history");
for (const { kind, result, startTime } of (await stack.history()).reverse())
  console.log(`  ${startTime.toISOString()}  ${kind.padEnd(8)} ${result}`);

heading("Audit: what was revoked, when, by whom and why", "npx --no pulumi-datadog-revocation audit --verify");
await audit();

const page = join(workspace, "../audit.html");
heading(
  "The audit as a page, to be opened in a browser",
  "npx --no pulumi-datadog-revocation audit --verify --format html --output audit.html",
);
await audit("--format", "html", "--output", page);
console.log(`  ${page}`);

heading('Next: a real account, in a project of your own (README.md, from "Install" on)');
console.log(`\
  npm install ${tarball}
  new TokenRevocation("leaked-ci-token", { tokenId: "…", reason: "…" });   // in index.ts
  export DD_SITE=datadoghq.com                         # your site
  read -rs DD_BEARER_TOKEN && export DD_BEARER_TOKEN   # paste an access token that may revoke, then Enter
  pulumi preview --save-plan plan.json                 # whose token is it?
  pulumi up --yes --plan plan.json                     # refuses what is not as it was shown
`);
await datadog.stop();

function credentials({ apiKey, appKey }: { apiKey: string; appKey: string }): Record<string, string> {
  return { DD_HOST: datadog.url, DD_API_KEY: apiKey, DD_APP_KEY: appKey };
}

/** Runs the engine and prints a line per resource, what the engine and the provider said, and what Datadog was sent. */
async function step(
  title: string,
  command: string,
  run: (onEvent: (event: automation.EngineEvent) => void) => Promise<unknown>,
): Promise<void> {
  heading(title, command);
  const requestsBefore = datadog.requests().length;
  const rows: string[][] = [];
  const said: string[] = [];
  await run(({ resOutputsEvent, diagnosticEvent }) => {
    if (resOutputsEvent) rows.push(...row(resOutputsEvent.metadata));
    if (diagnosticEvent && /^(info|warning|error)$/.test(diagnosticEvent.severity)) said.push(plain(diagnosticEvent));
  });
  if (rows.length > 0) console.log(table(rows.toSorted((one, other) => order(one) - order(other))));
  for (const text of new Set(said)) console.log(colored(wrapped(text)));
  const requests = datadog.requests(requestsBefore).map(({ method }) => method);
  const deletes = requests.filter((method) => method === "DELETE").length;
  console.log(`  Datadog was sent ${requests.length - deletes} GET, ${deletes} DELETE`);
}

/** Begins a part of the demo, with the command that a user would type. */
function heading(title: string, command?: string): void {
  console.log(`\n${styleText(["bold", "cyan"], `─── ${title}`)}`);
  if (command !== undefined) console.log(styleText("bold", `$ ${command}`));
  console.log();
}

/** Resources come in any order, as the engine works on many at once. */
function order([_, name = ""]: readonly string[]): number {
  return names.indexOf(name);
}

function row({ op, urn, type, old, new: state }: automation.StepEventMetadata): string[][] {
  if (!type.endsWith(":TokenRevocation")) return [];
  const [before, after] = [old?.inputs.status, state?.inputs.status];
  const change = before !== undefined && before !== after ? ` status: ${before} → ${after}` : "";
  return [[op + change, urn.split("::").at(-1) ?? ""]];
}

function plain({ severity, message }: automation.DiagnosticEvent): string {
  const text = message.replace(/<\{%.*?%\}>/g, "").trim();
  return severity === "info" ? text : `${severity}: ${text.replace(/^error: /, "")}`;
}

/** What state holds of a revocation, without the name of the code that wrote it. */
async function record(name: string): Promise<Record<string, unknown>> {
  const { deployment } = await stack.exportStack();
  const resources: { urn: string; outputs?: Record<string, unknown> }[] = deployment.resources;
  const { __provider, ...outputs } = resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs ?? {};
  return outputs;
}

/** Runs the command as it is installed, which asks Datadog too: this process goes on answering. */
async function audit(...options: string[]): Promise<void> {
  const command = createRequire(import.meta.url).resolve("pulumi-datadog-revocation/package.json");
  const env = { ...process.env, ...credentials(datadog) };
  const args = [join(command, "../dist/cli/main.js"), "audit", "--verify", ...options];
  await once(spawn(process.execPath, args, { cwd: workspace, env, stdio: "inherit" }), "close");
}

/** The text of a function's body. */
function body(code: () => void): string {
  return code.toString().split("\n").slice(1, -1).join("\n");
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) => `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}

/** Indented, and broken between words where the terminal is narrower. */
function wrapped(text: string): string {
  const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  const lines = [" "];
  for (const word of text.split(" ")) {
    if (`${lines.at(-1)} ${word}`.length > width) lines.push("   ");
    lines.push(`${lines.pop()} ${word}`);
  }
  return lines.join("\n");
}

function colored(text: string): string {
  return text
    .replace(/^ +warning:/, (severity) => styleText("yellow", severity))
    .replace(/^ +error:/, (severity) => styleText("red", severity))
    .replace("revoked now, verified gone", (outcome) => styleText("green", outcome));
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
