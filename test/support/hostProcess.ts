import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterwards } from "./afterwards";
import { type Calls, HostError, type Properties, type Start, type Started } from "./host";
import { cleanEnvironment } from "./processes";

/** Milliseconds: longer than the longest listing, act and verification, on a slow machine. */
const CALL_TIMEOUT = 240_000;

/** Whatever becomes of the process of the tests, its end closes this input, and ends this process too. */
const DIE_WITH_PARENT = `data:text/javascript,process.stdin.on("end",()=>process.kill(process.pid,"SIGKILL")).resume().unref()`;

/** The process in which the engine runs dynamic providers, started as the engine does. */
class HostProcess {
  readonly calls: Calls;
  #printed = "";

  private constructor(
    readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
  ) {
    this.calls = callsOver(client);
  }

  static async start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<HostProcess> {
    const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const child = spawn(process.execPath, ["--import", DIE_WITH_PARENT, script, ...args], {
      // From here `require` finds the package in node_modules, and not the sources by the root's own name.
      cwd: __dirname,
      env: { ...cleanEnvironment(), PULUMI_NODEJS_PROJECT: "project", PULUMI_NODEJS_STACK: "test", ...env },
      stdio: "pipe",
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    const exit = once(child, "exit").then(() => Promise.reject(new Error(`the host ended\n${errors}`)));
    exit.catch(() => {});
    const lines = createInterface({ input: child.stdout });
    const [port] = await Promise.race([once(lines, "line"), exit]);
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
    });
    const host = new HostProcess(child, client);
    afterwards(() => host.kill());
    host.#printed = errors;
    child.stderr.on("data", (text: string) => {
      host.#printed += text;
    });
    lines.on("line", (line: string) => {
      host.#printed += `${line}\n`;
    });
    return host;
  }

  get printed(): string {
    return this.#printed;
  }

  async configure(config: Readonly<Record<string, string>>): Promise<void> {
    const request = new messages.ConfigureRequest();
    request.setArgs(struct(config));
    await new Promise<void>((resolve, reject) =>
      this.client.configure(request, (error) => (error ? reject(error) : resolve())),
    );
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    this.client.close();
    const isOpen = !this.child.stderr?.closed || !this.child.stdout?.closed;
    const closed = isOpen ? once(this.child, "close") : undefined;
    this.child.kill("SIGKILL");
    await closed;
  }
}

/** A host with a process of its own, exactly as the engine has it. */
export async function startProcess({ address, config, env, flags }: Start): Promise<Started> {
  const host = await HostProcess.start([...flags, address], env);
  await host.configure(config);
  return {
    provider: (module) => ({
      calls: host.calls,
      text: `exports.handler = () => require("pulumi-datadog-revocation/${module}");`,
    }),
    // A call's answer can be here before the lines written with it.
    printed: async () => {
      await host.kill();
      return host.printed;
    },
    ended: () => host.ended(),
    kill: () => host.kill(),
  };
}

const newHost = join(dirname(require.resolve("pulumi-datadog-revocation/package.json")), "dist/provider/host/host.js");

/** The provider by which a shared process makes hosts, kept by their numbers. */
const MAKER = `exports.handler = () => {
  const hosts = globalThis.testHosts = {};
  const make = async (number, { env, address, config }) => {
    const end = () => { throw new Error("the engine of a host is gone that shares its process"); };
    const { providers } = require(${JSON.stringify(newHost)}).newHost({ env, engine: { address, end, print: console.error } });
    for (const provider of Object.values(providers)) await provider.configure({ config: { get: (key) => config[key] } });
    hosts[number] = providers;
  };
  const write = (line) => [process.stdout, process.stderr].forEach((stream) => stream.write(line));
  return {
    check: async (_, { number, start, mark }) => {
      if (start) await make(number, start);
      else if (mark) write(mark);
      else delete hosts[number];
      return {};
    },
  };
};`;

let shared: Promise<HostProcess> | undefined;
let hosts = 0;

/** The next host is in another process. */
export async function endShared(): Promise<void> {
  const host = await shared;
  shared = undefined;
  await host?.kill();
}

/** A host of its own in a process that it shares with the other hosts of the test file. */
export async function startRun({ address, config, env }: Start): Promise<Started> {
  // It has an engine for each of its hosts, and none itself.
  shared ??= HostProcess.start(["127.0.0.1:1"], {});
  const host = await shared;
  const number = ++hosts;
  const ask = (news: object): Promise<unknown> => host.calls.check({}, { __provider: MAKER, number, ...news });
  await ask({ start: { env, address, config } });
  const begin = host.printed.length;
  return {
    provider: (module) => ({
      calls: host.calls,
      // Configured when it was made: what configures a process counts for all of its hosts.
      text: `exports.handler = () => ({ ...testHosts[${number}]["${module.replace("host/", "")}"], configure: undefined });`,
    }),
    printed: async () => {
      // A call's answer can be here before the lines written with it.
      const mark = `mark ${randomUUID()}\n`;
      await ask({ mark });
      while (host.printed.split(mark).length < 3) await sleep(1);
      return host.printed.slice(begin).replaceAll(/^mark [0-9a-f-]{36}\n/gm, "");
    },
    ended: () => Promise.reject(new Error("it shares its process: start it with ownProcess")),
    kill: async () => void (await ask({})),
  };
}

const struct = (properties: object): Struct => Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
const plain = (properties: Struct | undefined): Properties => properties?.toJavaScript() ?? {};

type Callback<Response> = (error: grpc.ServiceError | null, response: Response) => void;

function callsOver(client: ResourceProviderClient): Calls {
  function call<Request, Response>(
    method: (request: Request, metadata: grpc.Metadata, options: object, callback: Callback<Response>) => unknown,
    request: Request,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + CALL_TIMEOUT };
      method.call(client, request, new grpc.Metadata(), options, (error, response) =>
        error ? reject(hostError(error)) : resolve(response),
      );
    });
  }
  return {
    check: async (olds, news) => {
      const request = new messages.CheckRequest();
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const response = await call<messages.CheckRequest, messages.CheckResponse>(client.check, request);
      return {
        inputs: plain(response.getInputs()),
        failures: response.getFailuresList().map((each) => each.toObject()),
      };
    },
    diff: async (id, olds, news) => {
      const request = new messages.DiffRequest();
      request.setId(id);
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const response = await call<messages.DiffRequest, messages.DiffResponse>(client.diff, request);
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      const changes = response.getChanges();
      if (changes !== DIFF_SOME && changes !== DIFF_NONE) throw new Error("nobody says whether there is a difference");
      return {
        changes: changes === DIFF_SOME,
        replaces: response.getReplacesList(),
        deleteBeforeReplace: response.getDeletebeforereplace(),
      };
    },
    create: async (inputs) => {
      const request = new messages.CreateRequest();
      request.setProperties(struct(inputs));
      const response = await call<messages.CreateRequest, messages.CreateResponse>(client.create, request);
      return { id: response.getId(), outs: plain(response.getProperties()) };
    },
    read: async (id, props = {}) => {
      const request = new messages.ReadRequest();
      request.setId(id);
      request.setProperties(struct(props));
      const response = await call<messages.ReadRequest, messages.ReadResponse>(client.read, request);
      return { id: response.getId(), props: plain(response.getProperties()), inputs: plain(response.getInputs()) };
    },
    update: async (id, olds, news) => {
      const request = new messages.UpdateRequest();
      request.setId(id);
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const response = await call<messages.UpdateRequest, messages.UpdateResponse>(client.update, request);
      return { outs: plain(response.getProperties()) };
    },
    delete: async (id, props) => {
      const request = new messages.DeleteRequest();
      request.setId(id);
      request.setProperties(struct(props));
      await call(client.delete, request);
    },
  };
}

/** As the engine reads an error: a part that is to be recorded travels in the status details. */
function hostError(error: grpc.ServiceError): HostError {
  const [packed] = error.metadata.get("grpc-status-details-bin");
  if (!(packed instanceof Buffer)) return new HostError(error.details);
  const [any] = Status.deserializeBinary(packed).getDetailsList();
  const detail = any?.unpack(messages.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  if (!detail) return new HostError(error.details);
  const reasons = detail.getReasonsList();
  return new HostError(error.details, { id: detail.getId(), properties: plain(detail.getProperties()), reasons });
}
