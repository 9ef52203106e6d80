import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { startServer } from "./server";

/** A token as an answer describes it. */
export interface Row {
  id: string;
  attributes: Record<string, unknown>;
  relationships: Record<string, unknown>;
}

/** A Datadog that answers as the simulator does, but for what is changed in its descriptions of tokens. */
export async function alteredDatadog(simulator: Simulator, alter: (row: Row) => unknown): Promise<string> {
  const server = await startServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    const { host: _, connection: __, ...sent } = headers as Record<string, string>;
    const answer = await fetch(simulator.url + url, { method, headers: sent });
    const body = await answer.text();
    const contentType = { "content-type": answer.headers.get("content-type") ?? "" };
    response.writeHead(answer.status, contentType).end(url.includes("tokens") ? altered(body, alter) : body);
  });
  return server.url;
}

function altered(body: string, alter: (row: Row) => unknown): string {
  const answer = body === "" ? {} : JSON.parse(body);
  if (answer.data === undefined) return body;
  return JSON.stringify({ ...answer, data: Array.isArray(answer.data) ? answer.data.map(alter) : alter(answer.data) });
}
