import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { cleanEnvironment } from "./processes";

/** What stands in for a value that is not known yet, in previews. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Milliseconds: longer than the longest listing, act and verification, on a slow machine. */
const callTimeout = 240_000;

export type Properties = Record<string, unknown>;

export interface LogLine {
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
  /** Shown while it is new and not repeated at the end: progress. */
  readonly ephemeral: boolean;
}

/** How the engine learns that a call failed. */
export class HostError extends Error {
  constructor(
    readonly code: grpc.status,
    message: string,
    /**
     * What is to be recorded all the same: the act happened, but something about it failed. Here `__provider` is
     * among the properties, and has to be: without it the engine could not call the host about the record again.
     */
    readonly partial?: { readonly id: string; readonly properties: Properties; readonly reasons: string[] },
  ) {
    super(message);
  }
}

export interface HostOptions {
  /** The host module: what follows the package's name. */
  readonly module?: string;
  /** The stack's configuration, as the engine hands it to the host: decrypted. */
  readonly config?: Record<string, string>;
  /** Added to the host's environment. */
  readonly env?: Record<string, string>;
}

/**
 * Starts the process in which the engine runs dynamic providers, as the engine does, with the packed package. The
 * calls below are the engine's own; each is rejected with a HostError when the host answers with an error.
 *
 *     const host = await startHost({ config: { "datadog:apiUrl": simulator.url } });
 *     const { inputs } = await host.check({}, { tokenId });
 *     const { id, properties } = await host.create(inputs);
 *     host.kill();
 */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const logs: LogLine[] = [];
  const { engine, address } = await startEngine(logs);
  const env = { ...cleanEnvironment(), PULUMI_NODEJS_PROJECT: "project", PULUMI_NODEJS_STACK: "test", ...options.env };
  const child = (globalThis.startHostInProcess ?? startProcess)(address, env);
  const host = new Host(child, engine, logs, options.module ?? "host/tokenRevocation");
  await host.connect(options.config ?? {});
  return host;
}

/** Set by the tests with mutants, which have to see what the host does. */
declare global {
  var startHostInProcess: typeof startProcess | undefined;
}

function startProcess(engine: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [require.resolve("@pulumi/pulumi/cmd/dynamic-provider"), engine], {
    // From here `require` finds the package in node_modules, and not the sources by the root's own name.
    cwd: __dirname,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export class Host {
  /** What the host wrote to its standard output and error, which a user would see as lines of the stack. */
  printed = "";
  private client: ResourceProviderClient | undefined;

  constructor(
    private readonly child: ChildProcess,
    private readonly engine: grpc.Server,
    private readonly recorded: LogLine[],
    private readonly module: string,
  ) {}

  /** Waits for the host to serve, and configures it. */
  async connect(config: Record<string, string>): Promise<void> {
    const { stdout, stderr } = this.child;
    if (!stdout || !stderr) throw new Error("the host's output is not piped");
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.printed += text;
    });
    const lines = createInterface({ input: stdout });
    const exit = once(this.child, "exit").then(() => Promise.reject(new Error(`the host ended\n${this.printed}`)));
    exit.catch(() => {});
    const [port] = await Promise.race([once(lines, "line"), exit]);
    lines.on("line", (line: string) => {
      this.printed += `${line}\n`;
    });
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
    });
    await this.configure(config);
  }

  /** Counts for providers that are loaded later: the process asks each for its own only once. */
  async configure(config: Record<string, string>): Promise<void> {
    const request = new messages.ConfigureRequest();
    request.setArgs(struct(config));
    await this.call((client, ...rest) => client.configure(request, ...rest));
  }

  /** `olds`: the inputs in state, empty before a create. */
  async check(
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }> {
    const request = new messages.CheckRequest();
    request.setOlds(Object.keys(olds).length === 0 ? struct({}) : this.withProvider(olds));
    request.setNews(this.withProvider(news));
    const response = await this.call<messages.CheckResponse>((client, ...rest) => client.check(request, ...rest));
    const failures = response.getFailuresList();
    return {
      inputs: plain(response.getInputs()),
      failures: failures.map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
    };
  }

  /** `olds`: the outputs in state; `news`: what check returned. */
  async diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: "unknown" | "none" | "some"; replaces: string[]; deleteBeforeReplace: boolean }> {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setOlds(this.withProvider(olds));
    request.setNews(this.withProvider(news));
    const response = await this.call<messages.DiffResponse>((client, ...rest) => client.diff(request, ...rest));
    return {
      changes: (["unknown", "none", "some"] as const)[response.getChanges()],
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(inputs: Properties): Promise<{ id: string; properties: Properties }> {
    const request = new messages.CreateRequest();
    request.setProperties(this.withProvider(inputs));
    const response = await this.call<messages.CreateResponse>((client, ...rest) => client.create(request, ...rest));
    return { id: response.getId(), properties: plain(response.getProperties()) };
  }

  /** As in a refresh: `properties` are the outputs in state. */
  async read(id: string, properties: Properties): Promise<{ id: string; properties: Properties; inputs?: Properties }> {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setProperties(this.withProvider(properties));
    const response = await this.call<messages.ReadResponse>((client, ...rest) => client.read(request, ...rest));
    const inputs = response.getInputs();
    return {
      id: response.getId(),
      properties: plain(response.getProperties()),
      ...(inputs && { inputs: plain(inputs) }),
    };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<{ properties: Properties }> {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setOlds(this.withProvider(olds));
    request.setNews(this.withProvider(news));
    const response = await this.call<messages.UpdateResponse>((client, ...rest) => client.update(request, ...rest));
    return { properties: plain(response.getProperties()) };
  }

  async delete(id: string, properties: Properties): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setProperties(this.withProvider(properties));
    await this.call((client, ...rest) => client.delete(request, ...rest));
  }

  /** What the host told the engine to show, so far. */
  logs(): readonly LogLine[] {
    return this.recorded;
  }

  /** The engine is gone from now on, as after a kill: connections to it are refused. The host lives on. */
  killEngine(): void {
    this.engine.forceShutdown();
  }

  kill(): void {
    this.client?.close();
    this.killEngine();
    this.child.kill("SIGKILL");
  }

  /** When the host has ended by itself: its exit status. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, "exit");
    return this.child.exitCode;
  }

  /** Kills it, and waits for the rest of what it wrote: a call's answer can be here before the lines written with it. */
  async end(): Promise<string> {
    const closed = once(this.child, "close");
    this.kill();
    await closed;
    return this.printed;
  }

  /**
   * Adds what the package stores with every resource; unless it is there, as another release of the package left it.
   */
  private withProvider(properties: Properties): Struct {
    const provider = `exports.handler = () => require("pulumi-datadog-revocation/${this.module}");`;
    return struct({ __provider: provider, ...properties });
  }

  private call<Response>(send: (client: ResourceProviderClient, ...rest: Rest<Response>) => void): Promise<Response> {
    return new Promise((resolve, reject) => {
      if (!this.client) throw new Error("the host is not connected");
      const options = { deadline: Date.now() + callTimeout };
      send(this.client, new grpc.Metadata(), options, (error, response) =>
        error ? reject(hostError(error)) : resolve(response),
      );
    });
  }
}

/** What every call takes besides its request. */
type Rest<Response> = [
  metadata: grpc.Metadata,
  options: Partial<grpc.CallOptions>,
  callback: (error: grpc.ServiceError | null, response: Response) => void,
];

const struct = (properties: object) => Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);

function plain(properties: Struct | undefined): Properties {
  const { __provider, ...own } = properties?.toJavaScript() ?? {};
  return own;
}

/** As the engine reads an error: a part that is to be recorded travels in the status details. */
function hostError(error: grpc.ServiceError): HostError {
  const [packed] = error.metadata.get("grpc-status-details-bin");
  if (!(packed instanceof Buffer)) return new HostError(error.code, error.details);
  const [any] = Status.deserializeBinary(packed).getDetailsList();
  const detail = any?.unpack(messages.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  if (!detail) return new HostError(error.code, error.details);
  return new HostError(error.code, error.details, {
    id: detail.getId(),
    properties: detail.getProperties()?.toJavaScript() ?? {},
    reasons: detail.getReasonsList(),
  });
}

/** As much of the engine as the host talks to: a server that takes log lines. */
async function startEngine(logs: LogLine[]): Promise<{ engine: grpc.Server; address: string }> {
  const names = {
    [LogSeverity.DEBUG]: "debug",
    [LogSeverity.INFO]: "info",
    [LogSeverity.WARNING]: "warning",
    [LogSeverity.ERROR]: "error",
  } as const;
  const engine = new grpc.Server();
  engine.addService(EngineService, {
    log(call: grpc.ServerUnaryCall<LogRequest, Empty>, callback: grpc.sendUnaryData<Empty>) {
      const { severity, message, ephemeral } = call.request.toObject();
      logs.push({ severity: names[severity], message, ephemeral });
      callback(null, new Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    engine.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { engine, address: `127.0.0.1:${port}` };
}
