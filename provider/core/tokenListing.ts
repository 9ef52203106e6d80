import type { Token } from "../datadog/answers";
import { DatadogError } from "../datadog/errors";
import { now } from "../datadog/gate";
import { concurrently } from "./concurrently";
import { type Snapshot, toSnapshot } from "./records";
import type { Session } from "./session";
import { TIME_LIMITS } from "./timeLimits";

/** What Datadog lists, as far as the credentials may see it; or why it cannot be listed. */
export type Listing =
  | {
      /** By id, lowercase. */
      readonly tokens: ReadonlyMap<string, Token>;
      readonly why?: undefined;
    }
  | { readonly tokens?: undefined; readonly why: string };

const HANDLES_IN_FLIGHT = 8;
/** At most so many owners are asked for: a listing may have thousands. */
const MOST_HANDLES = 50;

/** This run's listing, which everybody shares. One that failed is asked for again. */
export function listing({ client, memo }: Session, within: number = TIME_LIMITS.optionalListing): Promise<Listing> {
  const ask = async (): Promise<Listing> => {
    try {
      const tokens = await client.listTokens(within);
      return { tokens: new Map(tokens.map((token) => [token.id.toLowerCase(), token])) };
    } catch (error) {
      if (error instanceof DatadogError) return { why: error.message };
      throw error;
    }
  };
  return memo.ask("listing", ask, ({ why }) => why !== undefined);
}

/** Whether this run has read the listing, or is reading it. */
export function isListed({ memo }: Session): boolean {
  return memo.has("listing");
}

/**
 * Snapshots of tokens, with their owners' handles as far as these are an affordable extra.
 *
 * @param asked the owners asked about so far; once there are too many, only these are answered
 */
export async function withHandles(
  session: Session,
  tokens: readonly Token[],
  asked = session.ownersAsked,
): Promise<Snapshot[]> {
  const owners = [...new Set(tokens.map(ownerOf))].filter(
    (id) => asked.has(id) || (asked.size < MOST_HANDLES && asked.add(id)),
  );
  const deadline = now() + TIME_LIMITS.handles;
  const handles = await concurrently(owners, HANDLES_IN_FLIGHT, (id) =>
    ownerHandle(session, id, Math.min(TIME_LIMITS.extra, deadline - now())),
  );
  const handleOf = new Map(owners.map((id, index) => [id, handles[index]]));
  return tokens.map((token) => toSnapshot(token, handleOf.get(ownerOf(token))));
}

/** An owner's handle is an extra: it is not asked for long, and may stay unknown. */
export function ownerHandle(
  { client, memo }: Session,
  id: string,
  within: number = TIME_LIMITS.extra,
): Promise<string | undefined> {
  return memo.ask(`user ${id}`, () => client.getUserHandle(id, within).catch(() => undefined));
}

function ownerOf({ relationships }: Token): string {
  return relationships.owned_by.data.id;
}
