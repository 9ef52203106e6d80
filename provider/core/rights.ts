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
      `${ownerText(actor)}, whom these credentials belong to, lacks the permission ${names}: ` +
      "Datadog will refuse the revocation. Give a role of theirs the permission, or use other credentials";
    await session.messages.warnOnce(`${first?.tokenId}${more}: ${text}`, `rights ${names}`);
  }
}

/**
 * Any of them allows to revoke the token.
 *
 * @see https://docs.datadoghq.com/api/latest/key-management/
 */
function permissionsFor({ kind, owner }: Owned, actor: Actor): string[] {
  if (kind === "service") return ["service_account_write", "org_app_keys_write"];
  if (owner?.id === undefined) return ["user_app_keys", "service_account_write", "org_app_keys_write"];
  const isOwn = owner.id.toLowerCase() === actor.id.toLowerCase();
  return isOwn ? ["user_app_keys", "org_app_keys_write"] : ["org_app_keys_write"];
}
