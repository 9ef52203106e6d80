import { isUuid } from "./apiRequest";
import { found } from "./leak";
import { newToken } from "./newToken";
import type { Token } from "./organization";
import type { Organizations } from "./organizations";
import { checkScopes } from "./permissionNames";
import type { Random } from "./random";
import type { TokenSettings } from "./simulator";
import { DAY, timeOf } from "./timestamp";

/** Spelled as a permission's name, in whatever case; no other text is a slip of the pen. */
const LIKE_A_SCOPE = /^[a-z]+(_[a-z]+)+$/i;

/**
 * Adds a token to its owner's organization.
 *
 * @throws RangeError for an id that is no UUID or is taken, an owner whom nobody knows, a scope that looks like one and
 * does not exist, and a time that is none.
 */
export function addToken(
  settings: TokenSettings & { readonly ownerId: string },
  organizations: Organizations,
  random: Random,
  now: number,
): Token {
  const { name = "added", ownerId, scopes = ["dashboards_read"], prefix } = settings;
  const { createdAt = now, expiresAt = now + 90 * DAY, lastUsedAt = null } = settings;
  const id = settings.id?.toLowerCase() ?? random.uuid();
  if (!isUuid(id)) throw new RangeError("id must be a UUID");
  if (organizations.findToken(id) !== undefined) throw new RangeError(`There is a token ${id} already.`);
  checkScopes(scopes.filter((scope) => LIKE_A_SCOPE.test(scope)));
  const { organization, account: owner } = organizations.member(ownerId);
  const token = newToken(
    {
      id,
      owner,
      name,
      scopes,
      createdAt: timeOf("createdAt", createdAt),
      expiresAt: expiresAt === null ? null : timeOf("expiresAt", expiresAt),
      lastUsedAt: lastUsedAt === null ? null : timeOf("lastUsedAt", lastUsedAt),
      ...(prefix === undefined ? {} : { prefix }),
    },
    random,
  );
  if (settings.leak !== undefined) token.leak = found(settings.leak, random, now);
  organization.addToken(token);
  return token;
}
