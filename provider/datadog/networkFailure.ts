/** Failures after which it is certain that nothing was sent. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|.*CERT.*|.*TLS.*|UNABLE_TO_VERIFY.*|ERR_SSL_WRONG_VERSION_NUMBER)$/;

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

/** Why a request brought no answer, and whether it may have arrived. */
export interface NetworkFailure {
  readonly why: string;
  readonly mayHaveArrived: boolean;
}

/** Reads what fetch threw. */
export function describeNetworkFailure(error: unknown): NetworkFailure {
  // fetch hides the reason behind "fetch failed"; several addresses of one host give several reasons.
  let reason = error as Reason;
  while (typeof reason.cause === "object" && reason.cause !== null) reason = reason.cause;
  reason = reason.errors?.[0] ?? reason;
  if (reason.name === "TimeoutError") return { why: "it took too long", mayHaveArrived: true };
  const code = typeof reason.code === "string" ? reason.code : undefined;
  const mayHaveArrived = code === undefined || !NOT_SENT.test(code);
  if (code?.startsWith("ERR_SSL_") && typeof reason.reason === "string") {
    return { why: `TLS: ${reason.reason}`, mayHaveArrived };
  }
  return { why: reason.message || code || String(error), mayHaveArrived };
}
