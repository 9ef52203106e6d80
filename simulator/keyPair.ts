import type { Account, Organization, Permission } from "./organization";
import type { Random } from "./random";
import type { KeyPair } from "./simulator";

/** A new API key and an application key that acts for this owner. */
export function createKeys(
  organization: Organization,
  random: Random,
  owner: Account,
  permissions: readonly Permission[],
): KeyPair {
  const apiKey = random.hex(32);
  const appKey = random.hex(40);
  organization.apiKeys.add(apiKey);
  organization.applicationKeys.set(appKey, { owner, permissions: new Set(permissions) });
  return { apiKey, appKey };
}
