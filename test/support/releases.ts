import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Simulator, TokenSettings } from "pulumi-datadog-revocation/simulator";
import type { AuditReport } from "../../cli/audit/auditReport";
import { version as present } from "../../package.json";
import { audit } from "./auditCommand";
import { createProject, type Project, type StateResource } from "./engine";
import { simulate } from "./simulator";

const folder = join(__dirname, "../fixtures/releases");
/** What the tokens' owners follow from. */
const seed = 2026;
/** Of a record that was removed. */
const oldest = "01de5700-0000-4000-8000-000000000001";
/** Revoked, and alive again. */
export const alive = "a11fe000-0000-4000-8000-000000000001";
/** Could not be revoked so far. */
export const failing = "ebad0000-0000-4000-8000-000000000006";

/** What a release left behind: its state and history, as a file backend stores them, and what its audit says of them. */
export interface Release {
  readonly program: string;
  /** By their paths in the backend. */
  readonly backend: Record<string, object>;
  readonly report: AuditReport;
  /** What state held last. */
  readonly resources: readonly StateResource[];
  /** Opens, with every test's passphrase, what was encrypted then. */
  readonly salt: string;
}

/** Every release that is kept, and the present version, which must be. */
export const versions = [...new Set([...readdirSync(folder).sort(inOrder), present])];

const file = (version: string, name: string) => join(folder, version, name);

export function readRelease(version: string): Release {
  if (!existsSync(file(version, "backend.json"))) {
    throw new Error(
      `The state of ${version} is not kept: UPDATE_FIXTURES=1 npm test -- --selectProjects engine -- upgrade`,
    );
  }
  const read = (name: string) => JSON.parse(readFileSync(file(version, name), "utf8"));
  const backend = read("backend.json");
  const { resources, secrets_providers } = backend["stacks/project/test.json"].checkpoint.latest;
  return {
    program: readFileSync(file(version, "program.ts"), "utf8"),
    backend,
    report: read("audit.json"),
    resources,
    salt: secrets_providers.state.salt,
  };
}

/** The release as it would be had it been recorded at this Datadog: records hold where they were made. */
export function recordedAt({ url }: Simulator, release: Release): Release {
  const recorded = release.resources.find(({ outputs }) => outputs?.apiUrl)?.outputs?.apiUrl;
  return JSON.parse(JSON.stringify(release).replaceAll(new URL(`${recorded}`).host, new URL(url).host));
}

/** A project of a user who has upgraded: the state and history of the release, and its program. */
export async function restore(
  { program, backend, salt }: Release,
  { url, apiKey, appKey }: Simulator,
): Promise<Project> {
  const env = { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey, failing };
  const project = await createProject({ program, env });
  putBack(project, backend);
  project.write({ "Pulumi.test.yaml": `encryptionsalt: ${salt}\n` });
  return project;
}

/** A Datadog where nothing is alive but what the recorded state says is, and what was not revoked. */
export async function startDatadog(resources: readonly StateResource[]): Promise<Simulator> {
  const simulator = await simulate({ seed, tokens: 0 });
  for (const { type, outputs = {} } of resources) {
    if (outputs.status === "alive" && type.endsWith(":TokenRevocation")) add(outputs.snapshot as Snapshot);
    for (const { tokenId } of (outputs.failures ?? []) as Snapshot[]) simulator.addToken({ id: tokenId });
    if (type.endsWith(":TokenSweep") && !outputs.enforce) for (const seen of outputs.matched as Snapshot[]) add(seen);
  }
  return simulator;

  function add({ tokenId, owner, kind: _, ...others }: Snapshot): void {
    simulator.addToken({ ...others, id: tokenId, ownerId: owner.id });
  }
}

/**
 * Runs the program of the present version and keeps what it leaves behind, for all later ones. Where there is no program
 * yet it begins with the one of the release before, to which the new resources and arguments are to be added.
 */
export async function record(): Promise<void> {
  mkdirSync(dirname(file(present, "program.ts")), { recursive: true });
  if (!existsSync(file(present, "program.ts"))) {
    const before = versions.filter((version) => version !== present).at(-1) ?? "";
    cpSync(file(before, "program.ts"), file(present, "program.ts"));
  }
  const simulator = await simulate({ seed, tokens: 0 });
  for (const token of tokens(simulator)) simulator.addToken(token);
  const { url, apiKey, appKey } = simulator;
  const env = { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey, PULUMI_CI_SYSTEM: "Our CI" };
  const project = await createProject({ program: readFileSync(file(present, "program.ts"), "utf8"), env });
  project.env.oldest = oldest;
  await project.up("--skip-preview", "--message", "revoke the leaked ones");
  delete project.env.oldest;
  await project.up("--skip-preview", "--message", "forget the oldest");
  project.env.failing = failing;
  const forbidden = { kind: "status", status: 403, body: { errors: ["Forbidden"] } } as const;
  simulator.fault({ method: "DELETE", path: new RegExp(failing), times: Number.POSITIVE_INFINITY }, forbidden);
  await project.up("--skip-preview", "--message", "revoke one more");
  simulator.restore(alive);
  await project.refresh("--skip-preview", "--message", "see whether they are gone");
  const files = backendFiles(project);
  write("backend.json", lines(files));
  putBack(project, files);
  write("audit.json", (await audit(project, "--format", "json")).stdout);
}

/** What the program revokes and its sweeps match. The rest of what it names never existed. */
function tokens({ serviceAccounts }: Simulator): TokenSettings[] {
  const [deploy, metrics] = serviceAccounts.map(({ id }) => id) as [string, string];
  const common = { createdAt: "2026-03-01T08:00:00Z", expiresAt: "2126-03-01T08:00:00Z" };
  const personal = [
    ["8cdea413-01a4-46b4-b1de-4abe5615bf5a", "ci-deploy"],
    ["2d26b647-daa3-4673-94c8-06a9bb872c71", "terraform-prod"],
    ["5e585a3e-26d6-4db7-9604-6cf90c1e03fd", "grafana-sync"],
    [alive, "laptop"],
    [oldest, "notebook"],
    ["0ba7c000-0000-4000-8000-000000000001", "log-1"],
    ["fba7c000-0000-4000-8000-000000000004", "log-4"],
    ["5ba7c000-0000-4000-8000-000000000005", "log-5"],
    [failing, "log-6"],
    ["1e9e0000-0000-4000-8000-000000000001", "hygiene/a"],
    ["1e9e0000-0000-4000-8000-000000000002", "hygiene/b"],
  ].map(([id, name]): TokenSettings => ({ ...common, id: `${id}`, name: `${name}` }));
  const service = [
    ["e1928243-3f7b-4ddb-8427-1bac2df76367", "slo-report", metrics],
    ["68785461-310f-4836-8920-df0924bace99", "jenkins", deploy],
    ["9ba7c000-0000-4000-8000-000000000003", "log-3", deploy],
  ].map(([id, name, ownerId]): TokenSettings => ({ ...common, id: `${id}`, name: `${name}`, ownerId: `${ownerId}` }));
  const left = ["1ef70000-0000-4000-8000-000000000001", "1ef70000-0000-4000-8000-000000000002"];
  return [...personal, ...service, ...left.map((id) => ({ ...common, id, name: `left/${id[35]}`, expiresAt: null }))];
}

/** State and history, without who recorded them, of which commit, and from where the program was called. */
function backendFiles(project: Project): Record<string, object> {
  const backend = backendOf(project);
  const paths = readdirSync(backend, { recursive: true, encoding: "utf8" }).filter((path) =>
    /^(stacks|history)\/.*\.json$/.test(path),
  );
  const contents = paths.sort().map((path) => {
    const accidental = (key: string): boolean => /^(git|vcs)\.|^(stackTrace|sourcePosition)$/.test(key);
    const text = readFileSync(join(backend, path), "utf8");
    return [path, JSON.parse(text, (key, value) => (accidental(key) ? undefined : value))];
  });
  return Object.fromEntries(contents);
}

function putBack(project: Project, files: Record<string, object>): void {
  for (const [path, content] of Object.entries(files)) {
    const target = join(backendOf(project), path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, JSON.stringify(content));
  }
}

/** As JSON, a line for each. */
function lines(contents: Record<string, object>): string {
  const each = Object.entries(contents).map((entry) => entry.map((part) => JSON.stringify(part)).join(": "));
  return `{\n${each.join(",\n")}\n}\n`;
}

function backendOf({ env }: Project): string {
  return join(`${env.PULUMI_BACKEND_URL}`.replace(/^file:\/\//, ""), ".pulumi");
}

function write(name: string, text: string): void {
  writeFileSync(file(present, name), text);
}

function inOrder(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

/** As state has it. */
interface Snapshot extends Omit<TokenSettings, "id" | "ownerId"> {
  readonly tokenId: string;
  readonly kind: string;
  readonly owner: { readonly id: string };
}
