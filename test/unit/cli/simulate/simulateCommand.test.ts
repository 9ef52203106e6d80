import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { simulatorFor } from "../../simulator/useSimulator";

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

function command(...args: string[]) {
  const child = spawn(process.execPath, [join(__dirname, "../../../support/cli.cjs"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  return child;
}

async function result(...args: string[]) {
  const child = command(...args);
  const exit = once(child, "exit");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = await exit;
  return { status, stdout, stderr };
}

describe("simulate", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("prints one line, serves, and ends well on %s", async (signal) => {
    const child = command("simulate", "--json", "--seed", "7", "--tokens", "3");
    const output = text(child.stdout);
    const [line] = await once(child.stdout, "data");
    const { url, apiKey, appKey, tokens } = JSON.parse(line);
    const seven = await simulatorFor({ seed: 7, tokens: 3 });
    expect({ apiKey, appKey, tokens }).toEqual({ apiKey: seven.apiKey, appKey: seven.appKey, tokens: seven.tokens });

    const response = await fetch(`${url}/api/v2/current_user`, {
      headers: { "DD-API-KEY": apiKey, "DD-APPLICATION-KEY": appKey },
    });
    expect(response.status).toBe(200);

    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
    expect((await output).trimEnd().split("\n")).toHaveLength(1);
  });

  it("tells a person how to use it", async () => {
    const child = command("simulate");
    const [introduction] = await once(child.stdout, "data");
    const { apiKey, appKey } = await simulatorFor();
    expect(String(introduction)).toContain(`export DD_API_KEY=${apiKey}\n  export DD_APP_KEY=${appKey}\n`);
  });

  it("says in one sentence that a port is in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    expect(await result("simulate", "--port", String(port))).toEqual({
      status: 2,
      stdout: "",
      stderr: `Port ${port} is in use; choose another with --port, or leave it out.\n`,
    });
    taken.close();
  });

  it("ends quietly when nobody reads what it prints", async () => {
    const child = command("simulate", "--json");
    child.stdout.destroy();
    const complaint = text(child.stderr);
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await complaint).toBe("");
  });
});

describe("the command", () => {
  it("has help on both levels", async () => {
    expect(await result("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("simulate") });
    expect(await result("simulate", "--help")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("--seed N"),
    });
  });

  it.each([
    [["simulat"], 'Unknown command "simulat"; did you mean "simulate"?'],
    [["--hlep"], 'Unknown option "--hlep"; did you mean "--help"?'],
    [["simulate", "--sed", "1"], 'Unknown option "--sed"; did you mean "--seed"?'],
    [["simulate", "--port"], "--port needs a value."],
    [["simulate", "--port", "--json"], "--port needs a value."],
    [["simulate", "--json=yes"], "--json takes no value."],
    [["simulate", "--tokens", "many"], "--tokens takes a whole number of 0 to 1000000."],
    [["simulate", "12"], "This command takes options only, no further argument."],
    [[], "Which command? --help lists them."],
    [["ddpat_0000000000000000000000_0"], "Unknown command (not repeated here, it does not look like a name)."],
  ])("answers %j with one plain sentence", async (args, sentence) => {
    expect(await result(...args)).toEqual({ status: 2, stdout: "", stderr: `${sentence}\n` });
  });
});
