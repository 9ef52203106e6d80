import { isAlive, type Token } from "../datadog/answers";
import { counted, grouped } from "../text/counts";
import { type Exempt, matcher, type Where } from "./criteria";
import { withHandles } from "./lookUp";
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
}

export interface SelectionOptions {
  /** Absent: all. */
  readonly where?: Where | undefined;
  readonly exempt?: Exempt | undefined;
  /** The id of a token that never matches. */
  readonly except?: string | undefined;
}

/** Selects from all tokens that could be seen those that meet the criteria. */
export function select(tokens: Iterable<Token>, { where = {}, exempt = {}, except }: SelectionOptions): Selection {
  const alive = [...tokens].filter(isAlive);
  const match = matcher(where, exempt, Date.now());
  const matches = alive.flatMap((token): Match[] => {
    const met = token.id.toLowerCase() === except ? undefined : match(token);
    return met ? [{ token, met }] : [];
  });
  return {
    matches: matches.sort(byAge),
    seen: alive.length,
    owners: new Set(alive.map(({ relationships }) => relationships.owned_by.data.id)).size,
  };
}

/** The same with what is shown of each match: each time the same owners' handles, as they stand in what is reviewed. */
export async function selectAndDescribe(
  session: Session,
  tokens: Iterable<Token>,
  criteria: SelectionOptions,
): Promise<{ readonly selection: Selection; readonly snapshots: Snapshot[] }> {
  const selection = select(tokens, criteria);
  const matches = selection.matches.map(({ token }) => token);
  return { selection, snapshots: await withHandles(session, matches, new Set()) };
}

function byAge(one: Match, other: Match): number {
  const difference = Date.parse(one.token.attributes.created_at) - Date.parse(other.token.attributes.created_at);
  return difference || (one.token.id.toLowerCase() < other.token.id.toLowerCase() ? -1 : 1);
}

/** How many match, and of how many: only what the credentials may see can match. */
export function countLine(selection: Selection): string {
  return `${grouped(selection.matches.length)} of ${visible(selection)} match`;
}

export function visible({ seen, owners }: Selection): string {
  return `${counted(seen, "token")} of ${counted(owners, "owner")} that these credentials can see`;
}
