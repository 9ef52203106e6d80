import type { Actor, DatadogClient, TokenAddress } from "../datadog/client";
import { DatadogError } from "../datadog/errors";
import { isAlive, type Token } from "../datadog/schemas";
import { type Snapshot, toSnapshot } from "./record";

/** What Datadog says of a token before it is revoked. */
export type LookUp =
  | { readonly found: "alive"; readonly snapshot: Snapshot }
  /** Datadog does not know it: revoked before, or another organization's, or no token's id at all. */
  | { readonly found: "gone" }
  /** Not to be seen with these credentials, or no answer that can be read. */
  | { readonly found: "unseen"; readonly why: string };

/** Whom the credentials belong to, or why nobody can say. */
export type WhoAmI = { readonly actor: Actor } | { readonly actor?: undefined; readonly why: string };

/** Milliseconds: a preview must not wait long for what it can do without. */
const WITHIN = 8_000;
const EXTRA_WITHIN = 3_000;
const LISTING_WITHIN = 20_000;

/**
 * Answers of this run. The engine asks `check` twice a run and `create` once, in one process, and owners repeat: one
 * question each. A look-up or a listing that failed is asked again when it is wanted again.
 */
const answers = new Map<string, Promise<unknown>>();

function once<T>(
  client: DatadogClient,
  question: string,
  ask: () => Promise<T>,
  failed: (answer: T) => boolean,
): Promise<T> {
  const key = `${client.apiUrl} ${question}`;
  const known = answers.get(key) as Promise<T> | undefined;
  if (known) return known;
  const answer = ask();
  answers.set(key, answer);
  const forgetFailure = (): void => void (answers.get(key) === answer && answers.delete(key));
  answer.then((value) => failed(value) && forgetFailure(), forgetFailure);
  return answer;
}

/** Looks a token up. */
export function lookUp(client: DatadogClient, address: TokenAddress): Promise<LookUp> {
  return once(
    client,
    tokenQuestion(address),
    () => ask(client, address),
    ({ found }) => found === "unseen",
  );
}

/** To be called when a token was acted on: what was seen before holds no more. */
export function forget(client: DatadogClient, address: TokenAddress): void {
  answers.delete(`${client.apiUrl} ${tokenQuestion(address)}`);
}

function tokenQuestion({ tokenId, serviceAccountId }: TokenAddress): string {
  return `token ${tokenId} ${serviceAccountId}`;
}

async function ask(client: DatadogClient, address: TokenAddress): Promise<LookUp> {
  try {
    const token = (await client.getToken(address, WITHIN)) ?? (await serviceToken(client, address.tokenId));
    if (!isAlive(token)) return { found: "gone" };
    return { found: "alive", snapshot: toSnapshot(token, await ownerHandle(client, token)) };
  } catch (error) {
    return { found: "unseen", why: reason(error) };
  }
}

/**
 * A token that its path does not know may be a service account's, and its owner names the right path. The listing tells
 * the owner; where it may not be read, it says nothing against what the path said.
 */
async function serviceToken(client: DatadogClient, tokenId: string): Promise<Token | undefined> {
  const listing = await once(
    client,
    "listing",
    () => listServiceTokens(client),
    (tokens) => tokens === undefined,
  );
  const listed = listing?.get(tokenId);
  if (!listed) return undefined;
  const address = { tokenId, serviceAccountId: listed.relationships.owned_by.data.id };
  return client.getToken(address, WITHIN).catch(() => listed);
}

async function listServiceTokens(client: DatadogClient): Promise<Map<string, Token> | undefined> {
  try {
    const tokens = await client.listTokens(LISTING_WITHIN);
    const ofServiceAccounts = tokens.filter((token) => token.relationships.owned_by.data.type === "service_account");
    return new Map(ofServiceAccounts.map((token) => [token.id.toLowerCase(), token]));
  } catch {
    return undefined;
  }
}

/** Its owner's handle is an extra: it is not asked for long, and may stay unknown. */
function ownerHandle(client: DatadogClient, token: Token): Promise<string | undefined> {
  const { id } = token.relationships.owned_by.data;
  return once(
    client,
    `user ${id}`,
    () => client.getUserHandle(id, EXTRA_WITHIN).catch(() => undefined),
    () => false,
  );
}

/** Asks whom the credentials belong to. */
export function whoAmI(client: DatadogClient): Promise<WhoAmI> {
  const ask = async (): Promise<WhoAmI> => {
    try {
      return { actor: await client.getActor(EXTRA_WITHIN) };
    } catch (error) {
      return { why: reason(error) };
    }
  };
  return once(client, "actor", ask, () => false);
}

function reason(error: unknown): string {
  if (error instanceof DatadogError) return error.message;
  throw error;
}
