import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demandCommand, has } from "../support/processes";
import { pythonWith } from "../support/python";
import { generateSdk } from "../support/sdk";
import { root } from "./clients";

const programs = join(__dirname, "sdks");
const answers = join(programs, "answers.json");
const schema = JSON.parse(readFileSync(join(root, "plugin/schema.json"), "utf8"));

const [, generatorVersion] =
  /pulumi\/pkg\/v3 (v\S+)/.exec(readFileSync(join(root, "test/support/sdkGenerator/go.mod"), "utf8")) ?? [];

/** What a program printed: what reached Pulumi, and what it read of Pulumi's answers. */
interface Printed {
  readonly registered: readonly { type: string; name: string; inputs: Record<string, unknown> }[];
  readonly called: readonly { token: string; inputs: Record<string, unknown> }[];
  readonly read: Record<string, unknown>;
}

/** Makes the SDK in a folder, compiles the program of `sdks/` with it, and runs that. */
const run: Record<"Python" | "Go" | "TypeScript", (folder: string) => Promise<string>> = {
  async Python(folder) {
    await generateSdk("python", join(folder, "sdk"));
    const python = await pythonWith(join(programs, "python/requirements.txt"));
    const installed = join(folder, "installed");
    const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", installed];
    await demandCommand(python, [...pip, join(folder, "sdk")]);
    // What the program does not import is to compile too.
    await demandCommand(python, ["-m", "compileall", "-q", installed]);
    return demandCommand(python, [join(programs, "python/program.py"), answers], { env: { PYTHONPATH: installed } });
  },
  async Go(folder) {
    await generateSdk("go", join(folder, "sdk"));
    const sdk = "example.com/pulumi-datadog-revocation/sdk/go";
    // With the module of the generators, its dependencies have the versions that were compiled for them.
    const versions = ["pkg", "sdk"].map((module) => `github.com/pulumi/pulumi/${module}/v3 ${generatorVersion}`);
    const requirements = [`${sdk} v0.0.0`, ...versions].map((each) => `require ${each}\n`);
    writeFileSync(
      join(folder, "go.mod"),
      `module program\ngo 1.26.6\n${requirements.join("")}replace ${sdk} => ./sdk\n`,
    );
    copyFileSync(join(programs, "go/main.go"), join(folder, "main.go"));
    const options = { cwd: folder, env: { CGO_ENABLED: "0" } };
    const build = ["build", "-mod=mod", "-trimpath", "-buildvcs=false", "-o"];
    await demandCommand("go", [...build, "program", "."], options);
    await demandCommand("go", [...build, "/dev/null", `${sdk}/...`], options);
    return demandCommand(join(folder, "program"), [answers]);
  },
  async TypeScript(folder) {
    const sdk = join(folder, "node_modules/@pulumi/datadog-revocation");
    await generateSdk("nodejs", sdk);
    const PATH = [join(root, "node_modules/.bin"), process.env.PATH].join(":");
    // Compiles it, as its installation does.
    await demandCommand(process.execPath, ["scripts/postinstall.js"], { cwd: sdk, env: { PATH } });
    for (const file of ["program.ts", "tsconfig.json"])
      copyFileSync(join(programs, "typescript", file), join(folder, file));
    await demandCommand(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", folder]);
    return demandCommand(process.execPath, [join(folder, "program.js"), answers]);
  },
};

const lacks: Record<keyof typeof run, string | false> = {
  Python: !has("python3", "-c", "import ensurepip, venv") && "python3 with venv",
  Go: false,
  TypeScript: false,
};

const id = "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10";
const why = { reason: "found in a public build log", ticket: "INC-1234", requestedBy: "ada@example.com" };
const how = {
  ...why,
  reportedAt: "2026-11-24T09:30:00Z",
  serviceAccountId: id,
  onNotFound: "fail",
  verify: true,
  allowSelf: false,
};
const secret = (value: string) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

/** What reaches Pulumi from a program in any language. */
const REGISTERED = [
  {
    type: "datadog-revocation:index:TokenRevocationBatch",
    name: "batch",
    inputs: {
      tokens: ["7n42DGM5Tflk9n8mt7Fhc7", id],
      expect: { organizationId: id },
      maxRevocations: 5000,
      concurrency: 8,
      ...how,
    },
  },
  { type: "datadog-revocation:index:TokenRevocationBatch", name: "ids", inputs: { tokenIds: [id] } },
  { type: "datadog-revocation:index:TokenRevocation", name: "known", inputs: { tokenId: id } },
  {
    type: "datadog-revocation:index:TokenRevocation",
    name: "leaked",
    inputs: {
      token: "ddpat_7n42DGM5Tflk9n8mt7Fhc7",
      expect: { name: "ci-deploy", ownerId: id, organizationId: id },
      ...how,
    },
  },
  {
    type: "pulumi:providers:datadog-revocation",
    name: "organization",
    inputs: {
      apiKey: secret("key"),
      appKey: secret("key"),
      bearerToken: secret("token"),
      apiUrl: "https://api.datadoghq.eu",
      httpClientRetryEnabled: "true",
      httpClientRetryTimeout: "60",
      httpClientRetryBackoffBase: "2",
      httpClientRetryBackoffMultiplier: "2",
      httpClientRetryMaxRetries: "3",
    },
  },
  {
    type: "datadog-revocation:index:TokenSweep",
    name: "sweep",
    inputs: {
      where: {
        ownedBy: [id],
        kind: ["personal", "service"],
        scopes: ["dashboards_read"],
        namePattern: "ci-*",
        unusedFor: "90d",
        olderThan: "90d",
        expiresAfter: "90d",
        neverExpires: true,
        leaked: false,
      },
      exempt: { tokenIds: [id], names: ["break-glass"], ownerIds: [id] },
      enforce: true,
      maxRevocations: 10,
      expect: { organizationId: id },
      ...why,
    },
  },
];

for (const [language, print] of Object.entries(run)) {
  const title = `a program in ${language} declares every argument, and reads what becomes of it`;
  const missing =
    lacks[language as keyof typeof run] || (!has("go", "version") && "go, which Pulumi's generators need");
  if (missing) {
    console.warn(`${language}'s SDK is not made: this machine has no ${missing}`);
    test.skip(`${title} (this machine has no ${missing})`, () => {});
    continue;
  }
  test(title, async () => {
    const folder = join(root, ".cache/wire/sdks", language);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const { registered, called, read }: Printed = JSON.parse(await print(folder));

    expect(registered.map(asText).sort((a, b) => a.name.localeCompare(b.name))).toEqual(REGISTERED);
    expect(called).toEqual([
      {
        token: "datadog-revocation:index:getTokens",
        inputs: { where: { kind: ["personal"] }, exempt: { names: ["break-glass"] } },
      },
    ]);
    expect(read).toEqual({
      status: "revoked",
      httpStatus: 404,
      isAlreadyRevoked: true,
      ownerType: "service_account",
      failed: 1,
      message: "not permitted",
      recordedReason: "found in a public build log",
      isAlive: true,
      found: ["ci-deploy"],
    });
  });
}

test("these programs give every argument that the schema has", () => {
  const given = (type: string) => REGISTERED.filter((each) => each.type === type).map(({ inputs }) => inputs);
  for (const [type, { inputProperties }] of Object.entries<{ inputProperties: object }>(schema.resources)) {
    expect(Object.keys(Object.assign({}, ...given(type))).sort()).toEqual(Object.keys(inputProperties).sort());
  }
  const [provider] = given("pulumi:providers:datadog-revocation");
  expect(Object.keys(provider ?? {}).sort()).toEqual(Object.keys(schema.provider.inputProperties).sort());
});

const csharp = "an SDK for C# is made, and compiles where .NET is";
if (has("go", "version")) {
  test(csharp, async () => {
    const folder = join(root, ".cache/wire/sdks/CSharp");
    await generateSdk("dotnet", folder);
    expect(readFileSync(join(folder, "TokenRevocation.cs"), "utf8")).toContain('[Input("serviceAccountId")]');
    if (has("dotnet", "--version")) await demandCommand("dotnet", ["build"], { cwd: folder });
    else console.warn("C#'s SDK is not compiled: this machine has no dotnet");
  });
} else {
  test.skip(`${csharp} (this machine has no go)`, () => {});
}

/** Go's SDK leaves it to the engine to write a provider's numbers as texts. */
function asText({ type, name, inputs }: Printed["registered"][number]): Printed["registered"][number] {
  if (!type.startsWith("pulumi:providers:")) return { type, name, inputs };
  const isPlain = (value: unknown): boolean => typeof value === "number" || typeof value === "boolean";
  const texts = Object.entries(inputs).map(([key, value]) => [key, isPlain(value) ? String(value) : value]);
  return { type, name, inputs: Object.fromEntries(texts) };
}
