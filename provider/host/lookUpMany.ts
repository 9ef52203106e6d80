import type { DatadogClient, TokenAddress } from "../datadog/client";
import { concurrently } from "../datadog/concurrently";
import { DatadogError } from "../datadog/errors";
import { PAGE_SIZE } from "../datadog/listing";
import { isAlive } from "../datadog/schemas";
import { listing, withHandles } from "./listing";
import { isKnown, type LookUp, lookUp, remember } from "./lookUp";
import { once } from "./once";

const COUNT_WITHIN = 8_000;
/** Milliseconds that a listing may take, at least, and for each of its pages. */
const LISTING_WITHIN = 20_000;
const PAGE_WITHIN = 500;

/** How many tokens this run has looked up one by one, by site. */
const asked = new Map<string, number>();

/**
 * Looks many tokens up: one listing for the whole run, or a request each while that is fewer requests.
 *
 * @param concurrency requests in flight
 * @returns what was found, by token id
 */
export async function lookUpMany(
  client: DatadogClient,
  addresses: readonly TokenAddress[],
  concurrency: number,
): Promise<ReadonlyMap<string, LookUp>> {
  const fresh = addresses.filter((address) => !isKnown(client, address));
  const unlisted = await readListing(client, fresh);
  const found = await concurrently(addresses, concurrency, async (address): Promise<[string, LookUp]> => {
    const isUnseen = unlisted !== undefined && !isKnown(client, address);
    return [address.tokenId, isUnseen ? { found: "unseen", why: unlisted } : await lookUp(client, address)];
  });
  return new Map(found);
}

/**
 * Reads the listing unless that takes more requests than the tokens themselves, and remembers what it says of them.
 *
 * @returns why it could not be read
 */
async function readListing(client: DatadogClient, addresses: readonly TokenAddress[]): Promise<string | undefined> {
  if (addresses.length === 0) return undefined;
  const count = (asked.get(client.apiUrl) ?? 0) + addresses.length;
  const pages = count > 1 ? await countPages(client) : 1;
  if (count <= pages) {
    asked.set(client.apiUrl, count);
    return undefined;
  }
  const listed = await listing(client, Math.max(LISTING_WITHIN, pages * PAGE_WITHIN));
  if (listed.why !== undefined) return listed.why;
  const tokens = addresses.flatMap(({ tokenId }) => listed.tokens.get(tokenId) ?? []).filter(isAlive);
  const snapshots = new Map((await withHandles(client, tokens)).map((snapshot) => [snapshot.tokenId, snapshot]));
  for (const address of addresses) {
    const snapshot = snapshots.get(address.tokenId);
    remember(client, address, snapshot ? { found: "alive", snapshot } : { found: "gone" });
  }
  return undefined;
}

/** How many requests the listing takes; 0 when nobody can say, as then the listing will say why. */
function countPages(client: DatadogClient): Promise<number> {
  const ask = async (): Promise<number> => {
    try {
      return Math.ceil((await client.countTokens(COUNT_WITHIN)) / PAGE_SIZE);
    } catch (error) {
      if (error instanceof DatadogError) return 0;
      throw error;
    }
  };
  return once(client, "pages", ask, (pages) => pages === 0);
}
