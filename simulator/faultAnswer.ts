import type { ServerResponse } from "node:http";
import type { ReplacingFault } from "./faultQueue";

const DRIP_MS = 50;
const BROKEN_JSON = '{"data":{"type":"personal_access_tokens","id":';
const PAGE =
  "<!doctype html>\n<html><head><title>Service unavailable</title></head><body><h1>Try again later</h1></body></html>\n";

/** Whether the request is carried out before the fault shows. */
export function actsFirst(fault: ReplacingFault): boolean {
  if (fault.kind === "resetBefore") return false;
  return fault.kind === "resetAfter" || fault.after === true;
}

/** Does to the connection what the fault says. Returns the status of the answer, null when no whole one was sent. */
export function answerWithFault(fault: ReplacingFault, response: ServerResponse): number | null {
  switch (fault.kind) {
    case "resetBefore":
    case "resetAfter":
      response.socket?.resetAndDestroy();
      return null;
    case "status": {
      const { status, headers = {}, body = "" } = fault;
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return send(response, status, text === "" ? headers : { "content-type": "application/json", ...headers }, text);
    }
    case "html":
      return send(response, fault.status ?? 200, { "content-type": "text/html; charset=utf-8" }, fault.body ?? PAGE);
    case "redirect":
      return send(response, fault.status ?? 307, { location: fault.location }, "");
    case "malformed":
      return send(response, 200, JSON_API, fault.body ?? BROKEN_JSON);
    case "cut":
      response.writeHead(200, { ...JSON_API, "content-length": String(BROKEN_JSON.length * 10) });
      // Cut only when the first part is out, or the client would see a reset without an answer.
      response.write(BROKEN_JSON, () => response.socket?.destroy());
      return null;
    case "drip": {
      response.writeHead(200, JSON_API);
      const timer = setInterval(() => response.write(" "), fault.everyMs ?? DRIP_MS);
      response.once("close", () => clearInterval(timer));
      return null;
    }
    case "hang":
      return null;
  }
}

const JSON_API = { "content-type": "application/vnd.api+json" };

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: string): number {
  response.writeHead(status, headers).end(body);
  return status;
}
