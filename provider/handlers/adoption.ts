import type * as pulumi from "@pulumi/pulumi";
import { lookUp, whoAmI } from "../core/lookUp";
import { compact } from "../core/objects";
import { foundGone, toAct } from "../core/revoke";
import type { Run } from "../core/run";
import { describeToken } from "../core/tokenLines";
import { notFound } from "../core/wording";
import { parseTokenId, TokenSyntaxError } from "../tokens/tokenIds";

/**
 * Makes the record of a token that Datadog does not know, for `pulumi import`. Sends no DELETE: a live token is refused,
 * as importing must not revoke, and a record must not say what is not so.
 *
 * @param id what was given as the resource's id
 */
export async function adopt(run: Run, id: string): Promise<pulumi.dynamic.ReadResult> {
  const tokenId = readId(id);
  const session = await run.connectToLook();
  const seen = await lookUp(session, { tokenId });
  if (seen.found === "alive") {
    throw new Error(
      `${tokenId}: not imported: it is not revoked (${describeToken(seen.snapshot)}). Declare a TokenRevocation of it in ` +
        "the program instead: pulumi preview shows it, and pulumi up revokes it",
    );
  }
  if (seen.found === "unseen") throw new Error(`${tokenId}: not imported: it cannot be looked up: ${seen.why}`);
  const who = await whoAmI(session);
  await run.messages.warnOnce(`${tokenId}: ${notFound(session, { tokenId }, who, seen)}`);
  const act = toAct(session, {}, who.actor);
  const { actor, apiUrl } = act;
  const record = foundGone(tokenId);
  return { id: tokenId, props: compact({ ...record, actor, apiUrl, act }), inputs: { tokenId, status: record.status } };
}

function readId(id: string): string {
  try {
    return parseTokenId(id);
  } catch (error) {
    if (!(error instanceof TokenSyntaxError)) throw error;
    throw new Error(`not imported: the id ${error.message.replace(/: pass it as .*/, "")}: give the token's id`);
  }
}
