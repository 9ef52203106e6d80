import type { Actor, DatadogClient, TokenAddress } from "../datadog/client";
import { DatadogError } from "../datadog/errors";
import { isAlive, type Token } from "../datadog/schemas";
import { listing, ownerHandle } from "./listing";
import { forgetAnswer, isAnswered, keepAnswer, once } from "./once";
import { type Snapshot, toSnapshot } from "./record";

/** What Datadog says of a token before it is revoked. */
export type LookUp =
  | { readonly found: "alive"; readonly snapshot: Snapshot }
  /** Datadog does not know it: revoked before, or another organization's, or no token's id at all. */
  | {
      readonly found: "gone" /** Why its being a service account's token is not ruled out. */;
      readonly unlisted?: string;
    }
  /** Not to be seen with these credentials, or no answer that can be read. */
  | { readonly found: "unseen"; readonly why: string };

/** Whom the credentials belong to, or why nobody can say. */
export type WhoAmI = { readonly actor: Actor } | { readonly actor?: undefined; readonly why: string };

/** Milliseconds: a preview must not wait long for what it can do without. */
const WITHIN = 8_000;
const EXTRA_WITHIN = 3_000;

/** Looks a token up. */
export function lookUp(client: DatadogClient, address: TokenAddress): Promise<LookUp> {
  return once(
    client,
    tokenQuestion(address),
    () => ask(client, address),
    ({ found }) => found === "unseen",
  );
}

/**
 * Looks up by its own path a token that was alive and is listed no more: a listing may show the credentials' own tokens
 * only, and hide the others.
 */
export function lookUpUnlisted(client: DatadogClient, address: TokenAddress): Promise<LookUp> {
  forget(client, address);
  return lookUp(client, address);
}

/** Whether a token was looked up in this run, and acted on no more since. */
export function isKnown(client: DatadogClient, address: TokenAddress): boolean {
  return isAnswered(client, tokenQuestion(address));
}

/** Keeps what a listing told of a token, as if it had been looked up. */
export function remember(client: DatadogClient, address: TokenAddress, seen: LookUp): void {
  keepAnswer(client, tokenQuestion(address), seen);
}

/** To be called when a token was acted on: what was seen before holds no more. */
export function forget(client: DatadogClient, address: TokenAddress): void {
  forgetAnswer(client, tokenQuestion(address));
}

function tokenQuestion({ tokenId, serviceAccountId }: TokenAddress): string {
  return `token ${tokenId} ${serviceAccountId}`;
}

async function ask(client: DatadogClient, address: TokenAddress): Promise<LookUp> {
  try {
    const token = await client.getToken(address, WITHIN);
    if (!token) return await askByListing(client, address);
    return isAlive(token) ? await alive(client, token) : { found: "gone" };
  } catch (error) {
    return { found: "unseen", why: reason(error) };
  }
}

async function alive(client: DatadogClient, token: Token): Promise<LookUp> {
  return {
    found: "alive",
    snapshot: toSnapshot(token, await ownerHandle(client, token.relationships.owned_by.data.id)),
  };
}

/**
 * A token that the path does not know may go by another: the owner, whom the listing tells, names it. Where the listing
 * may not be read, it says nothing against what the path said.
 */
async function askByListing(client: DatadogClient, { tokenId, serviceAccountId }: TokenAddress): Promise<LookUp> {
  const { tokens, why } = await listing(client);
  if (!tokens) return { found: "gone", unlisted: why };
  const listed = tokens.get(tokenId);
  const owner = listed?.relationships.owned_by.data;
  const account = owner?.type === "service_account" ? owner.id.toLowerCase() : undefined;
  // Its own path knows better than a listing that may be older.
  if (!listed || account === serviceAccountId) return { found: "gone" };
  const token = await client.getToken({ tokenId, serviceAccountId: account }, WITHIN).catch(() => listed);
  return isAlive(token) ? alive(client, token) : { found: "gone" };
}

/** Asks whom the credentials belong to. It is an extra: not asked for long, and what failed stays unknown. */
export function whoAmI(client: DatadogClient): Promise<WhoAmI> {
  return once(
    client,
    "actor",
    () => askActor(client, EXTRA_WITHIN),
    () => false,
  );
}

/** The same for a guard, which cannot do without: asked for longer, and again after a failure. */
export async function insistWhoAmI(client: DatadogClient): Promise<WhoAmI> {
  const who = await whoAmI(client);
  if (who.actor) return who;
  return once(
    client,
    "actor, for a guard",
    () => askActor(client, WITHIN),
    ({ actor }) => actor === undefined,
  );
}

async function askActor(client: DatadogClient, within: number): Promise<WhoAmI> {
  try {
    return { actor: await client.getActor(within) };
  } catch (error) {
    return { why: reason(error) };
  }
}

function reason(error: unknown): string {
  if (error instanceof DatadogError) return error.message;
  throw error;
}
