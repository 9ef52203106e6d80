import { goneSince, type Token } from "./organization";
import type { SimulatedToken, TokenState } from "./simulator";
import { timestamp, trimmed } from "./timestamp";

export function simulatedToken({ id, name, value, owner }: Token): SimulatedToken {
  return { id, name, value, ...(owner.type === "service_account" ? { serviceAccountId: owner.id } : {}) };
}

export function tokenState(token: Token, now: number): TokenState {
  const { owner, scopes, createdAt, expiresAt, lastUsedAt, leak } = token;
  const revokedAt = goneSince(token, now);
  return {
    ...simulatedToken(token),
    owner: { id: owner.id, type: owner.type, handle: owner.handle },
    scopes,
    createdAt,
    expiresAt: expiresAt === null ? null : trimmed(expiresAt),
    lastUsedAt,
    revokedAt: revokedAt === null ? null : timestamp(revokedAt),
    leak: leak && { detectedAt: leak.detectedAt, ...(leak.source === undefined ? {} : { source: leak.source }) },
  };
}
