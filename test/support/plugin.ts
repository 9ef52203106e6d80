import * as grpc from "@grpc/grpc-js";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Kind, PLUGIN_TYPES, RESOURCE_TYPES } from "../../provider/core/resourceTypes";
import type { Difference, Properties } from "./host";
import { Engine } from "./hostEngine";
import { QUICK } from "./hosted";
import { DEFAULT_PROVIDER, settings, startPluginProcess, urnOf } from "./hostPlugin";
import { call, difference, type ProviderProcess, struct } from "./providerProcess";

/** What came of a check, with secrets as the engine marks them. */
interface Checked {
  readonly inputs: Properties;
  /** What is wrong, a sentence each. */
  readonly reasons: string[];
}

/** A resource in state. */
interface Recorded {
  readonly id: string;
  readonly inputs: Properties;
  readonly properties: Properties;
}

/**
 * The provider plugin in a process of its own, with those of the engine's calls that only a plugin gets. Each is
 * rejected with a HostError when it answers with an error.
 */
export class Plugin {
  private constructor(
    readonly process: ProviderProcess,
    readonly engine: Engine,
  ) {}

  /** With keys of a simulator's, its own or others. */
  static at({ url }: { url: string }, { apiKey, appKey }: { apiKey: string; appKey: string }): Promise<Plugin> {
    const config = { "datadog:apiUrl": url, "datadog:apiKey": apiKey, "datadog:appKey": appKey, ...QUICK };
    return Plugin.start({ config });
  }

  /** @param config of a stack, like `datadog:apiUrl`; without any the plugin is not configured */
  static async start({
    config,
    env = {},
  }: {
    config?: Record<string, string>;
    env?: Record<string, string>;
  } = {}): Promise<Plugin> {
    const engine = await Engine.start();
    const plugin = new Plugin(await startPluginProcess({ address: engine.address, env, flags: [] }), engine);
    if (config) await plugin.configure(DEFAULT_PROVIDER, settings(config));
    return plugin;
  }

  get client() {
    return this.process.client;
  }

  async version(): Promise<string> {
    return (await call(this.client, this.client.getPluginInfo, new Empty())).getVersion();
  }

  async schema(): Promise<Properties> {
    const response = await call(this.client, this.client.getSchema, new messages.GetSchemaRequest());
    return JSON.parse(response.getSchema());
  }

  /** @param urn of a provider */
  async checkConfig(urn: string, args: Properties): Promise<Checked> {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setNews(struct(args));
    return checked(await call(this.client, this.client.checkConfig, request));
  }

  async diffConfig(olds: Properties, news: Properties): Promise<Difference> {
    const request = new messages.DiffRequest();
    request.setUrn(DEFAULT_PROVIDER);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    return difference(await call(this.client, this.client.diffConfig, request));
  }

  async configure(urn: string, args: Properties): Promise<messages.ConfigureResponse> {
    const request = new messages.ConfigureRequest();
    request.setUrn(urn);
    request.setArgs(struct(args));
    return call(this.client, this.client.configure, request);
  }

  /**
   * @param name the resource's logical name
   * @param olds the inputs in state
   */
  async check(kind: Kind, args: Properties, name = "resource", olds: Properties = {}): Promise<Checked> {
    return this.checkUrn(urnOf(PLUGIN_TYPES[kind], name), args, olds);
  }

  async checkUrn(urn: string, args: Properties, olds: Properties = {}): Promise<Checked> {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setOlds(struct(olds));
    request.setNews(struct(args));
    return checked(await call(this.client, this.client.check, request));
  }

  /** @returns its outputs, as the engine gets them */
  async create(kind: Kind, inputs: Properties): Promise<Properties> {
    const request = new messages.CreateRequest();
    request.setUrn(urnOf(PLUGIN_TYPES[kind]));
    request.setProperties(struct(inputs));
    return raw((await call(this.client, this.client.create, request)).getProperties());
  }

  /** A refresh of what is recorded; of nothing, `pulumi import`. */
  async read(
    kind: Kind | "TokenRevocationBatch",
    id: string,
    { properties, inputs }: Partial<Recorded> = {},
  ): Promise<Recorded> {
    const request = new messages.ReadRequest();
    request.setUrn(urnOf({ ...PLUGIN_TYPES, TokenRevocationBatch: RESOURCE_TYPES.TokenRevocationBatch }[kind]));
    request.setId(id);
    if (properties) request.setProperties(struct(properties));
    if (inputs) request.setInputs(struct(inputs));
    const response = await call(this.client, this.client.read, request);
    return { id: response.getId(), inputs: raw(response.getInputs()), properties: raw(response.getProperties()) };
  }

  /** @returns what is wrong, a sentence each, instead of a result */
  async invoke(token: string, args: Properties): Promise<Properties | string[]> {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const response = await call(this.client, this.client.invoke, request);
    const reasons = response.getFailuresList().map((each) => each.getReason());
    return reasons.length > 0 ? reasons : raw(response.getReturn());
  }

  async cancel(): Promise<void> {
    await call(this.client, this.client.cancel, new Empty());
  }

  /** How it answers a call that the engine would make at first. */
  async handshake(): Promise<string | undefined> {
    const request = new messages.ProviderHandshakeRequest();
    return new Promise((resolve) => {
      this.client.handshake(request, (error) => resolve(error ? grpc.status[error.code] : undefined));
    });
  }

  /** Ends it. */
  async printed(): Promise<string> {
    await this.process.kill();
    return this.process.printed;
  }
}

function checked(response: messages.CheckResponse): Checked {
  return {
    inputs: raw(response.getInputs()),
    // A named property would be printed with its value, secret or not.
    reasons: response.getFailuresList().map((each) => `${each.getProperty()}${each.getReason()}`),
  };
}

function raw(properties: Struct | undefined): Properties {
  return properties?.toJavaScript() ?? {};
}
