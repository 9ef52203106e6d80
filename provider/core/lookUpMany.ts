import type { TokenAddress } from "../datadog/client";
import { DatadogError } from "../datadog/errors";
import { PAGE_SIZE } from "../datadog/pages";
import { isAlive } from "../datadog/token";
import { concurrently } from "./concurrently";
import { isListed, isLookedUp, type LookUp, listing, lookUp, remember, withOwners } from "./lookUp";
import { warnOfUnclear } from "./oddTokens";
import type { Session } from "./session";
import { TIME_LIMITS } from "./timeLimits";

/**
 * Looks many tokens up: one listing for the whole run, or a request each while that is fewer requests.
 *
 * @param concurrency requests in flight
 * @returns what was found, by token id
 */
export async function lookUpMany(
  session: Session,
  addresses: readonly TokenAddress[],
  concurrency: number,
): Promise<ReadonlyMap<string, LookUp>> {
  const fresh = addresses.filter((address) => !isLookedUp(session, address));
  const failure = await readListing(session, fresh);
  const found = await concurrently(addresses, concurrency, async (address): Promise<[string, LookUp]> => {
    const isUnseen = failure !== undefined && !isLookedUp(session, address);
    return [address.tokenId, isUnseen ? { found: "unseen", why: failure } : await lookUp(session, address)];
  });
  return new Map(found);
}

/**
 * Reads the listing unless that takes more requests than the tokens themselves, and remembers what it says of them.
 *
 * @returns why it could not be read
 */
async function readListing(session: Session, addresses: readonly TokenAddress[]): Promise<string | undefined> {
  if (addresses.length === 0) return undefined;
  const count = session.lookedUpSingly + addresses.length;
  const pages = isListed(session) ? 0 : count > 1 ? await countPages(session) : 1;
  if (count <= pages) {
    session.lookedUpSingly = count;
    return undefined;
  }
  const listed = await listing(session, Math.max(TIME_LIMITS.optionalListing, pages * TIME_LIMITS.page));
  if (listed.why !== undefined) return listed.why;
  const tokens = addresses.flatMap(({ tokenId }) => listed.tokens.get(tokenId) ?? []).filter(isAlive);
  await warnOfUnclear(session, tokens);
  const snapshots = new Map((await withOwners(session, tokens)).map((snapshot) => [snapshot.tokenId, snapshot]));
  for (const address of addresses) {
    const snapshot = snapshots.get(address.tokenId);
    remember(session, address, snapshot ? { found: "alive", snapshot } : { found: "gone", byListing: true });
  }
  return undefined;
}

/** How many requests the listing takes; 0 when nobody can say, as then the listing will say why. */
function countPages({ client, memo }: Session): Promise<number> {
  const ask = async (): Promise<number> => {
    try {
      return Math.ceil(((await client.countTokens(TIME_LIMITS.lookUp)) ?? 0) / PAGE_SIZE);
    } catch (error) {
      if (error instanceof DatadogError) return 0;
      throw error;
    }
  };
  return memo.ask("pages", ask, (pages) => pages === 0);
}
