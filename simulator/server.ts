import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Answer, type ErrorShape, refused } from "./answer";
import { authenticate, authenticationOf, type Caller } from "./authentication";
import { actsFirst, answerWithFault } from "./faultAnswer";
import { type Fate, FaultQueue } from "./faultQueue";
import type { Organizations } from "./organizations";
import { partialAnswer } from "./partialAnswer";
import type { Random } from "./random";
import { type RateLimit, RateLimiter } from "./rateLimit";
import { Refusal } from "./refusal";
import { type LogEntry, logEntry } from "./requestLog";
import { route } from "./routes";

export interface ServerSettings {
  readonly organizations: Organizations;
  readonly random: Random;
  readonly rateLimit: RateLimit;
  readonly errorShape: ErrorShape | undefined;
  readonly clock: () => number;
}

interface Incoming {
  readonly message: IncomingMessage;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** The HTTP side: reads requests, logs them, lets faults happen, and sends what the endpoints answer. */
export class DatadogServer {
  readonly log: LogEntry[] = [];
  readonly faults = new FaultQueue();
  readonly http: Server;
  readonly #limiter: RateLimiter;
  readonly #waiting = new Set<NodeJS.Timeout>();
  #events = 0;

  constructor(private readonly settings: ServerSettings) {
    this.#limiter = new RateLimiter(settings.rateLimit);
    this.http = createServer((message, response) => {
      this.#serve(message, response).catch(() => this.#giveUp(response));
    });
    // Longer than clients pause between requests: a connection closed under them would be a fault nobody asked for.
    this.http.keepAliveTimeout = 120_000;
  }

  /** Closes the port and cuts every connection. */
  stop(): Promise<void> {
    for (const timer of this.#waiting) clearTimeout(timer);
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    return closed;
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = parse(message);
    const entry = logEntry(this.settings.clock(), message, request.path, request.query);
    this.log.push(entry);
    const body = await read(message);
    if (body === undefined) return;
    if (body !== "") entry.body = body;

    const { latencyMs, fault } = this.faults.take(request);
    if (latencyMs > 0) await this.#wait(latencyMs);
    entry.status = this.#answer(request, body, fault, response);
  }

  /** Returns the status of the answer, null when no whole one was sent. */
  #answer(request: Incoming, body: string, fault: Fate["fault"], response: ServerResponse): number | null {
    if (fault === undefined || fault.kind === "partial") {
      const answer = this.#act(request, body);
      if (response.destroyed) return null;
      return this.#send(fault === undefined ? answer : partialAnswer(answer, fault), response);
    }
    if (actsFirst(fault)) this.#act(request, body);
    return response.destroyed ? null : answerWithFault(fault, response);
  }

  /** What nobody foresaw, a header that cannot be sent for one: the connection ends, and nothing else. */
  #giveUp(response: ServerResponse): void {
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { "content-type": "application/json" }).end('{"errors":["Internal Server Error"]}');
  }

  #act(request: Incoming, body: string): Answer {
    const { organizations, random, errorShape, clock } = this.settings;
    const { message, method, path, query } = request;
    try {
      const now = clock();
      if (!this.#limiter.take(now)) throw new Refusal(429, "the rate limit is used up; wait until it resets");
      const { endpoint, parameters } = route(method, path);
      const caller = authenticate(message.headers, organizations, now);
      const { organization } = caller;
      const act = () => endpoint({ organization, caller, path: parameters, query, body, now, random });
      return method === "DELETE" ? this.#audited(request, caller, now, act) : act();
    } catch (error) {
      return refused(refusalOf(error), errorShape);
    }
  }

  /** DELETEs stand in the Audit Trail, also those that are refused. */
  #audited(
    { message, method, path }: Incoming,
    { organization, owner }: Caller,
    at: number,
    act: () => Answer,
  ): Answer {
    const note = (status: number): void => {
      organization.audited.push({
        id: String(++this.#events),
        at,
        user: owner,
        authentication: authenticationOf(message.headers) === "keys" ? "API_AND_APP_KEY" : "ACCESS_TOKEN",
        method,
        path,
        status,
        userAgent: message.headers["user-agent"] ?? "",
        ip: message.socket.remoteAddress ?? "",
      });
    };
    try {
      const answer = act();
      note(answer.status);
      return answer;
    } catch (error) {
      note(refusalOf(error).status);
      throw error;
    }
  }

  #send({ status, headers, body }: Answer, response: ServerResponse): number {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    response.writeHead(status, { ...this.#limiter.headers(this.settings.clock()), ...headers, ...length });
    response.end(body);
    return status;
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        resolve();
      }, milliseconds);
      this.#waiting.add(timer);
    });
  }
}

/** An error that an endpoint did not mean is a mistake of the simulator's: 500, and it serves on. */
function refusalOf(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(500, `the simulator failed: ${String(error)}`);
}

function parse(message: IncomingMessage): Incoming {
  const [path = "", ...query] = (message.url ?? "").split("?");
  return { message, method: message.method ?? "", path, query: new URLSearchParams(query.join("?")) };
}

/** The body as text; undefined when the client left before it was whole. */
async function read(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString("utf8");
}
