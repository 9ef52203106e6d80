import { UsageError } from "../../usageError";
import { withoutSecrets } from "./storeAddress";

/** What the clients of stores say of an error, each in its own field. */
interface ClientError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string | number;
  /** Azure. */
  readonly statusCode?: number;
  /** AWS. */
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Of a connection that was tried at several addresses. */
  readonly errors?: readonly ClientError[];
}

/** The error for a folder that a store does not list. @param right what reading it takes, where the store refused */
export function cannotList(store: string, error: unknown, right: string): UsageError {
  return new UsageError(`Cannot read ${store}: ${reason(error, right)}`);
}

/** The error for a file that a store does not hand out. @param right what reading it takes, where the store refused */
export function cannotRead(key: string, error: unknown, right: string): Error {
  return new Error(`Cannot read ${key}: ${reason(error, right)}`);
}

/** An error in one line: its code, and the first line of its message. Both are without credentials. */
function reason(error: unknown, right: string): string {
  const { name, code, statusCode, message = "", errors = [] } = (error ?? {}) as ClientError;
  const first = message.trim().split("\n", 1)[0] || errors[0]?.message || "";
  const label = [code, name].find(
    (each) => each !== undefined && !/^(Error|RestError|AggregateError)$/.test(`${each}`),
  );
  const told = label === undefined || first.includes(`${label}`) ? first : `${label}: ${first}`;
  const sentence =
    withoutSecrets(told).replace(/[:.\s]+$/, "") || (statusCode ? `HTTP ${statusCode}` : "unknown error");
  return isRefusal(error) ? `${sentence}. It takes ${right}.` : `${sentence}.`;
}

/** Whether the store knows who asks, and lets them not: HTTP's 403, and PostgreSQL's insufficient_privilege. */
function isRefusal(error: unknown): boolean {
  const { code, statusCode, $metadata } = (error ?? {}) as ClientError;
  return [code, statusCode, $metadata?.httpStatusCode].includes(403) || code === "42501";
}
