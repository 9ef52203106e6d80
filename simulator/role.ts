import { createHash } from "node:crypto";
import type { Account, Organization } from "./organization";
import { PERMISSIONS, type Permission } from "./permissionNames";
import type { PermissionResource, RoleResource } from "./wireTypes";

/** An account has one role, which holds its permissions. Accounts with the same ones share it. */
export function roleId(account: Account, organization: Organization): string {
  return stableId(`role ${organization.id} ${granted(account).join(" ")}`);
}

export function roleResource(account: Account, organization: Organization): RoleResource {
  const permissions = granted(account);
  return {
    type: "roles",
    id: roleId(account, organization),
    attributes: {
      name: permissions.length === PERMISSIONS.length ? "Datadog Admin Role" : "Custom Role",
      created_at: organization.createdAt,
      modified_at: organization.createdAt,
    },
    relationships: {
      permissions: { data: permissions.map((name) => ({ type: "permissions", id: permissionId(name) })) },
    },
  };
}

/** What a role holds. Datadog's ids for permissions are the same in all organizations. */
export function permissionResources(account: Account): PermissionResource[] {
  return granted(account).map((name) => RESOURCES[name]);
}

function granted({ permissions }: Account): Permission[] {
  return PERMISSIONS.filter((name) => permissions.has(name));
}

function permissionResource(name: Permission): PermissionResource {
  const words = name.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const [, kind = "other"] = /_(read|write)$/.exec(name) ?? [];
  return {
    type: "permissions",
    id: permissionId(name),
    attributes: {
      name,
      display_name: words.join(" "),
      description: `Grants ${name}.`,
      created: "2020-01-01T00:00:00.000000Z",
      group_name: words[0] ?? "",
      display_type: kind,
      restricted: false,
    },
  };
}

function permissionId(name: Permission): string {
  return stableId(`permission ${name}`);
}

/** An id by its shape that follows from a text, and takes no random number from the tokens' ids. */
function stableId(text: string): string {
  const digits = createHash("sha256").update(text).digest("hex");
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
}

const RESOURCES = Object.fromEntries(PERMISSIONS.map((name) => [name, permissionResource(name)])) as Readonly<
  Record<Permission, PermissionResource>
>;
