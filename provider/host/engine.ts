/**
 * Messages to the person at the terminal. A dynamic provider has no interface for them; the engine's own, at the address
 * that it starts the host with, gives true warnings.
 */
import { createRequire } from "node:module";
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

async function log(severity: Severity, text: string): Promise<void> {
  const line = plainLine(text);
  try {
    await sendToEngine(severity, line);
  } catch {
    console.error(line);
  }
}

let client: EngineClient | undefined;

async function sendToEngine(severity: Severity, message: string): Promise<void> {
  client ??= new EngineClient(engineAddress(), pulumisGrpc().credentials.createInsecure());
  const request = new LogRequest();
  request.setSeverity(LogSeverity[severity]);
  request.setMessage(message);
  await new Promise<void>((resolve, reject) => {
    client?.log(request, (error) => (error ? reject(error) : resolve()));
  });
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
