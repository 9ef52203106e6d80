import type { UserAnswer, Token as WireToken } from "../provider/datadog/answers";
import type { Account, Organization, Token } from "./organization";

/** What JSON:API calls the tokens of such an owner. */
export const tokenType = (owner: Account) =>
  owner.type === "users" ? "personal_access_tokens" : "service_access_tokens";

/** A token as GET, PATCH and the listing show it. */
export function tokenResource(token: Token): WireToken {
  return {
    type: tokenType(token.owner),
    id: token.id,
    attributes: {
      name: token.name,
      public_portion: token.publicPortion,
      scopes: [...token.scopes],
      created_at: token.createdAt,
      expires_at: token.expiresAt,
      last_used_at: token.lastUsedAt,
      // Datadog leaves it out until the first change.
      ...(token.modifiedAt === null ? {} : { modified_at: token.modifiedAt }),
    },
    relationships: { owned_by: { data: { id: token.owner.id, type: token.owner.type } } },
  };
}

/** A token as POST shows it, the only answer that ever holds the value. */
export function createdTokenResource(token: Token) {
  const { type, id, attributes, relationships } = tokenResource(token);
  const { last_used_at: _neverUsed, ...rest } = attributes;
  return { type, id, attributes: { ...rest, key: token.value }, relationships };
}

/** A user or service account as `users/{id}` and `current_user` show it, with its organization. */
export function userDocument(account: Account, organization: Organization): UserAnswer {
  const document = { data: userResource(account, organization), included: [organizationResource(organization)] };
  return document;
}

export function userResource(account: Account, organization: Organization) {
  return {
    type: "users" as const,
    id: account.id,
    attributes: {
      uuid: account.id,
      name: account.name,
      handle: account.handle,
      email: account.email,
      created_at: account.createdAt,
      modified_at: account.createdAt,
      icon: "",
      title: null,
      verified: true,
      disabled: false,
      service_account: account.type === "service_account",
      mfa_enabled: false,
      status: "Active",
    },
    relationships: {
      roles: { data: [] },
      org: { data: { type: "orgs", id: organization.id } },
    },
  };
}

export function organizationResource(organization: Organization) {
  return {
    type: "orgs",
    id: organization.id,
    attributes: {
      name: organization.name,
      public_id: organization.id.replaceAll("-", "").slice(0, 16),
      created_at: organization.createdAt,
      modified_at: organization.createdAt,
      disabled: false,
      sharing: "none",
      url: null,
    },
  };
}
