import { whoAmI } from "./lookUp";
import type { Actor, Recorded } from "./records";
import type { Session } from "./session";
import { placeText } from "./wording";

/** Two places, in words. */
export interface Elsewhere {
  /** Where the record was made. */
  readonly there: string;
  /** Where this run is. */
  readonly here: string;
}

/**
 * Whether a record was made at another place than this run's: what Datadog says here then says nothing about the token
 * there.
 *
 * @returns undefined when it is the same place, as far as anybody can say
 */
export async function elsewhere(
  session: Session,
  { act, place = act }: Pick<Recorded, "act" | "place">,
): Promise<Elsewhere | undefined> {
  if (!place) return undefined;
  const { apiUrl } = session.client;
  const isSameSite = place.apiUrl === apiUrl;
  if (isSameSite && !place.actor) return undefined;
  const { actor } = await whoAmI(session);
  if (isSameSite && (!actor || organizationOf(actor) === organizationOf(place.actor))) return undefined;
  return { there: placeText(place), here: placeText({ apiUrl, actor }) };
}

function organizationOf(actor: Actor | undefined): string | undefined {
  return actor?.organizationId?.toLowerCase();
}

/**
 * The same of many records.
 *
 * @returns those that were made elsewhere, by token id
 */
export async function recordedElsewhere(
  session: Session,
  recorded: readonly Recorded[],
): Promise<ReadonlyMap<string, Elsewhere>> {
  const found = new Map<string, Elsewhere>();
  for (const each of recorded) {
    const other = await elsewhere(session, each);
    if (other) found.set(each.record.tokenId, other);
  }
  return found;
}
