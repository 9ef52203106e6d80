import { ALSO_A_SCOPE } from "../datadog/advice";
import type { Token } from "../datadog/token";
import { counted } from "../text/counts";
import type { TokenKind } from "../tokens/syntax";
import { whoAmI } from "./lookUp";
import { ownerText } from "./owners";
import type { Actor, Snapshot } from "./records";
import type { Session } from "./session";

/** Whose a token is, as far as that is known. */
interface Owned {
  readonly tokenId: string;
  readonly kind?: TokenKind | undefined;
  readonly owner?: Snapshot["owner"];
  /** As declared. */
  readonly serviceAccountId?: string | undefined;
}

/**
 * Warns of tokens that these credentials may not revoke, as far as Datadog lists what their owner may. The scopes of a
 * token or key may allow still less, and are not listed.
 */
export async function warnOfRights(session: Session, tokens: readonly Owned[]): Promise<void> {
  const { actor, permissions } = tokens.length > 0 ? await whoAmI(session) : {};
  if (!actor || !permissions) return;
  const isAllowed = (token: Owned): boolean => permissionsFor(token, actor).some((name) => permissions.has(name));
  const refused = tokens.filter((token) => !isAllowed(token));
  for (const [names, [first, ...others]] of Map.groupBy(refused, (token) =>
    permissionsFor(token, actor).join(" or "),
  )) {
    const more = others.length === 0 ? "" : ` and ${counted(others.length, "other")}`;
    const text =
      `the owner of these credentials, ${ownerText(actor)}, lacks the permission ${names} ${ALSO_A_SCOPE}: Datadog will ` +
      "refuse the revocation. Add the permission to one of the owner's roles, or use other credentials";
    await session.messages.warnOnce(`${first?.tokenId}${more}: ${text}`, `rights ${names}`);
  }
}

/**
 * Warns where a list has one owner's tokens because these credentials may see no others: what is not listed cannot match.
 *
 * @param mayAsk whether it is worth a request. Default true; the scopes of a run's own token are listed already
 */
export async function warnOfSight(session: Session, tokens: readonly Token[], { mayAsk = true } = {}): Promise<void> {
  if (new Set(tokens.map(({ owner }) => owner?.id)).size > 1) return;
  const own = tokens.find(({ tokenId }) => tokenId === session.client.ownTokenId);
  const allowed = own?.scopes ?? (mayAsk ? (await whoAmI(session)).permissions : undefined);
  if (!allowed || new Set(allowed).has("org_app_keys_read")) return;
  await session.messages.warnOnce(
    `these credentials see only their owner's own tokens, so no others can match: add the permission org_app_keys_read ${ALSO_A_SCOPE}`,
  );
}

/**
 * Any of them allows to revoke the token.
 *
 * @see https://docs.datadoghq.com/api/latest/key-management/
 */
function permissionsFor({ kind, owner, serviceAccountId }: Owned, actor: Actor): string[] {
  if (kind === "service" || serviceAccountId !== undefined) return ["service_account_write", "org_app_keys_write"];
  if (owner?.id === undefined) return ["user_app_keys", "service_account_write", "org_app_keys_write"];
  const isOwn = owner.id.toLowerCase() === actor.id.toLowerCase();
  return isOwn ? ["user_app_keys", "org_app_keys_write"] : ["org_app_keys_write"];
}
