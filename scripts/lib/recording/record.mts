import { spawn } from "node:child_process";
import { once } from "node:events";

/** A line as it was printed, with its line break, and how many seconds after the start. */
export interface Line {
  readonly at: number;
  readonly text: string;
}

/** Runs a command in a pseudo-terminal. */
export async function record(command: readonly string[], size: { columns: number; rows: number }): Promise<Line[]> {
  const inTerminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
  const sized = `stty cols ${size.columns} rows ${size.rows} && exec "$@"`;
  const child = spawn("python3", ["-c", inTerminal, "sh", "-c", sized, "sh", ...command], {
    env: { ...process.env, TERM: "xterm-256color", NO_COLOR: undefined },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const began = performance.now();
  const lines: Line[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (data: string) => {
    const at = (performance.now() - began) / 1000;
    const printed = `${rest}${data}`.split(/(?<=\n)/);
    rest = data.endsWith("\n") ? "" : (printed.pop() ?? "");
    lines.push(...printed.map((text) => ({ at, text })));
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`The demo ended with ${code}:\n${lines.map(({ text }) => text).join("")}${rest}`);
  return lines;
}
