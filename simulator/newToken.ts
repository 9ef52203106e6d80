import type { Token } from "./organization";
import type { Random } from "./random";
import { type Prefix, prefixFor, publicPortion, tokenValue } from "./tokenValue";

export interface NewToken extends Pick<Token, "owner" | "name" | "scopes" | "createdAt" | "expiresAt"> {
  /** Default: a random one. */
  readonly id?: string;
  /** Default: the one for such an owner. */
  readonly prefix?: Prefix;
  /** Default null: never used. */
  readonly lastUsedAt?: string | null;
}

export function newToken(settings: NewToken, random: Random): Token {
  const { owner, id = random.uuid(), prefix = prefixFor(owner), lastUsedAt = null, ...attributes } = settings;
  return {
    ...attributes,
    id,
    value: tokenValue(prefix, id, random),
    publicPortion: publicPortion(owner, prefix, id),
    owner,
    lastUsedAt,
    modifiedAt: null,
    revokedAt: null,
    deletedAt: null,
    leak: null,
  };
}
