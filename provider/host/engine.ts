/**
 * Messages to the person at the terminal. A dynamic provider has no interface for them; the engine's own, at the address
 * that it starts the host with, gives true warnings.
 */
import { once } from "node:events";
import { createRequire } from "node:module";
import { connect } from "node:net";
import type * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { plainLine } from "../datadog/errors";

type Severity = "INFO" | "WARNING";

/**
 * Warns, in one plain line. Call it when there is news only: a quiet run says nothing.
 *
 * @param text begins with the token id where there is one
 */
export function warn(text: string): Promise<void> {
  return log("WARNING", text);
}

/** Informs, in one plain line. */
export function info(text: string): Promise<void> {
  return log("INFO", text);
}

const said = new Set<string>();

/**
 * Warns once per run.
 *
 * @param topic what is said once; the text itself by default
 */
export async function warnOnce(text: string, topic = text): Promise<void> {
  if (said.has(topic)) return;
  said.add(topic);
  await warn(text);
}

/** Shows how far long work has come: a line that the next one replaces, and that is not repeated at the end. */
export function progress(text: string): Promise<void> {
  return sendToEngine("INFO", plainLine(text), true).catch(() => undefined);
}

async function log(severity: Severity, text: string): Promise<void> {
  const line = plainLine(text);
  try {
    await sendToEngine(severity, line);
  } catch {
    console.error(line);
  }
}

let client: EngineClient | undefined;

function engine(): EngineClient {
  client ??= new EngineClient(engineAddress(), pulumisGrpc().credentials.createInsecure());
  return client;
}

async function sendToEngine(severity: Severity, message: string, ephemeral = false): Promise<void> {
  const request = new LogRequest();
  request.setSeverity(LogSeverity[severity]);
  request.setMessage(message);
  request.setEphemeral(ephemeral);
  await new Promise<void>((resolve, reject) => {
    engine().log(request, (error) => (error ? reject(error) : resolve()));
  });
}

/** grpc's number for a connection that stands. */
const READY = 2;

/**
 * To be called before each of many acts: ends this process when the engine is gone, which leaves it running when it is
 * killed. What is done from then on would never be recorded.
 */
export async function requireEngine(): Promise<void> {
  const [host, port] = process.argv[2]?.split(":") ?? [];
  if (host === undefined || port === undefined) return;
  const channel = engine().getChannel();
  // Costs next to nothing while the connection for messages stands.
  if (channel.getConnectivityState(true) !== READY && !(await listens(host, Number(port)))) process.exit(1);
  if (watching) return;
  watching = true;
  // After the last act no other would notice.
  channel.watchConnectivityState(channel.getConnectivityState(true), Number.POSITIVE_INFINITY, () => {
    watching = false;
    void requireEngine();
  });
}

let watching = false;

async function listens(host: string, port: number): Promise<boolean> {
  const connection = connect({ host, port });
  try {
    await once(connection, "connect");
    return true;
  } catch {
    return false;
  } finally {
    connection.destroy();
  }
}

/** The engine starts the host with its own address as the one argument. */
function engineAddress(): string {
  const address = process.argv[2];
  if (address === undefined) throw new Error("started without an engine");
  return address;
}

/** The SDK's own copy: credentials made by another are refused, and pnpm hides this one from us. */
function pulumisGrpc(): typeof grpc {
  return createRequire(require.resolve("@pulumi/pulumi"))("@grpc/grpc-js");
}
