/**
 * Stands in for Pulumi's own `pulumi-language-nodejs`, which comes with the official distribution of the engine and
 * not with one that was built from its Go module. It does what the engine asks of the real one to run a program or a plugin:
 * https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/pulumi-language-nodejs/main.go
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import grpc from "@grpc/grpc-js";
import languageService from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

/** The program's exit status when it has already shown the user why it failed. */
const exitAfterShowingError = 32;

// With --logflow, -v and --tracing the engine puts flags before it.
const engineAddress = process.argv.at(-1) ?? "";

const answer =
  <Response,>(Message: new () => Response) =>
  (_call: unknown, callback: grpc.sendUnaryData<Response>) =>
    callback(null, new Message());

function run(
  call: grpc.ServerUnaryCall<language.RunRequest, language.RunResponse>,
  callback: grpc.sendUnaryData<language.RunResponse>,
) {
  const request = call.request;
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const options = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  if (request.getDryrun()) flags.push("--dry-run");
  const runner = createRequire(join(folder, "program.js")).resolve("@pulumi/pulumi/cmd/run");
  const entryPoint = request.getInfo()?.getEntryPoint() || ".";
  // As the real one does: the user's own Node, whichever runs this file.
  const child = spawn("node", [runner, ...flags, entryPoint, ...request.getArgsList()], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_NODEJS_TYPESCRIPT: "true",
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  child.on("close", (status) => {
    const response = new language.RunResponse();
    if (status === exitAfterShowingError) response.setBail(true);
    else if (status !== 0) response.setError(`Program exited with non-zero exit code: ${status}`);
    callback(null, response);
  });
}

/** Starts a policy pack, or a provider from its sources; what it prints goes to the engine, its address first. */
function runPlugin(call: grpc.ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>) {
  const request = call.request;
  const folder = request.getInfo()?.getProgramDirectory() || request.getProgram();
  const isPolicyPack = request.getKind() === "analyzer";
  const runner = createRequire(join(folder, "plugin.js")).resolve(
    `@pulumi/pulumi/cmd/${isPolicyPack ? "run-policy-pack" : "run-plugin"}`,
  );
  const args = request.getArgsList();
  const child = spawn("node", [runner, ...(isPolicyPack ? [...args, folder] : [folder, ...args])], {
    // `@pulumi/policy` reads the pack's version from the package.json there.
    cwd: isPolicyPack ? folder : request.getPwd(),
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...Object.fromEntries(request.getEnvList().map((entry) => entry.split(/=(.*)/s, 2))),
      PULUMI_NODEJS_TYPESCRIPT: "true",
    },
  });
  child.stdout.on("data", (bytes: Buffer) => call.write(new language.RunPluginResponse().setStdout(bytes)));
  child.stderr.on("data", (bytes: Buffer) => call.write(new language.RunPluginResponse().setStderr(bytes)));
  child.on("close", (status) => {
    call.write(new language.RunPluginResponse().setExitcode(status ?? 1));
    call.end();
  });
  call.on("cancelled", () => child.kill());
}

/** Prepares a provider that is to be run from its sources. */
function installDependencies(
  call: grpc.ServerWritableStream<language.InstallDependenciesRequest, language.InstallDependenciesResponse>,
) {
  const child = spawn("npm", ["install", "--loglevel=error"], {
    cwd: call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory(),
    // npm reaches its registry as it does without a proxy that a test has put before the engine.
    env: { ...process.env, HTTPS_PROXY: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (bytes: Buffer) => call.write(new language.InstallDependenciesResponse().setStdout(bytes)));
  child.stderr.on("data", (bytes: Buffer) => call.write(new language.InstallDependenciesResponse().setStderr(bytes)));
  child.on("close", (status) => {
    if (status === 0) call.end();
    else call.emit("error", { code: grpc.status.UNKNOWN, details: `npm install failed with exit status ${status}` });
  });
}

const server = new grpc.Server();
server.addService(languageService.LanguageRuntimeService, {
  handshake: answer(language.LanguageHandshakeResponse),
  getRequiredPlugins: answer(language.GetRequiredPluginsResponse),
  getRequiredPackages: answer(language.GetRequiredPackagesResponse),
  getProgramDependencies: answer(language.GetProgramDependenciesResponse),
  getPluginInfo: answer(plugin.PluginInfo),
  cancel: answer(empty.Empty),
  // `pulumi package add` wants an SDK made and linked: programs here use none.
  generatePackage: answer(language.GeneratePackageResponse),
  link: answer(language.LinkResponse),
  run,
  runPlugin,
  installDependencies,
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // The engine reads the first line, everything after it is the program's own output.
  console.log(String(port));
});
