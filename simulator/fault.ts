/** Which requests a fault hits; what is left out matches everything. */
export interface FaultMatcher {
  readonly method?: string;
  /** The path without the query: a text is the whole path, a pattern is searched for in it. */
  readonly path?: string | RegExp;
  /** Parameters that must be there with just this value, decoded, such as `{ "page[number]": "1" }`. */
  readonly query?: Readonly<Record<string, string>>;
  /** How many requests it hits before it is used up. Default 1; `Infinity`: until it is removed. */
  readonly times?: number;
}

/** Faults that replace an answer say whether the request is carried out all the same. */
interface Replacing {
  /** True: the request is carried out, and only its answer is lost. Default false: nothing happens but the fault. */
  readonly after?: boolean;
}

/** Answers as usual, but this many milliseconds later; adds to any other fault. A client's leaving changes nothing. */
export interface LatencyFault {
  readonly kind: "latency";
  readonly ms: number;
}

/** Cuts the connection without an answer and without carrying out the request. */
export interface ResetBeforeFault {
  readonly kind: "resetBefore";
}

/** Carries out the request, then cuts the connection before the first byte of an answer. */
export interface ResetAfterFault {
  readonly kind: "resetAfter";
}

/** Answers with this status, headers and body; a body that is no text is sent as JSON. No rate-limit headers. */
export interface StatusFault extends Replacing {
  readonly kind: "status";
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

/** Answers with a page, as a proxy does, or an `app.` host. Default status 200. */
export interface HtmlFault extends Replacing {
  readonly kind: "html";
  readonly status?: number;
  readonly body?: string;
}

/** Sends the client elsewhere. Default status 307, which keeps the method. */
export interface RedirectFault extends Replacing {
  readonly kind: "redirect";
  readonly location: string;
  readonly status?: 301 | 302 | 303 | 307 | 308;
}

/** Answers 200 with a whole body that is broken JSON. */
export interface MalformedFault extends Replacing {
  readonly kind: "malformed";
  readonly body?: string;
}

/** Promises a longer body than it sends, then cuts the connection. */
export interface CutFault extends Replacing {
  readonly kind: "cut";
}

/** Answers 200 and then a byte every so many milliseconds (default 50) until the client leaves. */
export interface DripFault extends Replacing {
  readonly kind: "drip";
  readonly everyMs?: number;
}

/** Never answers; the connection stays open until the client leaves. */
export interface HangFault extends Replacing {
  readonly kind: "hang";
}

/**
 * Answers a search of the Audit Trail as Datadog does when it takes too long: with the first so many of the events
 * found (`keep`, default half of them), `meta.status` `timeout` and a warning, and no cursor. What is no such answer
 * goes as it is.
 */
export interface PartialFault {
  readonly kind: "partial";
  readonly keep?: number;
  /** `done`: only the warning tells. Default `timeout`. */
  readonly status?: "timeout" | "done";
}

export type Fault =
  | LatencyFault
  | ResetBeforeFault
  | ResetAfterFault
  | StatusFault
  | HtmlFault
  | RedirectFault
  | MalformedFault
  | CutFault
  | DripFault
  | HangFault
  | PartialFault;

export interface FaultHandle {
  /** How many requests it has hit. */
  readonly hits: number;
  /** Takes the fault away; requests that it has already hit are not saved by that. */
  remove(): void;
}
