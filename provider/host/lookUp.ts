import type { DatadogClient } from "../datadog/client";
import { DatadogError } from "../datadog/errors";
import type { Token } from "../datadog/schemas";
import { type Snapshot, toSnapshot } from "./record";

/** What Datadog says of a token before it is revoked. */
export type LookUp =
  | { readonly found: "alive"; readonly snapshot: Snapshot }
  /** Datadog does not know it: revoked before, or another organization's, or no token's id at all. */
  | { readonly found: "gone" }
  /** Not to be seen with these credentials, or no answer that can be read. */
  | { readonly found: "unseen"; readonly why: string };

/** Milliseconds: a preview must not wait long for what it can do without. */
const WITHIN = 8_000;
const HANDLE_WITHIN = 3_000;

/** The engine asks `check` twice a run and `create` once, in one process: one look-up serves them all. */
const lookUps = new Map<string, Promise<LookUp>>();

/** Looks a token up, once per run. A look-up that failed is tried again when it is asked for again. */
export async function lookUp(client: DatadogClient, tokenId: string): Promise<LookUp> {
  const key = `${client.apiUrl} ${tokenId}`;
  const pending = lookUps.get(key) ?? ask(client, tokenId);
  lookUps.set(key, pending);
  const result = await pending;
  if (result.found === "unseen") lookUps.delete(key);
  return result;
}

/** To be called when the token was acted on: what was seen before holds no more. */
export function forget(client: DatadogClient, tokenId: string): void {
  lookUps.delete(`${client.apiUrl} ${tokenId}`);
}

async function ask(client: DatadogClient, tokenId: string): Promise<LookUp> {
  try {
    const token = await client.getToken(tokenId, WITHIN);
    if (!token) return { found: "gone" };
    return { found: "alive", snapshot: toSnapshot(token, await ownerHandle(client, token)) };
  } catch (error) {
    if (error instanceof DatadogError) return { found: "unseen", why: error.message };
    throw error;
  }
}

const handles = new Map<string, Promise<string | undefined>>();

/** Owners repeat, and their handles are an extra: one question each, and none for long. */
function ownerHandle(client: DatadogClient, token: Token): Promise<string | undefined> {
  const { id } = token.relationships.owned_by.data;
  const key = `${client.apiUrl} ${id}`;
  const handle = handles.get(key) ?? client.getUserHandle(id, HANDLE_WITHIN).catch(() => undefined);
  handles.set(key, handle);
  return handle;
}
