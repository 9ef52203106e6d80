import type { IncomingMessage } from "node:http";
import { type Authentication, authenticationOf } from "./authentication";

/**
 * One request as it came in. Credentials are left out, but for which kind they were; path, query and body stand as they
 * were sent, so that a test can look there for a secret that a client should not have put in.
 */
export interface LoggedRequest {
  /** When it came in: milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Every value of each parameter, decoded. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Credentials show as `(redacted)`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string;
  /** Which credentials the request carried, whether or not they were good ones. */
  readonly authentication: Authentication;
  readonly body?: string;
  /** Null: no whole answer was sent, because none is ready yet or the connection was cut. */
  readonly status: number | null;
}

export type LogEntry = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] };

const CREDENTIALS = ["authorization", "dd-api-key", "dd-application-key", "cookie", "proxy-authorization"];

export function logEntry(at: number, message: IncomingMessage, path: string, query: URLSearchParams): LogEntry {
  const headers = Object.fromEntries(
    Object.entries(message.headersDistinct).map(([name, values = []]) => [
      name,
      CREDENTIALS.includes(name) ? "(redacted)" : values.join(", "),
    ]),
  );
  return {
    at,
    method: message.method ?? "",
    path,
    query: Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)])),
    headers,
    userAgent: message.headers["user-agent"] ?? "",
    authentication: authenticationOf(message.headers),
    status: null,
  };
}
