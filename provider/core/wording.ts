/** What is said in more than one place. */
import type { Actor } from "../datadog/client";
import { plainLine } from "../text/plainLine";
import type { Revocation } from "./arguments";
import type { LookUp, WhoAmI } from "./lookUp";
import type { Elsewhere } from "./place";
import type { Failure, Place } from "./records";
import type { Run } from "./run";
import type { Session } from "./session";
import { TIME_LIMITS } from "./timeLimits";

/** An organization, as messages name it. */
export function organization({ organizationId, organizationName }: Actor): string {
  const name = organizationName === undefined ? "" : ` ${JSON.stringify(organizationName)}`;
  return `organization${name} ${organizationId}`;
}

/** Who answered: the site, and the organization where that is known. */
export function answeredBy({ client }: Session, actor: Actor | undefined): string {
  return placeText({ apiUrl: client.apiUrl, actor });
}

export function placeText({ apiUrl, actor }: Place): string {
  // State that somebody edited may hold anything.
  const host = URL.canParse(apiUrl) ? new URL(apiUrl).host : apiUrl;
  return `Datadog (${host}${actor ? `, ${organization(actor)}` : ""})`;
}

/** Why there may be no record of what this very stack revoked. */
export const RECORDS_LOST =
  "A resource that was replaced, tainted or renamed cannot see its earlier records: protect: true and aliases prevent that";

/** What it means that Datadog does not know a token that was never seen. */
export function notFound(
  session: Session,
  { onNotFound, serviceAccountId }: Revocation,
  { actor }: WhoAmI,
  seen: LookUp,
): string {
  const isUnlisted = seen.found === "gone" && seen.unlisted !== undefined;
  const service = `It may also be a service account's token, which these credentials cannot ${isUnlisted ? "list" : "see"}: set serviceAccountId, or set token to its public portion with ddsat_. `;
  const consequence = onNotFound === "fail" ? 'onNotFound: "fail" makes that an error' : "It counts as alreadyRevoked";
  return (
    `${answeredBy(session, actor)} does not know this token: it was revoked before, ` +
    `or the id, the site or the organization is wrong. ${serviceAccountId === undefined ? service : ""}` +
    `${RECORDS_LOST}. ${consequence}`
  );
}

/** What is said of a token that was alive in spite of its record, and is not known by now. */
export function knownNoMore(session: Session, { actor }: WhoAmI): string {
  return `${answeredBy(session, actor)} does not know this token now; it was alive when Datadog was last asked`;
}

/** How messages name a resource. */
export function labelOf(type: string, name: string): string {
  return plainLine(`${type} ${JSON.stringify(name)}`);
}

/** @param first how messages name the resource that named the token first */
export function declaredTwice(tokenId: string, first: string): string {
  return `token ${tokenId} is declared twice, first by ${first}: remove one of the two`;
}

/** @param key e.g. `datadog:apiKey` */
export function plainSecret(key: string): string {
  return (
    `the configuration key ${key} holds a secret in plain text: set it again with pulumi config set --secret ${key}, ` +
    "and replace the secret if the plain one went anywhere"
  );
}

/** Failures that are shown one by one. */
const SHOWN = 3;

/** What is said of tokens that could not be revoked, where that stopped nothing. */
export function failuresText(failures: readonly Failure[], label: string): string {
  const more = failures.length - SHOWN;
  return [
    `${label}: ${failures.length} failed; the next pulumi up tries again.`,
    ...failures.slice(0, SHOWN).map(({ message }) => message),
    ...(more > 0 ? [`and ${more} more, which the stack's state lists under failures`] : []),
  ].join("\n");
}

/** What is said of a token that did not go. */
export function stillAlive(tokenId: string): string {
  return `${tokenId}: still alive ${TIME_LIMITS.verification / 1000} s after Datadog accepted the revocation; the next pulumi up tries again`;
}

/** What is said where nothing can be asked. */
export function notLookedUp(tokenId: string | undefined, { noCredentials }: Run): string {
  return `${tokenId}: neither this token nor any other is looked up or checked: ${noCredentials}`;
}

/** What is said of what was looked for at another place only. */
export function askedAgain({ there, here }: Elsewhere): string {
  return `recorded as alreadyRevoked at ${there}, and never seen there. This run is at ${here}: pulumi up asks here, and revokes what it finds`;
}

/** What is said of a record that holds at another place only. */
export function atOtherPlace({ there, here }: Elsewhere): string {
  return `it was recorded at ${there}, but this run is at ${here}: run with the site and the credentials of the first`;
}

/** What is said once of all records that were made at one other place. */
export function notCheckedElsewhere(tokenId: string, other: Elsewhere): [text: string, topic: string] {
  const why = atOtherPlace(other);
  return [`${notChecked(tokenId, why)}. The same holds for all others that were recorded there`, why];
}

/** What is said of a record that a refresh cannot judge. */
export function notChecked(subject: string | undefined, why: string): string {
  return `${subject}: could not be checked; the recorded status is kept: ${why}`;
}
