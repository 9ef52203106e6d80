import type { Account, Token } from "./organization";
import { trimmed } from "./timestamp";
import type { CreatedTokenResource, TokenAttributes, TokenResource, TokenType } from "./wireTypes";

/** What JSON:API calls the tokens of such an owner. */
export const tokenType = (owner: Account): TokenType =>
  owner.type === "users" ? "personal_access_tokens" : "service_access_tokens";

/** A token as GET, PATCH and the listings show it. */
export function tokenResource(token: Token): TokenResource {
  return {
    type: tokenType(token.owner),
    id: token.id,
    attributes: {
      ...attributes(token),
      last_used_at: token.lastUsedAt,
      // Datadog leaves it out until the first change.
      ...(token.modifiedAt === null ? {} : { modified_at: token.modifiedAt }),
    },
    relationships: ownedBy(token),
  };
}

/** A token as POST shows it, the only answer that ever holds the value. */
export function createdTokenResource(token: Token): CreatedTokenResource {
  return {
    type: tokenType(token.owner),
    id: token.id,
    attributes: { ...attributes(token), created_at: inNanoseconds(token), key: token.value },
    relationships: ownedBy(token),
  };
}

function attributes({ name, publicPortion, scopes, createdAt, expiresAt }: Token): TokenAttributes {
  return {
    name,
    public_portion: publicPortion,
    scopes: [...scopes],
    created_at: createdAt,
    expires_at: expiresAt === null ? null : trimmed(expiresAt),
  };
}

function ownedBy({ owner }: Token) {
  return { owned_by: { data: { id: owner.id, type: owner.type } } };
}

/** Only the answer to POST has nine digits of fraction, as recorded; Datadog then keeps six. Any three will do. */
function inNanoseconds({ id, createdAt }: Token): string {
  const digits = Number.parseInt(id.slice(0, 3), 16) % 1000;
  return createdAt.replace("Z", `${String(digits).padStart(3, "0")}Z`);
}
