import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Fault, Simulator } from "pulumi-datadog-revocation/simulator";
import { FORMATS } from "../../cli/audit/auditOptions";
import { audit } from "../support/auditCommand";
import { runCli } from "../support/command";
import { createProject, type Project } from "../support/engine";
import { simulate } from "../support/simulator";

/** What is searched, by what SECURITY.md calls it. */
type Places = Record<string, string>;

/** What is searched for, by what it is. */
type Secrets = Record<string, string>;

/** Everything that makes Pulumi, gRPC and Node talkative. */
const TALKATIVE = {
  PULUMI_DEBUG_COMMANDS: "true",
  PULUMI_DEBUG_PROMISE_LEAKS: "true",
  NODE_DEBUG: "http,http2,net,tls,undici,fetch",
  GRPC_VERBOSITY: "DEBUG",
  GRPC_TRACE: "all",
};
const WHY = "planted-reason-4711";
/** Characters of a key that a cut answer still repeats. */
const HALF = 30;

/** Of a token value, what stands behind its public portion. */
const secretPart = (value: string | undefined): string => value?.slice(29) ?? "";

let simulator: Simulator;
let project: Project;
/** Where debug output goes. */
let folder: string;

const inFolder = (file: string): string => join(folder, file);
const read = (file: string): string => readFileSync(inFolder(file), "latin1");

/** Makes the project of the tests that follow. */
function useProject(tokens: number, options: () => Parameters<typeof createProject>[0]): void {
  beforeAll(async () => {
    simulator = await simulate({ tokens });
    project = await createProject(options());
    folder = join(project.folder, "../debug");
    mkdirSync(folder);
  });
}

/** What an argument or the configuration holds, Pulumi itself shows in debug output that SECURITY.md names: there alone. */
function expectOnlyIn(allowed: readonly string[], shown: ReturnType<typeof found>): void {
  expect(Object.keys(shown).filter((place) => !allowed.includes(place))).toEqual([]);
}

/** Debug output is too long to be shown when a test fails. */
function expectAll(text = "", ...parts: string[]): void {
  expect(parts.filter((part) => !text.includes(part))).toEqual([]);
}

/** An `up` with every switch on. */
async function upTalkative(status: number): Promise<Places> {
  const quiet = { ...project.env };
  Object.assign(project.env, TALKATIVE, { PULUMI_DEBUG_GRPC: inFolder("grpc.json") });
  const switches = ["-v=11", "--logtostderr", "--logflow", "--debug", "--event-log", inFolder("events.json")];
  const { code, stdout, stderr } = await project.up("--skip-preview", ...switches);
  for (const name of Object.keys(project.env)) if (!(name in quiet)) delete project.env[name];
  expect(code).toBe(status);
  expectAll(stdout, "RegisterResource RPC finished", "FETCH ", "HTTP2 ", "channel");
  return {
    "--debug, NODE_DEBUG, GRPC_TRACE": stdout,
    "-v=9": stderr,
    PULUMI_DEBUG_GRPC: read("grpc.json"),
    "--event-log": read("events.json"),
  };
}

/** A refresh with traces; then everything that is stored. */
async function refreshed(): Promise<Places> {
  const traces = ["--tracing", `file:${inFolder("tracing")}`, "--otel-traces", `file://${inFolder("otel.json")}`];
  const refresh = await project.refresh("--skip-preview", ...traces);
  const [exported, history] = [await project.run("stack", "export"), await project.run("stack", "history", "--json")];
  expect([refresh, exported, history].map(({ code }) => code)).toEqual([0, 0, 0]);
  return {
    refresh: refresh.output,
    "--tracing": read("tracing"),
    "--otel-traces": read("otel.json"),
    "stack export": exported.output,
    "stack history": history.output,
    "state, history, configuration": project.stateText(),
    "Pulumi's own logs": logs(),
  };
}

/** Those that Pulumi keeps unasked: compressed, or encrypted when they are about a stack. */
function logs(): string {
  const kept = join(project.env.PULUMI_HOME ?? "", "logs");
  const isGzip = (content: Buffer): boolean => content[0] === 0x1f && content[1] === 0x8b;
  const contents = readdirSync(kept).map((file) => readFileSync(join(kept, file)));
  expect(contents.length).toBeGreaterThan(1);
  return contents.map((content) => (isGzip(content) ? gunzipSync(content) : content).toString("latin1")).join("\n");
}

/** Which secrets stand where. */
function found(places: Places, secrets: Secrets): Record<string, string[]> {
  const all = Object.entries(places).map(([place, text]): [string, string[]] => {
    expect(text).not.toBe("");
    return [place, Object.keys(secrets).filter((name) => text.includes(secrets[name] as string))];
  });
  return Object.fromEntries(all.filter(([, names]) => names.length > 0));
}

describe("with keys in the environment, and token values that reach the program there", () => {
  let secrets: Secrets;
  let leaked: readonly string[];

  useProject(30, () => {
    const { url, apiKey, appKey, tokens } = simulator;
    leaked = tokens.slice(0, 9).map(({ value }) => value);
    const values = leaked.map((value, index) => [`token value ${index}`, secretPart(value)]);
    secrets = { apiKey, appKey, half: appKey.slice(0, HALF), ...Object.fromEntries(values) };
    return {
      config: { "datadog:httpClientRetryBackoffBase": "0.01", "project:why": { secret: WHY } },
      env: { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey, LEAKED: leaked.join(",") },
      program: `
        import { inspect } from "node:util";
        import * as pulumi from "@pulumi/pulumi";
        import { getTokens, identifyTokens, TokenRevocation, TokenRevocationBatch, TokenSweep } from "pulumi-datadog-revocation";

        const [plain, secret, late, ...many] = (process.env.LEAKED ?? "").split(",") as [string, string, string];
        const later = new Promise<string>((done) => setTimeout(done, 1, late));
        const everything = {
          plain: new TokenRevocation("plain", { token: plain }),
          late: new TokenRevocation("late", { token: pulumi.secret(later) }),
          many: new TokenRevocationBatch("many", { tokens: many.map((value, index) => index < 2 ? value : pulumi.secret(value)) }),
          secrets: new TokenRevocationBatch("secrets", { tokens: pulumi.secret(many.slice(0, 1)) }),
          sweep: new TokenSweep("sweep", { where: { namePattern: "nobody's" } }),
          found: identifyTokens(process.env.LEAKED ?? ""),
        };
        new TokenRevocation("secret", { token: pulumi.secret(secret), reason: new pulumi.Config().requireSecret("why") });

        export = async () => {
          const tokens = await getTokens();
          console.log(inspect({ everything, tokens }, { depth: Infinity, showHidden: true }));
          for (const thing of Object.values(everything)) {
            try { console.log(String(thing), JSON.stringify(thing)); } catch (error) { console.log(inspect(error)); }
          }
          return { found: everything.found };
        };
      `,
    };
  });

  beforeAll(() => {
    const { url, appKey, tokens } = simulator;
    const echo = [simulator.apiKey, appKey, ...leaked].join(" ");
    const faults: Fault[] = [
      { kind: "status", status: 403, body: { errors: [echo, { detail: echo }] } },
      { kind: "html", status: 400, body: `<html><title>${echo}</title></html>` },
      { kind: "redirect", location: `${url}/?${encodeURIComponent(echo)}` },
      { kind: "status", status: 503, headers: { "X-Echo": echo }, body: echo },
      { kind: "status", status: 401, body: `{"errors":["key ${appKey.slice(0, HALF)}` },
    ];
    for (const [index, fault] of faults.entries()) {
      const path = new RegExp(tokens[4 + index]?.id ?? "");
      simulator.fault({ method: "DELETE", path, times: Number.POSITIVE_INFINITY }, fault);
    }
  });

  test.each([
    ["--diff", "--save-plan", "plan.json"],
    ["--json", "--save-plan", "plan.json"],
  ])("a preview %s shows none, nor does its plan", async (...options) => {
    const { code, output } = await project.preview(...options);
    expect(code).toBe(0);
    expectAll(output, simulator.tokens[0]?.id ?? "");
    const plan = readFileSync(join(project.folder, "plan.json"), "utf8");
    expect(found({ preview: output, plan }, { ...secrets, WHY })).toEqual({});
  });

  test("an up with every switch on shows none, though servers repeat them and the program prints what it can", async () => {
    const places = await upTalkative(1);
    expectAll(
      places["--debug, NODE_DEBUG, GRPC_TRACE"],
      "TokenRevocationBatch {",
      " failed; the next pulumi up",
      "[redacted]",
    );
    expect(found(places, secrets)).toEqual({});
    expectOnlyIn(["-v=9", "PULUMI_DEBUG_GRPC"], found(places, { WHY }));
  });

  test("a refresh with traces shows none, and none is stored", async () => {
    const places = await refreshed();
    expect(places["stack export"]).toContain("[redacted]");
    expect(found(places, secrets)).toEqual({});
    expectOnlyIn(["--tracing"], found(places, { WHY }));
  });

  test("the command shows none in any format, though the server repeats them", async () => {
    const { tokens, apiKey, appKey, url } = simulator;
    const places: Places = {};
    for (const format of FORMATS) {
      const { stdout, stderr } = await audit(project, "--format", format);
      expect(stdout).toContain(tokens[0]?.id);
      places[`audit as ${format}`] = stdout + stderr;
    }
    project.write({ "leaked.txt": leaked.join("\n") });
    const environment = { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey };
    const listed = await runCli(["tokens", "--format", "json"], environment);
    simulator.fault({}, { kind: "status", status: 403, body: `${apiKey} ${appKey} ${leaked}` });
    const refused = await runCli(["tokens"], { ...environment, ...TALKATIVE });
    const identified = await runCli(["identify", project.folder, "--format", "json"], environment);
    expect([listed, refused, identified].map(({ code }) => code)).toEqual([0, 2, 0]);
    expect(identified.output).toContain(tokens[8]?.id);
    const commands = { tokens: listed.output, "tokens, refused": refused.output, identify: identified.output };
    expect(found({ ...places, ...commands }, { ...secrets, WHY })).toEqual({});
  });
});

describe("with keys, a token value and a reason in the stack's secret configuration", () => {
  let secrets: Secrets;

  useProject(3, () => {
    const { url, apiKey, appKey, tokens } = simulator;
    const [token] = tokens;
    secrets = { apiKey, appKey, value: secretPart(token?.value), WHY };
    return {
      config: {
        "datadog:apiUrl": url,
        "datadog:apiKey": { secret: apiKey },
        "datadog:appKey": { secret: appKey },
        "project:leaked": { secret: token?.value ?? "" },
        "project:why": { secret: WHY },
      },
      program: `
        import * as pulumi from "@pulumi/pulumi";
        import { TokenRevocation } from "pulumi-datadog-revocation";
        const config = new pulumi.Config();
        new TokenRevocation("leaked", { token: config.requireSecret("leaked"), reason: config.requireSecret("why") });
      `,
    };
  });

  test("Pulumi's debug output shows it all, as SECURITY.md says, and nothing else does", async () => {
    const shown = found(await upTalkative(0), secrets);
    expectOnlyIn(["-v=9", "PULUMI_DEBUG_GRPC"], shown);
    expect(shown.PULUMI_DEBUG_GRPC).toEqual(Object.keys(secrets));
  });

  test("so do traces, and nothing else; nothing that is stored does", async () => {
    expectOnlyIn(["--tracing"], found(await refreshed(), secrets));
  });

  test("a failure that nobody catches shows one sentence, without them and without a stack of ours", async () => {
    const { apiKey, appKey, tokens } = simulator;
    const body = { errors: [`${apiKey} ${appKey} ${tokens[0]?.value}`] };
    simulator.fault({ times: Number.POSITIVE_INFINITY }, { kind: "status", status: 401, body });
    project.setProgram(`
      import { getTokens, getTokensOutput, TokenRevocation } from "pulumi-datadog-revocation";
      void getTokens();
      getTokens({ kind: "service" }).catch((cause) => { throw new Error("no list", { cause }); });
      getTokensOutput({ kind: "personal" });
    `);
    const { code, output } = await project.preview();
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /getTokens(?:: |' failed: )GET .* answered 401: "\[redacted\] \[redacted\] ddpat_\w+_\[redacted\]"/,
    );
    expect(output).toContain("Error: no list");
    expect(output).not.toContain("node_modules/pulumi-datadog-revocation");
    expect(found({ output }, secrets)).toEqual({});
  });
});
