import { once } from "node:events";
import { type Simulator, startSimulator } from "../simulator";
import type { Command } from "./command";
import { parseOptions, wholeNumber } from "./options";
import { UsageError } from "./usageError";

const OPTIONS = {
  json: { type: "boolean", default: false },
  port: { type: "string", default: "0" },
  seed: { type: "string", default: "1" },
  tokens: { type: "string", default: "12" },
} as const;

const SHOWN_TOKENS = 5;

/** Serves a local Datadog until it is told to stop. */
export const simulate: Command = {
  summary: "serve a local Datadog with made-up tokens, to try things out on",
  help: `Usage: pulumi-datadog-revocation simulate [options]

Serves a local Datadog on 127.0.0.1 with a made-up organization, until it is stopped (Ctrl-C).
Nothing of it is real, and nothing leaves this machine.

Options:
  --json        print one line of JSON when ready: { url, apiKey, appKey, tokens }
  --port PORT   the port to listen on (default 0: any free one)
  --seed N      the same seed gives the same organization (default 1)
  --tokens N    how many tokens it has (default 12)
  --help        show this
`,
  async run(args) {
    const options = parseOptions(args, OPTIONS);
    const port = wholeNumber("port", options.port, 0, 65_535);
    const seed = wholeNumber("seed", options.seed, 0, 2 ** 32 - 1);
    const tokens = wholeNumber("tokens", options.tokens, 0, 1_000_000);

    const simulator = await startSimulator({ port, seed, tokens }).catch((error: unknown) => {
      throw portProblem(error, port);
    });
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

function introduction({ url, apiKey, appKey, tokens }: Simulator): string {
  return `A local Datadog with ${tokens.length} made-up tokens is ready. In another terminal:

  export DD_HOST=${url}
  export DD_API_KEY=${apiKey}
  export DD_APP_KEY=${appKey}

${tokens.length === 0 ? "" : tokenTable(tokens)}Ctrl-C stops it.
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

/** Resolves when nobody reads standard output any more, which is no failure. */
async function readerGone(): Promise<void> {
  const [error] = await once(process.stdout, "error");
  if (codeOf(error) !== "EPIPE") throw error;
}

function portProblem(error: unknown, port: number): unknown {
  switch (codeOf(error)) {
    case "EADDRINUSE":
      return new UsageError(`Port ${port} is in use; choose another with --port, or leave it out.`);
    case "EACCES":
      return new UsageError(`Port ${port} needs more rights than this user has; choose another with --port.`);
    default:
      return error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
