import { plainLine } from "../text/plainLine";

/** Configuration or environment that cannot be used: says where it stands and what to write instead, never its value. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/** What kind of failure a {@link DatadogError} is. */
export type FailureKind =
  /** No answer: refused, reset, timed out, no such host. */
  | "network"
  /** Datadog said wait for longer than this call can. */
  | "rateLimited"
  /** An answer with an error status. */
  | "status"
  /** An answer that is not what the API promises. */
  | "malformed";

export interface FailureDetails {
  readonly kind: FailureKind;
  /** The HTTP status; absent without an answer. */
  readonly status?: number | undefined;
  /** Whether the request may have been carried out all the same. Default false. */
  readonly answerLost?: boolean;
}

/** A request that did not bring what was asked for. Holds no credentials and no token value. */
export class DatadogError extends Error {
  override readonly name = "DatadogError";
  readonly kind: FailureKind;
  readonly status: number | undefined;
  readonly answerLost: boolean;

  constructor(message: string, { kind, status, answerLost = false }: FailureDetails) {
    super(plainLine(message));
    this.kind = kind;
    this.status = status;
    this.answerLost = answerLost;
  }

  /** Whether Datadog refused to let these credentials see or do it. */
  get isForbidden(): boolean {
    return this.status === 401 || this.status === 403;
  }
}
