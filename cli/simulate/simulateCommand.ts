import { once } from "node:events";
import { type Permission, type Simulator, startSimulator } from "../../simulator";
import type { Command } from "../command";
import { type Options, parseOptions, wholeNumber } from "../options";
import { UsageError } from "../usageError";

const OPTIONS = {
  json: {
    type: "boolean",
    default: false,
    description: "print one line of JSON when ready: { url, apiKey, appKey, tokens }",
  },
  port: {
    type: "string",
    default: "0",
    placeholder: "PORT",
    description: "the port to listen on; 0 takes any free one",
  },
  seed: {
    type: "string",
    default: "1",
    placeholder: "N",
    description: "the same seed gives the same organization",
  },
  leaked: {
    type: "string",
    default: "0",
    placeholder: "N",
    description: "how many of its tokens Datadog has found leaked",
  },
  tokens: { type: "string", default: "12", placeholder: "N", description: "how many tokens it has" },
} as const satisfies Options;

const SHOWN_TOKENS = 5;

/** What all of this package's commands and resources need of a bearer token. */
const SCOPES: readonly Permission[] = [
  "org_app_keys_read",
  "org_app_keys_write",
  "user_access_read",
  "audit_logs_read",
];

/** Serves a local Datadog until it is stopped. */
export const simulate: Command = {
  summary: "serve a local Datadog with made-up tokens, to try things out on",
  description: `Serves a local Datadog on 127.0.0.1 with a made-up organization, until it is stopped (Ctrl-C).
Nothing in it is real, and nothing leaves this machine.`,
  options: OPTIONS,
  examples: ["", "--tokens 500 --leaked 3"],
  async run(args) {
    const options = parseOptions(args, OPTIONS);
    const port = wholeNumber("port", options.port, 0, 65_535);
    const seed = wholeNumber("seed", options.seed, 0, 2 ** 32 - 1);
    const tokens = wholeNumber("tokens", options.tokens, 0, 1_000_000);
    const leaked = wholeNumber("leaked", options.leaked, 0, tokens);

    const simulator = await startSimulator({ port, seed, tokens }).catch((error: unknown) => {
      throw portProblem(error, port);
    });
    for (const { id } of simulator.tokens.slice(0, leaked)) simulator.leak(id, { source: "a public repository" });
    try {
      const stopped = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM"), readerGone()]);
      process.stdout.write(options.json ? line(simulator) : introduction(simulator));
      await stopped;
    } finally {
      await simulator.stop();
    }
    return 0;
  },
};

function line({ url, apiKey, appKey, tokens }: Simulator): string {
  return `${JSON.stringify({ url, apiKey, appKey, tokens })}\n`;
}

/** For a person, who gets a token to act with besides those that were asked for. */
function introduction(simulator: Simulator): string {
  const { url, apiKey, appKey, tokens } = simulator;
  const ownerId = simulator.serviceAccounts[0]?.id ?? simulator.keyOwner.id;
  const { value: bearerToken } = simulator.addToken({ name: "pulumi", ownerId, scopes: SCOPES });
  return `A local Datadog with ${tokens.length} made-up tokens is ready. In another terminal:

  export DD_HOST=${url}
  export DD_BEARER_TOKEN=${bearerToken}

or, with keys in place of the token of a service account:

  export DD_HOST=${url}
  export DD_API_KEY=${apiKey}
  export DD_APP_KEY=${appKey}

${tokens.length === 0 ? "" : tokenTable(tokens)}Press Ctrl-C to stop it.
`;
}

function tokenTable(tokens: Simulator["tokens"]): string {
  const shown = tokens.slice(0, SHOWN_TOKENS);
  const width = Math.max(...shown.map(({ name }) => name.length));
  const rows = shown.map(({ id, name, value }) => `  ${id}  ${name.padEnd(width)}  ${value}\n`);
  const more = tokens.length - shown.length;
  return `Tokens, with their values as someone would find them in a leak:

${rows.join("")}${more > 0 ? `  … and ${more} more, which --json prints\n` : ""}
`;
}

/** Resolves when the reader of standard output has gone away, which is not an error. */
async function readerGone(): Promise<void> {
  const [error] = await once(process.stdout, "error");
  if (codeOf(error) !== "EPIPE") throw error;
}

function portProblem(error: unknown, port: number): unknown {
  switch (codeOf(error)) {
    case "EADDRINUSE":
      return new UsageError(`Port ${port} is in use. Choose another with --port, or leave the option out.`);
    case "EACCES":
      return new UsageError(`Cannot listen on port ${port}: permission denied. Choose another with --port.`);
    default:
      return error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
