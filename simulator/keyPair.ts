import type { Account, Organization } from "./organization";
import { checkScopes } from "./permissionNames";
import type { Random } from "./random";
import type { KeyPair } from "./simulator";

/**
 * A new API key and an application key that acts for this owner; with scopes, it may do no more than they say.
 *
 * @throws RangeError for a scope that does not exist.
 */
export function createKeys(
  organization: Organization,
  random: Random,
  owner: Account,
  scopes: readonly string[] | null,
): KeyPair {
  if (scopes !== null) checkScopes(scopes);
  const apiKey = random.hex(32);
  const appKey = random.hex(40);
  organization.apiKeys.add(apiKey);
  organization.applicationKeys.set(appKey, { owner, scopes });
  return { apiKey, appKey };
}
