import type { Account, Organization } from "./organization";
import { permissionResources, roleId, roleResource } from "./role";
import type { OrganizationResource, UserDocument, UserResource } from "./wireTypes";

/**
 * A user or service account as `users/{id}` and `current_user` show it, with its organization, role and permissions: all
 * that the account may do, whatever the scopes of the credentials that ask.
 */
export function userDocument(account: Account, organization: Organization): UserDocument {
  const role = roleResource(account, organization);
  return {
    data: userResource(account, organization),
    included: [organizationResource(organization), role, ...permissionResources(account)],
  };
}

export function userResource(account: Account, organization: Organization): UserResource {
  return {
    type: "users",
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
      roles: { data: [{ type: "roles", id: roleId(account, organization) }] },
      org: { data: { type: "orgs", id: organization.id } },
    },
  };
}

export function organizationResource(organization: Organization): OrganizationResource {
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
