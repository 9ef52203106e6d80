/** What is said in more than one place. */
import type { Actor } from "../datadog/client";
import { NO_CREDENTIALS } from "../datadog/settings";
import type { Revocation } from "./arguments";
import type { LookUp, WhoAmI } from "./lookUp";
import type { Session } from "./session";
import { TIME_LIMITS } from "./timeLimits";

/** An organization, as messages name it. */
export function organization({ organizationId, organizationName }: Actor): string {
  const name = organizationName === undefined ? "" : ` ${JSON.stringify(organizationName)}`;
  return `organization${name} ${organizationId}`;
}

/** Who answered: the site, and the organization where that is known. */
export function answeredBy({ client }: Session, actor: Actor | undefined): string {
  return `Datadog (${new URL(client.apiUrl).host}${actor ? `, ${organization(actor)}` : ""})`;
}

/** What it means that Datadog does not know a token that was never seen. */
export function notFound(session: Session, { onNotFound }: Revocation, { actor }: WhoAmI, seen: LookUp): string {
  const isUnlisted = seen.found === "gone" && seen.unlisted !== undefined;
  const otherwise = isUnlisted
    ? "; or it is a service account's token: give serviceAccountId, because these credentials cannot list tokens"
    : "";
  const consequence = onNotFound === "fail" ? 'onNotFound: "fail" makes that an error' : "It counts as alreadyRevoked";
  return (
    `${answeredBy(session, actor)} does not know this token: it was revoked before, ` +
    `or the id, the site or the organization is wrong${otherwise}. ${consequence}`
  );
}

/** What is said of a token that did not go. */
export function stillAlive(tokenId: string): string {
  return `${tokenId}: still alive ${TIME_LIMITS.verification / 1000} s after Datadog accepted the revocation; the next up tries again`;
}

/** What is said where nothing can be asked. */
export function notLookedUp(tokenId: string | undefined): string {
  return `${tokenId}: not looked up and not checked, nor any other token: ${NO_CREDENTIALS}`;
}

/** What is said of a record that a refresh cannot judge. */
export function notChecked(subject: string | undefined, why: string): string {
  return `${subject}: could not be checked; the recorded status is kept: ${why}`;
}
