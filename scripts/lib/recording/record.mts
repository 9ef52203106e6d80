import { spawn } from "node:child_process";
import { once } from "node:events";

/** What a program printed, and how many seconds after its start. */
export interface Output {
  readonly at: number;
  readonly text: string;
}

/** Runs a command in a pseudo-terminal, and gives each line that it prints with its line break. */
export async function record(
  command: readonly string[],
  { columns, rows }: { columns: number; rows: number },
): Promise<Output[]> {
  const inTerminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
  const sized = `stty cols ${columns} rows ${rows} && exec "$@"`;
  const { NO_COLOR, FORCE_COLOR, COLUMNS, CI, ...env } = process.env;
  const child = spawn("python3", ["-c", inTerminal, "sh", "-c", sized, "sh", ...command], {
    env: { ...env, TERM: "xterm-256color" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const began = performance.now();
  const lines: Output[] = [];
  let unfinished = "";
  child.stdout.setEncoding("utf8").on("data", (data: string) => {
    const printed = (unfinished + data).split(/(?<=\n)/);
    unfinished = printed.at(-1)?.endsWith("\n") ? "" : (printed.pop() ?? "");
    const at = (performance.now() - began) / 1000;
    lines.push(...printed.map((text) => ({ at, text })));
  });
  const [code] = await once(child, "close");
  if (code !== 0)
    throw new Error(`${command.join(" ")} ended with ${code}:\n${lines.map(({ text }) => text).join("")}`);
  return lines;
}
