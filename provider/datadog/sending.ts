import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** How far a request got that brought no answer. */
export type Progress =
  /** Nothing was seen of it. */
  | "unseen"
  /** fetch made the request, and never wrote its head to a connection: it cannot have arrived. */
  | "notSent"
  /** Its head was written: it may have arrived. */
  | "sent";

/** Watches one request. */
export interface Sending {
  readonly progress: Progress;
  /** Ends the watch. */
  stop(): void;
}

/** What fetch tells of a request on these channels. */
interface Message {
  readonly request: { readonly method: string; readonly origin: string | URL; readonly path: string };
}

/**
 * Watches how far a request gets, to be called before it is handed to fetch. Node's own fetch and that of the npm package
 * tell it; of two equal requests at once, each counts as sent when one is.
 *
 * @see https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
 */
export function watchSending(method: string, url: string): Sending {
  const { origin, pathname, search } = new URL(url);
  let progress: Progress = "unseen";
  const isMeant = (message: unknown): boolean => {
    const { request } = message as Message;
    return request.method === method && String(request.origin) === origin && request.path === pathname + search;
  };
  const onCreate = (message: unknown): void => {
    if (progress === "unseen" && isMeant(message)) progress = "notSent";
  };
  const onSend = (message: unknown): void => {
    if (isMeant(message)) progress = "sent";
  };
  subscribe("undici:request:create", onCreate);
  subscribe("undici:client:sendHeaders", onSend);
  return {
    get progress() {
      return progress;
    },
    stop: () => {
      unsubscribe("undici:request:create", onCreate);
      unsubscribe("undici:client:sendHeaders", onSend);
    },
  };
}
