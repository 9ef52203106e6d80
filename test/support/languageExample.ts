import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedOrganization, Simulator } from "pulumi-datadog-revocation/simulator";
import { createProject, type Project } from "./engine";
import { builtPlugin } from "./face";
import type { CommandResult } from "./processes";
import { simulate } from "./simulator";

/** The folder beneath `examples`. */
type Language = "yaml" | "python" | "go";

/** Runs of an example, in whatever way its language is run. */
export interface Runs {
  preview(): Promise<CommandResult>;
  up(): Promise<CommandResult>;
  refresh(): Promise<CommandResult>;
  destroy(): Promise<CommandResult>;
}

/** An example that uses the provider plugin, and the two organizations that it is about. */
export interface LanguageExample {
  readonly project: Project;
  readonly us: Simulator;
  readonly eu: Simulator;
  /** What must not be seen anywhere. */
  readonly secrets: readonly string[];
}

/** The tokens that all these examples name. */
const LEAKED = "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10";
const BATCH = ["3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c", "9b1c7d52-6e3f-4c80-a1d4-2e5f6a7b8c9d"];
const US_PIPELINE = "0f5b0a52-6d1e-4b3e-9a57-2f0c4f0d8a11";
const EU_PIPELINE = "7c9d2f4e-83b5-4d6a-b0c1-5e8f7a9b3c22";
/** The one that Datadog found leaked by itself. */
const FOUND = "5a4d3c2b-1f0e-4d9c-8b7a-6958473625aa";

/** A project that is a copy of the example, with the plugin that the tests have built, and keys as its comments say. */
export async function createLanguageExample(language: Language): Promise<LanguageExample> {
  const [us, eu] = [await simulate({ tokens: 3 }), await simulate({ tokens: 3, seed: 5 })];
  const tokens = [LEAKED, ...BATCH, US_PIPELINE].map((id) => us.addToken({ id, name: `token-${id.slice(0, 8)}` }));
  tokens.push(
    eu.addToken({ id: EU_PIPELINE }),
    us.addToken({ id: FOUND, leak: { detectedAt: "2026-11-20T08:00:00Z" } }),
  );
  const keys = [us, us, eu].map(credentials);

  const folder = join(__dirname, "../../examples", language);
  const files = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]);
  const program: Record<string, string> = Object.fromEntries(files);
  const [namespace = "", usKey = "", euKey = ""] = keys;
  const name = `revoke-tokens-${language}`;
  const project = await createProject({
    program: { ...program, "Pulumi.yaml": String(program["Pulumi.yaml"]).replace("../../plugin", builtPlugin) },
    config: {
      "datadog-revocation:bearerToken": { secret: namespace },
      [`${name}:usBearerToken`]: { secret: usKey },
      [`${name}:euBearerToken`]: { secret: euKey },
      [`${name}:euApiUrl`]: eu.url,
    },
    env: { DD_HOST: us.url },
  });
  return { project, us, eu, secrets: [...keys, ...tokens.map(({ value }) => value)] };
}

/** A service access token as the examples ask for it. */
function credentials(simulator: Simulator): string {
  const scopes = ["org_app_keys_read", "org_app_keys_write", "user_access_read"];
  return simulator.addToken({ name: "pulumi", ownerId: simulator.keyOwner.id, scopes }).value;
}

/** Previews the example, runs it twice, refreshes and destroys it, and looks at what becomes of its tokens. */
export async function playExample({ project, us, eu, secrets }: LanguageExample, runs: Runs): Promise<void> {
  const outputs: string[] = [];
  const succeed = async (run: Promise<CommandResult>): Promise<string> => {
    const { code, output } = await run;
    outputs.push(output);
    expect(`exit status ${code}\n${code === 0 ? "" : output}`).toBe("exit status 0\n");
    return output;
  };
  const deleted = (simulator: Simulator): string[] =>
    simulator
      .requests()
      .filter(({ method }) => method === "DELETE")
      .map(({ path }) => String(path.split("/").at(-1)))
      .sort();

  const preview = await succeed(runs.preview());
  for (const id of [LEAKED, ...BATCH, US_PIPELINE]) {
    const { name, owner } = us.find(id) ?? fail(id);
    expect(preview).toMatch(new RegExp(`${id}\\b.*${name}.*${owner.handle}`));
  }
  expect(preview).not.toMatch(/warning/i);
  expect(preview).toMatch(/TokenSweep \(leaked true\): 1 of \d+ tokens/);
  expect([...deleted(us), ...deleted(eu)]).toEqual([]);

  await succeed(runs.up());
  expect(deleted(us)).toEqual([LEAKED, ...BATCH, US_PIPELINE].sort());
  expect(deleted(eu)).toEqual([EU_PIPELINE]);

  // What the sweep reported so far, it revokes.
  await project.run("config", "set", "enforce", "true");
  await succeed(runs.up());
  const revoked = [LEAKED, ...BATCH, US_PIPELINE, FOUND].sort();
  expect(deleted(us)).toEqual(revoked);
  const { records, failures } = await project.recorded();
  expect(failures).toEqual([]);
  expect(records.map(({ tokenId, outcome }) => [tokenId, outcome])).toEqual(
    [...revoked, EU_PIPELINE].sort().map((id) => [id, "revoked"]),
  );
  const actors = (await project.resources(":TokenRevocation")).map(({ id, outputs }) => [id, outputs?.actor]);
  expect(Object.fromEntries(actors)).toEqual({
    [LEAKED]: actor(us),
    [US_PIPELINE]: actor(us),
    [EU_PIPELINE]: actor(eu),
  });

  // Nothing is left to do.
  const again = await succeed(runs.up());
  expect(again).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
  await succeed(runs.refresh());
  expect([deleted(us), deleted(eu)]).toEqual([revoked, [EU_PIPELINE]]);

  await succeed(runs.destroy());
  expect((await project.state()).deployment.resources ?? []).toEqual([]);
  const seen = [...outputs, project.stateText()].join("\n");
  expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
}

function actor({ keyOwner, organization }: SimulatedOrganization): object {
  return { ...keyOwner, organizationId: organization.id, organizationName: organization.name };
}

function fail(id: string): never {
  throw new Error(`the simulator has no token ${id}`);
}
