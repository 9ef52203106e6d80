import type { Token } from "./organization";
import type { SimulatedToken, TokenState } from "./simulator";
import { timestamp } from "./timestamp";

export function simulatedToken({ id, name, value, owner }: Token): SimulatedToken {
  return { id, name, value, ...(owner.type === "service_account" ? { serviceAccountId: owner.id } : {}) };
}

export function tokenState(token: Token): TokenState {
  const { owner, scopes, createdAt, expiresAt, lastUsedAt, revokedAt } = token;
  return {
    ...simulatedToken(token),
    owner: { id: owner.id, type: owner.type, handle: owner.handle },
    scopes,
    createdAt,
    expiresAt,
    lastUsedAt,
    revokedAt: revokedAt === null ? null : timestamp(revokedAt),
  };
}
