import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { afterwards } from "./afterwards";

export interface LogLine {
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
  /** Shown while it is new and not repeated at the end: progress. */
  readonly ephemeral: boolean;
}

const SEVERITIES = {
  [LogSeverity.DEBUG]: "debug",
  [LogSeverity.INFO]: "info",
  [LogSeverity.WARNING]: "warning",
  [LogSeverity.ERROR]: "error",
} as const;

/** As much of the engine as a host talks to: a server that takes log lines. */
export class Engine {
  readonly logs: LogLine[] = [];
  readonly #server = new grpc.Server();
  #address = "";

  static async start(): Promise<Engine> {
    const engine = new Engine();
    afterwards(() => engine.kill());
    const log = (call: grpc.ServerUnaryCall<LogRequest, Empty>, callback: grpc.sendUnaryData<Empty>): void => {
      const { severity, message, ephemeral } = call.request.toObject();
      engine.logs.push({ severity: SEVERITIES[severity], message, ephemeral });
      callback(null, new Empty());
    };
    engine.#server.addService(EngineService, { log });
    const credentials = grpc.ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) => {
      engine.#server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    engine.#address = `127.0.0.1:${port}`;
    return engine;
  }

  get address(): string {
    return this.#address;
  }

  kill(): void {
    this.#server.forceShutdown();
  }
}
