import type { HttpProxy } from "./proxy";
import type { Progress } from "./sending";

/** What is read of an error: by its fields, as fetch's errors are no instances of Error inside a test runner's realm. */
interface Reason {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly cause?: Reason;
  readonly errors?: readonly Reason[];
  /** Of OpenSSL: its message is for those who debug it. */
  readonly reason?: unknown;
}

/** How undici words that a proxy refused the tunnel to the API: it says so in no other way. */
const REFUSED_BY_PROXY = /^Proxy response \((\d+)\)/;

/** Why a request brought no answer, as what follows "gave no answer". */
export function describeNetworkFailure(error: unknown, proxy?: HttpProxy): string {
  const why = describe(reasonOf(error));
  if (!proxy) return `: ${why}`;
  return ` through the proxy ${proxy.host}: ${describeRefusal(why, proxy) ?? why}`;
}

/**
 * Whether the request may have arrived all the same. That nothing was sent must be certain: where nothing was seen of the
 * request, only what fetch refuses before it makes one is.
 */
export function mayHaveArrived(error: unknown, progress: Progress): boolean {
  if (progress === "unseen") return reasonOf(error).message !== "bad port";
  return progress === "sent";
}

/** fetch hides the reason behind "fetch failed"; several addresses of one host give several reasons. */
function reasonOf(error: unknown): Reason {
  let reason = error as Reason;
  while (typeof reason.cause === "object" && reason.cause !== null) reason = reason.cause;
  return reason.errors?.[0] ?? reason;
}

function describe(reason: Reason): string {
  if (reason.name === "TimeoutError") return "it took too long";
  const code = typeof reason.code === "string" ? reason.code : undefined;
  if (code?.startsWith("ERR_SSL_") && typeof reason.reason === "string") return `TLS: ${reason.reason}`;
  return reason.message || code || String(reason);
}

function describeRefusal(why: string, { variable, authorization }: HttpProxy): string | undefined {
  const status = REFUSED_BY_PROXY.exec(why)?.[1];
  if (status !== "407") return status && `it refused the connection with status ${status}`;
  const asked =
    authorization === undefined ? "wants a user name and a password" : "did not accept the user name and the password";
  return `it ${asked}: write them into ${variable} (http://user:password@host:port)`;
}
