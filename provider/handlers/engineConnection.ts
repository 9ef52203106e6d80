/**
 * The engine, as a process sees it that it starts for a provider: for dynamic ones or the plugin. Answers to the engine's
 * calls have no place for messages; the engine's own interface, at the address that it gives its processes, shows them.
 */
import { once } from "node:events";
import { connect } from "node:net";
import type * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Severity } from "../core/messages";
import type { Engine } from "../core/run";

/** grpc's number for a connection that stands. */
const READY = 2;

export interface EngineConnectionOptions {
  /** `host:port`; undefined: there is no engine. */
  readonly address: string | undefined;
  /** Called when the engine is gone. */
  readonly end: () => void;
  /** Takes what the engine does not. */
  readonly print: (line: string) => void;
  /** Made by the SDK's own copy of grpc: those of another are refused. */
  readonly credentials: () => grpc.ChannelCredentials;
}

export class EngineConnection implements Engine {
  readonly #options: EngineConnectionOptions;
  #client: EngineClient | undefined;
  #isWatched = false;

  constructor(options: EngineConnectionOptions) {
    this.#options = options;
  }

  async log(severity: Severity, line: string, ephemeral = false): Promise<void> {
    const request = new LogRequest();
    request.setSeverity(LogSeverity[severity]);
    request.setMessage(line);
    request.setEphemeral(ephemeral);
    try {
      const client = this.#engine();
      await new Promise<void>((resolve, reject) => client.log(request, (error) => (error ? reject(error) : resolve())));
    } catch {
      if (!ephemeral) this.#options.print(line);
    }
  }

  /**
   * To be called before each of many acts. A killed engine leaves this process running, and what it does from then on
   * would never be recorded.
   */
  async demand(): Promise<void> {
    const { address, end } = this.#options;
    if (address === undefined) return;
    const channel = this.#engine().getChannel();
    // Costs next to nothing while the connection for messages stands.
    if (channel.getConnectivityState(true) !== READY && !(await listens(address))) end();
    if (this.#isWatched) return;
    this.#isWatched = true;
    // After the last act no other would notice.
    channel.watchConnectivityState(channel.getConnectivityState(true), Number.POSITIVE_INFINITY, () => {
      this.#isWatched = false;
      void this.demand().catch(() => undefined);
    });
  }

  #engine(): EngineClient {
    const { address } = this.#options;
    if (address === undefined) throw new Error("started without an engine");
    // The engine is on this machine, and grpc would go to a proxy for it.
    const options = { "grpc.enable_http_proxy": 0 };
    this.#client ??= new EngineClient(address, this.#options.credentials(), options);
    return this.#client;
  }
}

/**
 * The engine's address among a process's arguments. With --logflow, -v and --tracing the engine puts flags before it.
 *
 * @param args without the interpreter and the script
 */
export function engineAddressIn(args: readonly string[]): string | undefined {
  return args.find((arg, index) => !arg.startsWith("-") && args[index - 1] !== "--tracing" && /:\d+$/.test(arg));
}

async function listens(address: string): Promise<boolean> {
  const at = address.lastIndexOf(":");
  const connection = connect({
    host: address.slice(0, at).replace(/^\[|\]$/g, ""),
    port: Number(address.slice(at + 1)),
  });
  try {
    await once(connection, "connect");
    return true;
  } catch {
    return false;
  } finally {
    connection.destroy();
  }
}
