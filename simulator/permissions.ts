import type { Caller } from "./authentication";
import type { Token } from "./organization";
import type { Permission } from "./permissionNames";
import { Refusal } from "./refusal";

/** Refuses a caller who has none of these permissions. */
export function demand(caller: Caller, ...anyOf: Permission[]): void {
  if (anyOf.some((permission) => caller.permissions.has(permission))) return;
  throw new Refusal(403, `this needs the permission ${anyOf.join(" or ")}`);
}

/** Refuses a caller who has not this permission, unless the token is their own. */
export function demandForOthers(caller: Caller, token: Token, permission: Permission): void {
  if (token.owner.id !== caller.owner.id) demand(caller, permission);
}
