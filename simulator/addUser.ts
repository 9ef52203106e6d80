import type { Organizations } from "./organizations";
import { PERMISSIONS } from "./permissionNames";
import type { Random } from "./random";
import type { UserSettings } from "./simulator";
import { timestamp } from "./timestamp";

/** Adds a user to an organization. @throws RangeError when there is no such organization. */
export function addUser(settings: UserSettings, organizations: Organizations, random: Random, now: number) {
  const { name = "Added User", permissions = PERMISSIONS, organizationId } = settings;
  const organization = organizationId === undefined ? organizations.first : organizations.organization(organizationId);
  const id = random.uuid();
  const handle = `${name.toLowerCase().replaceAll(" ", ".")}@example.com`;
  organization.addAccount({
    id,
    type: "users",
    name,
    handle,
    email: handle,
    createdAt: timestamp(now),
    permissions: new Set(permissions),
  });
  return { id, handle };
}
