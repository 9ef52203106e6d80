import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterwards } from "./afterwards";
import { type Calls, HostError, type Properties } from "./host";
import { cleanEnvironment } from "./processes";

/** Milliseconds: longer than the longest listing, act and verification, on a slow machine. */
const CALL_TIMEOUT = 240_000;

/** Whatever becomes of the process of the tests, its end closes this input, and ends this process too. */
const DIE_WITH_PARENT = `data:text/javascript,process.stdin.on("end",()=>process.kill(process.pid,"SIGKILL")).resume().unref()`;

export interface ProcessOptions {
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A process that serves the provider protocol, started as the engine does. */
export class ProviderProcess {
  readonly client: ResourceProviderClient;
  #printed = "";

  private constructor(
    readonly child: ChildProcess,
    port: string,
  ) {
    this.client = connect(port);
  }

  static async start({ script, args, env = {} }: ProcessOptions): Promise<ProviderProcess> {
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
    const exit = once(child, "exit").then(() => Promise.reject(new Error(`the provider ended\n${errors}`)));
    exit.catch(() => {});
    const lines = createInterface({ input: child.stdout });
    const [port] = await Promise.race([once(lines, "line"), exit]);
    const started = new ProviderProcess(child, port);
    afterwards(() => started.kill());
    started.#printed = errors;
    child.stderr.on("data", (text: string) => {
      started.#printed += text;
    });
    lines.on("line", (line: string) => {
      started.#printed += `${line}\n`;
    });
    return started;
  }

  get printed(): string {
    return this.#printed;
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

/** @param port on which a provider serves */
export function connect(port: string): ResourceProviderClient {
  return new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
}

type Callback<Response> = (error: grpc.ServiceError | null, response: Response) => void;
type Method<Request, Response> = (
  request: Request,
  metadata: grpc.Metadata,
  options: object,
  callback: Callback<Response>,
) => unknown;

/** One call; rejected with a HostError when the provider answers with an error. */
export function call<Request, Response>(
  client: ResourceProviderClient,
  method: Method<Request, Response>,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + CALL_TIMEOUT };
    method.call(client, request, new grpc.Metadata(), options, (error, response) =>
      error ? reject(hostError(error)) : resolve(response),
    );
  });
}

/** How the engine hands a provider properties. */
export interface Manner {
  /** Of the resource; the process for dynamic resources does without. */
  readonly urn?: string;
  readonly toStruct: (properties: Properties) => Struct;
}

export const asTheyAre: Manner = { toStruct: struct };

export function callsOver(client: ResourceProviderClient, { urn = "", toStruct }: Manner = asTheyAre): Calls {
  return {
    check: async (olds, news) => {
      const request = new messages.CheckRequest();
      request.setUrn(urn);
      request.setOlds(toStruct(olds));
      request.setNews(toStruct(news));
      const response = await call(client, client.check, request);
      return {
        inputs: plain(response.getInputs()),
        failures: response.getFailuresList().map((each) => each.toObject()),
      };
    },
    diff: async (id, olds, news) => {
      const request = new messages.DiffRequest();
      request.setId(id);
      request.setUrn(urn);
      request.setOlds(toStruct(olds));
      request.setNews(toStruct(news));
      return difference(await call(client, client.diff, request));
    },
    create: async (inputs) => {
      const request = new messages.CreateRequest();
      request.setUrn(urn);
      request.setProperties(toStruct(inputs));
      const response = await call(client, client.create, request);
      return { id: response.getId(), outs: plain(response.getProperties()) };
    },
    read: async (id, props = {}) => {
      const request = new messages.ReadRequest();
      request.setId(id);
      request.setUrn(urn);
      request.setProperties(toStruct(props));
      const response = await call(client, client.read, request);
      return { id: response.getId(), props: plain(response.getProperties()), inputs: plain(response.getInputs()) };
    },
    update: async (id, olds, news) => {
      const request = new messages.UpdateRequest();
      request.setId(id);
      request.setUrn(urn);
      request.setOlds(toStruct(olds));
      request.setNews(toStruct(news));
      const response = await call(client, client.update, request);
      return { outs: plain(response.getProperties()) };
    },
    delete: async (id, props) => {
      const request = new messages.DeleteRequest();
      request.setId(id);
      request.setUrn(urn);
      request.setProperties(toStruct(props));
      await call(client, client.delete, request);
    },
  };
}

export function difference(response: messages.DiffResponse): Awaited<ReturnType<Calls["diff"]>> {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  const changes = response.getChanges();
  if (changes !== DIFF_SOME && changes !== DIFF_NONE) throw new Error("nobody says whether there is a difference");
  return {
    changes: changes === DIFF_SOME,
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
  };
}

export function struct(properties: object): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

/** Marks an object that stands for a value of a special kind; and the kind of a secret. */
const [SIGNATURE, SECRET] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"];

/** A secret, as the engine marks it. */
export function secret(value: unknown): object {
  return { [SIGNATURE]: SECRET, value };
}

/** Without the marks of secrets. */
export function plain(properties: Struct | undefined): Properties {
  return unmarked(properties?.toJavaScript() ?? {}) as Properties;
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Properties;
  if (fields[SIGNATURE] === SECRET) return unmarked(fields.value);
  return Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, unmarked(each)]));
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
