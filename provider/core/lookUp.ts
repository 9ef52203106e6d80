import type { Account, CurrentUser, TokenAddress } from "../datadog/client";
import { DatadogError } from "../datadog/errors";
import { now } from "../datadog/gate";
import { isAlive, type Token } from "../datadog/token";
import { concurrently } from "./concurrently";
import { warnOfUnclear } from "./oddTokens";
import { type Snapshot, toSnapshot } from "./records";
import type { Session } from "./session";
import { TIME_LIMITS } from "./timeLimits";

/** What Datadog says of a token before it is revoked. */
export type LookUp =
  | { readonly found: "alive"; readonly snapshot: Snapshot }
  /** Datadog does not know it: revoked before, or another organization's, or no token's id at all. */
  | {
      readonly found: "gone";
      /** Why it may be a service account's token all the same. */
      readonly unlisted?: string;
      /** It is merely not listed: a listing may show the credentials' own tokens only. */
      readonly byListing?: true;
    }
  /** Not to be seen with these credentials, or no answer that can be read. */
  | { readonly found: "unseen"; readonly why: string };

/** Whom the credentials belong to, or why nobody can say. */
export type WhoAmI =
  | CurrentUser
  | { readonly actor?: undefined; readonly permissions?: undefined; readonly why: string };

/** Looks a token up, once a run. */
export function lookUp(session: Session, address: TokenAddress): Promise<LookUp> {
  return session.memo.ask(
    tokenQuestion(address),
    () => ask(session, address),
    ({ found }) => found === "unseen",
  );
}

/**
 * Looks up by its own path a token that is merely not listed.
 *
 * @param seen what stands, unless it says just that
 */
export async function lookUpUnlisted(session: Session, address: TokenAddress, seen: LookUp): Promise<LookUp> {
  if (seen.found !== "gone" || !seen.byListing) return seen;
  forget(session, address);
  return lookUp(session, address);
}

/** Whether a token was looked up in this run, and not acted on since. */
export function isLookedUp(session: Session, address: TokenAddress): boolean {
  return session.memo.has(tokenQuestion(address));
}

/** Keeps what a listing told of a token, as if it had been looked up. */
export function remember(session: Session, address: TokenAddress, seen: LookUp): void {
  session.memo.keep(tokenQuestion(address), seen);
}

/** To be called when a token was acted on: what was seen before holds no more. */
export function forget(session: Session, address: TokenAddress): void {
  session.memo.drop(tokenQuestion(address));
}

function tokenQuestion({ tokenId, serviceAccountId }: TokenAddress): string {
  return `token ${tokenId} ${serviceAccountId}`;
}

async function ask(session: Session, address: TokenAddress): Promise<LookUp> {
  try {
    const token = await session.client.getToken(address, TIME_LIMITS.lookUp);
    if (!token) return await askByListing(session, address);
    return isAlive(token) ? await alive(session, token) : { found: "gone" };
  } catch (error) {
    return { found: "unseen", why: reason(error) };
  }
}

async function alive(session: Session, token: Token): Promise<LookUp> {
  await warnOfUnclear(session, [token]);
  const account = token.owner && (await accountOf(session, token.owner.id));
  return { found: "alive", snapshot: toSnapshot(token, account) };
}

/**
 * A token that the path does not know may go by another: the owner, whom the listing tells, names it. Where the listing
 * may not be read, it says nothing against what the path said.
 */
async function askByListing(session: Session, { tokenId, serviceAccountId }: TokenAddress): Promise<LookUp> {
  const { tokens, why } = await listing(session);
  if (!tokens) return { found: "gone", unlisted: why };
  const listed = tokens.get(tokenId);
  // Its owner is unknown, so a 404 may only mean the wrong path.
  if (isAlive(listed) && !listed.owner) return alive(session, listed);
  const owner = listed?.owner;
  const account = owner?.type === "service_account" ? owner.id.toLowerCase() : undefined;
  // Its own path knows better than a listing that may be older.
  if (!listed || account === serviceAccountId) return { found: "gone" };
  const address = { tokenId, serviceAccountId: account };
  // Not allowed to look there, or no answer: what is listed is alive.
  const token = await session.client.getToken(address, TIME_LIMITS.lookUp).catch(() => listed);
  return isAlive(token) ? alive(session, token) : { found: "gone" };
}

/** Asks whom the credentials belong to. It is an extra: not asked for long, and what failed stays unknown. */
export function whoAmI(session: Session): Promise<WhoAmI> {
  return session.memo.ask("actor", () => askActor(session, TIME_LIMITS.extra));
}

/** The same for a guard, which cannot do without: asked for longer, and again after a failure. */
export async function insistWhoAmI(session: Session): Promise<WhoAmI> {
  const who = await whoAmI(session);
  if (who.actor) return who;
  return session.memo.ask(
    "actor, for a guard",
    () => askActor(session, TIME_LIMITS.lookUp),
    ({ actor }) => actor === undefined,
  );
}

async function askActor({ client }: Session, within: number): Promise<WhoAmI> {
  try {
    return await client.getCurrentUser(within);
  } catch (error) {
    return { why: reason(error) };
  }
}

function reason(error: unknown): string {
  if (error instanceof DatadogError) return error.message;
  throw error;
}

/** What Datadog lists, as far as the credentials may see it; or why it cannot be listed. */
export type Listing =
  | {
      /** By id, lowercase. */
      readonly tokens: ReadonlyMap<string, Token>;
      /** Rows without a token id. */
      readonly unidentified: number;
      readonly why?: undefined;
    }
  | { readonly tokens?: undefined; readonly why: string };

const OWNERS_IN_FLIGHT = 8;
/** At most so many owners are asked for: a listing may have thousands. */
const MOST_OWNERS = 50;

/** This run's listing, which everybody shares. One that failed is asked for again. */
export function listing(session: Session, within: number = TIME_LIMITS.optionalListing): Promise<Listing> {
  const ask = async (): Promise<Listing> => {
    try {
      const { tokens, unidentified } = await session.client.listTokens(within);
      return { tokens: new Map(tokens.map((token) => [token.tokenId, token])), unidentified };
    } catch (error) {
      return { why: reason(error) };
    }
  };
  return session.memo.ask("listing", ask, ({ why }) => why !== undefined);
}

/** Whether this run has read the listing, or is reading it. */
export function isListed({ memo }: Session): boolean {
  return memo.has("listing");
}

/**
 * Snapshots of tokens, with what their owners are called as far as that is an affordable extra.
 *
 * @param asked the owners asked about so far; once there are too many, only these are answered
 */
export async function withOwners(
  session: Session,
  tokens: readonly Token[],
  asked = session.ownersAsked,
): Promise<Snapshot[]> {
  const owners = [...new Set(tokens.flatMap(({ owner }) => owner?.id ?? []))].filter(
    (id) => asked.has(id) || (asked.size < MOST_OWNERS && asked.add(id)),
  );
  const deadline = now() + TIME_LIMITS.owners;
  const accounts = await concurrently(owners, OWNERS_IN_FLIGHT, (id) =>
    accountOf(session, id, Math.min(TIME_LIMITS.extra, deadline - now())),
  );
  const byOwner = new Map(owners.map((id, index) => [id, accounts[index]]));
  return tokens.map((token) => toSnapshot(token, token.owner && byOwner.get(token.owner.id)));
}

/** What an owner is called is an extra: it is not asked for long, and may stay unknown. */
function accountOf({ client, memo }: Session, id: string, within: number = TIME_LIMITS.extra): Promise<Account> {
  return memo.ask(`user ${id}`, () => client.getUser(id, within).catch(() => ({})));
}
