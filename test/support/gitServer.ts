import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterwards } from "./afterwards";

/** Serves the bare repositories in a folder as git hosts do, read only, until the tests of the file are over. */
export async function startGitServer(folder: string): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://127.0.0.1");
    // Git's own program for web servers: https://git-scm.com/docs/git-http-backend
    const backend = spawn("git", ["-c", "safe.directory=*", "http-backend"], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
        REQUEST_METHOD: request.method,
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: request.headers["content-type"],
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
      },
      stdio: ["pipe", "pipe", "inherit"],
    });
    request.pipe(backend.stdin);
    const printed: Buffer[] = [];
    backend.stdout.on("data", (bytes: Buffer) => printed.push(bytes));
    backend.on("close", () => {
      const answer = Buffer.concat(printed);
      const end = answer.indexOf("\r\n\r\n");
      const lines = answer.subarray(0, end).toString().split("\r\n");
      const headers = new Map(lines.map((line) => line.split(/: (.*)/, 2) as [string, string]));
      response.writeHead(Number.parseInt(headers.get("Status") ?? "200", 10), Object.fromEntries(headers));
      response.end(answer.subarray(end + 4));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  afterwards(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
