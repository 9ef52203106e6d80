import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { runCli } from "../../../support/command";
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

describe("simulate", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("simulate prints one line, serves, and ends well on %s", async (signal) => {
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

  it("simulate lets Datadog find as many tokens leaked as it is told, and no more than there are", async () => {
    const child = command("simulate", "--json", "--tokens", "5", "--leaked", "2");
    const [line] = await once(child.stdout, "data");
    const { url, apiKey, appKey, tokens } = JSON.parse(line);
    const answer = await fetch(`${url}/api/v2/personal_access_tokens?filter[leaked]=true`, {
      headers: { "DD-API-KEY": apiKey, "DD-APPLICATION-KEY": appKey },
    });
    const { data } = (await answer.json()) as { data: { id: string }[] };
    const leaked = (tokens as { id: string }[]).slice(0, 2);
    expect(data.map(({ id }) => id).sort()).toEqual(leaked.map(({ id }) => id).sort());

    const { code, stderr } = await runCli(["simulate", "--tokens", "1", "--leaked", "2"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--leaked")]);
  });

  it("simulate gives a service account's token that may look, revoke and search the Audit Trail, and no more", async () => {
    const child = command("simulate", "--tokens", "2");
    const [text] = await once(child.stdout, "data");
    const [, url, bearerToken] = /DD_HOST=(\S+)\n.*DD_BEARER_TOKEN=(ddsat_\w+)/.exec(String(text)) ?? [];
    const [, id] = /^ {2}([0-9a-f-]{36}) /m.exec(String(text)) ?? [];
    const status = async (path: string, method = "GET") => {
      const headers = { Authorization: `Bearer ${bearerToken}` };
      return (await fetch(`${url}/api/v2/${path}`, { method, headers })).status;
    };
    expect(await status("personal_access_tokens")).toBe(200);
    expect(await status("users")).toBe(200);
    expect(await status(`personal_access_tokens/${id}`, "DELETE")).toBe(204);
    expect(await status("audit/events/search", "POST")).toBe(200);
    expect(await status("personal_access_tokens", "POST")).toBe(403);

    const answer = await fetch(`${url}/api/v2/personal_access_tokens`, {
      headers: { Authorization: `Bearer ${bearerToken}` },
    });
    const { data } = (await answer.json()) as { data: { attributes: { name: string; scopes: string[] } }[] };
    expect(data.find(({ attributes }) => attributes.name === "pulumi")?.attributes.scopes.toSorted()).toEqual([
      "audit_logs_read",
      "org_app_keys_read",
      "org_app_keys_write",
      "user_access_read",
    ]);
  });

  it("simulate prints how to use it", async () => {
    const child = command("simulate");
    const [introduction] = await once(child.stdout, "data");
    const { apiKey, appKey } = await simulatorFor();
    const [, url] = /export DD_HOST=(\S+)\n {2}export DD_BEARER_TOKEN=ddsat_\w+\n/.exec(String(introduction)) ?? [];
    expect(String(introduction)).toContain(
      `export DD_HOST=${url}\n  export DD_API_KEY=${apiKey}\n  export DD_APP_KEY=${appKey}\n`,
    );
  });

  it("simulate says in one sentence that a port is in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    expect(await runCli(["simulate", "--port", String(port)])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `Port ${port} is in use. Choose another with --port, or leave the option out.\n`,
    });
    taken.close();
  });

  it("simulate ends quietly when nobody reads what it prints", async () => {
    const child = command("simulate", "--json");
    child.stdout.destroy();
    const complaint = text(child.stderr);
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await complaint).toBe("");
  });
});
