import type { DatadogClient } from "../datadog/client";
import { concurrently } from "../datadog/concurrently";
import { DatadogError } from "../datadog/errors";
import { now } from "../datadog/rateLimit";
import type { Token } from "../datadog/schemas";
import { once } from "./once";
import { type Snapshot, toSnapshot } from "./record";

/** What Datadog lists, as far as the credentials may see it; or why it cannot be listed. */
export type Listing =
  | {
      /** By id, lowercase. */
      readonly tokens: ReadonlyMap<string, Token>;
      readonly why?: undefined;
    }
  | { readonly tokens?: undefined; readonly why: string };

/** Milliseconds: a preview must not wait long for what it can do without. */
const LISTING_WITHIN = 20_000;
/** Milliseconds for one handle, and for all of a listing's. */
const HANDLE_WITHIN = 3_000;
const HANDLES_WITHIN = 8_000;
const HANDLES_IN_FLIGHT = 8;
/** Owners whose handles are asked for: an extra must not take longer than what it adorns. */
const MOST_HANDLES = 50;

/** This run's listing, which everybody shares. One that failed is asked for again. */
export function listing(client: DatadogClient, within = LISTING_WITHIN): Promise<Listing> {
  return once(
    client,
    "listing",
    () => listTokens(client, within),
    ({ why }) => why !== undefined,
  );
}

async function listTokens(client: DatadogClient, within: number): Promise<Listing> {
  try {
    const tokens = await client.listTokens(within);
    return { tokens: new Map(tokens.map((token) => [token.id.toLowerCase(), token])) };
  } catch (error) {
    if (error instanceof DatadogError) return { why: error.message };
    throw error;
  }
}

/** The owners that {@link withHandles} asked about in this run. */
const askedAbout = new Set<string>();

/**
 * Snapshots of tokens, with their owners' handles as far as these are an affordable extra.
 *
 * @param asked the owners asked about so far, who alone are free once there are many
 */
export async function withHandles(
  client: DatadogClient,
  tokens: readonly Token[],
  asked = askedAbout,
): Promise<Snapshot[]> {
  const owners = [...new Set(tokens.map(ownerOf))].filter(
    (id) => asked.has(id) || (asked.size < MOST_HANDLES && asked.add(id)),
  );
  const deadline = now() + HANDLES_WITHIN;
  const handles = await concurrently(owners, HANDLES_IN_FLIGHT, (id) =>
    ownerHandle(client, id, Math.min(HANDLE_WITHIN, deadline - now())),
  );
  const handleOf = new Map(owners.map((id, index) => [id, handles[index]]));
  return tokens.map((token) => toSnapshot(token, handleOf.get(ownerOf(token))));
}

/** An owner's handle is an extra: it is not asked for long, and may stay unknown. */
export function ownerHandle(client: DatadogClient, id: string, within = HANDLE_WITHIN): Promise<string | undefined> {
  return once(
    client,
    `user ${id}`,
    () => client.getUserHandle(id, within).catch(() => undefined),
    () => false,
  );
}

function ownerOf({ relationships }: Token): string {
  return relationships.owned_by.data.id;
}
