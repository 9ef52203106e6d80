import { isAlive, type Token } from "../datadog/token";
import { counted, grouped } from "../text/counts";
import { demandJudgeable, type Exempt, matcher, type Where } from "./criteria";
import { withOwners } from "./lookUp";
import { warnOfRows, warnOfUnclear, warnOfUntoldLeaks } from "./oddTokens";
import type { Snapshot } from "./records";
import type { Session } from "./session";

/** A token that meets the criteria. */
export interface Match {
  readonly token: Token;
  /** The criteria that it met, in words. */
  readonly met: readonly string[];
}

/** The tokens that meet the criteria, and among how many. */
export interface Selection {
  /** The oldest first. */
  readonly matches: readonly Match[];
  /** Tokens that could be seen. */
  readonly seen: number;
  /** Whose they are. */
  readonly owners: number;
  /** The token that never matches, if it would. */
  readonly excepted?: Match | undefined;
}

export interface SelectionOptions {
  /** Absent: all. */
  readonly where?: Where | undefined;
  readonly exempt?: Exempt | undefined;
  /** The id of a token that never matches. */
  readonly except?: string | undefined;
}

/**
 * Selects from all tokens that could be seen those that meet the criteria.
 *
 * @throws DatadogError where Datadog does not say what the criteria need
 */
export function select(tokens: Iterable<Token>, { where = {}, exempt = {}, except }: SelectionOptions): Selection {
  const alive = [...tokens].filter(isAlive);
  demandJudgeable(where, alive);
  const match = matcher(where, exempt, Date.now());
  const all = alive.flatMap((token): Match[] => {
    const met = match(token);
    return met ? [{ token, met }] : [];
  });
  return {
    matches: all.filter(({ token }) => token.tokenId !== except).sort(byAge),
    excepted: all.find(({ token }) => token.tokenId === except),
    seen: alive.length,
    owners: new Set(alive.flatMap(({ owner }) => owner?.id ?? [])).size,
  };
}

/** The same with what is shown of each match: each time the same owners' names, as they stand in what is reviewed. */
export async function selectAndDescribe(
  session: Session,
  tokens: readonly Token[],
  criteria: SelectionOptions,
): Promise<{ readonly selection: Selection; readonly snapshots: Snapshot[] }> {
  const selection = select(tokens, criteria);
  const matches = selection.matches.map(({ token }) => token);
  return { selection, snapshots: await withOwners(session, matches, new Set()) };
}

/** Says what could not be judged of a list. */
export async function warnOfUnjudged(
  session: Session,
  { tokens, unidentified }: { readonly tokens: Iterable<Token>; readonly unidentified: number },
  { where }: SelectionOptions,
): Promise<void> {
  const alive = [...tokens].filter(isAlive);
  await warnOfRows(session, unidentified);
  await warnOfUnclear(session, alive);
  if (where?.leaked !== undefined) await warnOfUntoldLeaks(session, alive);
}

function byAge(one: Match, other: Match): number {
  const difference = createdAt(one) - createdAt(other);
  return difference || (one.token.tokenId < other.token.tokenId ? -1 : 1);
}

/** Where Datadog does not say when, after all others. */
function createdAt({ token }: Match): number {
  return token.createdAt === undefined ? Number.MAX_VALUE : Date.parse(token.createdAt);
}

/** How many match, and of how many: only what the credentials may see can match. */
export function countLine(selection: Selection): string {
  return `${grouped(selection.matches.length)} of ${visible(selection)} match`;
}

export function visible({ seen, owners }: Selection): string {
  return `${counted(seen, "token")} of ${counted(owners, "owner")} that these credentials can see`;
}
