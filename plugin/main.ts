/** The provider plugin: the engine starts a process of it for each provider of a run, whatever language the program is in. */
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { version } from "../package.json";
import { Run } from "../provider/core/run";
import { EngineConnection, engineAddressIn } from "../provider/handlers/engineConnection";
import { endWithEngine } from "../provider/host/endWithEngine";
import { sentence } from "../provider/text/plainLine";
import { providerCalls } from "./providerServer";
import schema from "./schema.json";

/** Whatever the size of a batch. */
const UNLIMITED = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** How the SDK's calls fail when the engine listens no more. */
const UNHEARD = [grpc.status.UNAVAILABLE, grpc.status.CANCELLED];

async function main(): Promise<void> {
  const address = engineAddressIn(process.argv.slice(2));
  if (address === undefined) {
    console.error(
      "This is a Pulumi provider plugin: the Pulumi engine starts it for programs that declare a resource of " +
        "datadog-revocation. For commands, run npx --no pulumi-datadog-revocation help.",
    );
    process.exit(1);
  }
  const engine = new EngineConnection({
    address,
    end: () => process.exit(1),
    print: (line) => console.error(line),
    credentials: () => grpc.credentials.createInsecure(),
  });
  const run = new Run({ env: process.env, engine });
  const server = new grpc.Server(UNLIMITED);
  const calls = providerCalls({ run, env: process.env, version, schema, engineAddress: address });
  server.addService(ResourceProviderService, calls);
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  endWithEngine(() => run.end());
  // A killed engine interrupts nobody: from here on its end is noticed, also while there is nothing to do.
  void engine.demand();
  // Each call answers for its own errors. What is left is what the SDK had still to tell an engine that stopped listening.
  process.on("unhandledRejection", (error) => {
    const isUnheard = error instanceof Error && "code" in error && UNHEARD.includes(Number(error.code));
    if (!isUnheard) console.error(sentence(error));
  });
  // The engine reads it from here.
  console.log(String(port));
}

void main();
