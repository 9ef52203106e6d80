/** Which tokens are meant, by what they are like. One implementation for sweeps, programs and the command. */
import type { Token } from "../datadog/answers";
import { inWords, parseDuration } from "../text/durations";
import type { TokenKind } from "../tokens/syntax";
import { parseTokenId } from "../tokens/tokenIds";
import { matchesGlob } from "./glob";
import { kindOf } from "./records";
import {
  type ArgumentProblem,
  boolean,
  duration,
  freeText,
  nonEmptyText,
  oneOf,
  oneOrMore,
  someFields,
  tokenSyntax,
  uuid,
  type Validator,
} from "./validators";

/** What a token must be like: all that is given must hold. An attribute that Datadog did not send never does. */
export interface Where {
  /** UUIDs of users and service accounts: it belongs to any of them. */
  readonly ownedBy?: string | readonly string[] | undefined;
  /** Whose it is: a person's or a service account's. */
  readonly kind?: TokenKind | readonly TokenKind[] | undefined;
  /** It has all of these. */
  readonly scopes?: string | readonly string[] | undefined;
  /** Its whole name: `*` stands for any text, `?` for one character. */
  readonly namePattern?: string | undefined;
  /** Not used for so long, like `"90d"`; one that was never used counts from its creation. */
  readonly unusedFor?: string | undefined;
  /** Created longer ago than this, like `"90d"`. */
  readonly olderThan?: string | undefined;
  /** Expires later than this from now, like `"90d"`, or never. */
  readonly expiresAfter?: string | undefined;
  /** Whether it never expires. */
  readonly neverExpires?: boolean | undefined;
}

/** Tokens that never match: any that is named, or belongs to an owner that is. */
export interface Exempt {
  readonly tokenIds?: string | readonly string[] | undefined;
  /** Whole names, exactly as they are. */
  readonly names?: string | readonly string[] | undefined;
  /** UUIDs of users and service accounts. */
  readonly ownerIds?: string | readonly string[] | undefined;
}

const WHERE_VALIDATORS = {
  ownedBy: oneOrMore(uuid),
  kind: oneOrMore(oneOf("personal", "service")),
  scopes: oneOrMore(nonEmptyText),
  namePattern: nonEmptyText,
  unusedFor: duration,
  olderThan: duration,
  expiresAfter: duration,
  neverExpires: boolean,
} satisfies Record<keyof Where, Validator>;

const EXEMPT_VALIDATORS = {
  tokenIds: oneOrMore(
    tokenSyntax((text) => parseTokenId(text)),
    { mayBeEmpty: true },
  ),
  names: oneOrMore(freeText, { mayBeEmpty: true }),
  ownerIds: oneOrMore(uuid, { mayBeEmpty: true }),
} satisfies Record<keyof Exempt, Validator>;

/** For the two arguments, wherever they are. */
export const CRITERIA_VALIDATORS = {
  where: someFields(WHERE_VALIDATORS, '{ unusedFor: "90d" }'),
  exempt: someFields(EXEMPT_VALIDATORS, '{ names: ["break-glass"] }'),
} satisfies Record<"where" | "exempt", Validator>;

/** What is wrong with criteria that nothing can ever meet. */
export function contradictions(where: Where, exempt: Exempt = {}): ArgumentProblem[] {
  const problems: ArgumentProblem[] = [];
  const owners = list(where.ownedBy);
  const exemptOwners = new Set(list(exempt.ownerIds));
  if (owners.length > 0 && owners.every((id) => exemptOwners.has(id))) {
    problems.push({ path: "where.ownedBy", problem: "and exempt.ownerIds contradict each other: nobody is left" });
  }
  const name = where.namePattern;
  if (name !== undefined && list(exempt.names).includes(name) && !/[*?]/.test(name)) {
    const problem = "and exempt.names contradict each other: the only name is exempt";
    problems.push({ path: "where.namePattern", problem });
  }
  return problems;
}

/** The criteria that a token met, in words for people; undefined for one that does not match. */
export type Matcher = (token: Token) => string[] | undefined;

/**
 * Makes criteria ready for many tokens.
 *
 * @param now milliseconds since 1970
 */
export function matcher(where: Where, exempt: Exempt, now: number): Matcher {
  const exemptIds = new Set(list(exempt.tokenIds));
  const exemptNames = new Set(list(exempt.names));
  const exemptOwners = new Set(list(exempt.ownerIds));
  const criteria = Object.entries(where)
    .filter(([, wanted]) => wanted !== undefined)
    .map(([name, wanted]) =>
      (CRITERIA[name as keyof Where] as (wanted: unknown, now: number) => Criterion)(wanted, now),
    );
  return (token) => {
    if (exemptIds.has(token.id.toLowerCase()) || exemptNames.has(token.attributes.name)) return undefined;
    if (exemptOwners.has(ownerId(token))) return undefined;
    const met: string[] = [];
    for (const criterion of criteria) {
      const words = criterion(token);
      if (words === undefined) return undefined;
      met.push(words);
    }
    return met;
  };
}

/** How a token meets it, in words; undefined when it does not. */
type Criterion = (token: Token) => string | undefined;

/** How each criterion is made of what is wanted. */
const CRITERIA: { readonly [Name in keyof Where]-?: (wanted: NonNullable<Where[Name]>, now: number) => Criterion } = {
  ownedBy: (wanted) => {
    const owners = new Set(list(wanted));
    return (token) => when(owners.has(ownerId(token)), "ownedBy");
  },
  kind: (wanted) => {
    const kinds = list(wanted);
    return (token) => when(kinds.includes(kindOf(token)), `kind: ${kindOf(token)}`);
  },
  scopes: (wanted) => {
    const scopes = list(wanted);
    return ({ attributes }) =>
      when(
        scopes.every((scope) => attributes.scopes?.includes(scope)),
        "scopes",
      );
  },
  namePattern:
    (pattern) =>
    ({ attributes }) =>
      when(matchesGlob(pattern, attributes.name), "namePattern"),
  unusedFor: (wanted, now) => {
    const least = parseDuration(wanted);
    return ({ attributes: { created_at, last_used_at } }) => {
      if (last_used_at === undefined) return undefined;
      const unused = now - Date.parse(last_used_at ?? created_at);
      return when(unused >= least, last_used_at === null ? "unusedFor: never used" : `unusedFor: ${inWords(unused)}`);
    };
  },
  olderThan: (wanted, now) => {
    const most = parseDuration(wanted);
    return ({ attributes }) => {
      const age = now - Date.parse(attributes.created_at);
      return when(age > most, `olderThan: ${inWords(age)}`);
    };
  },
  expiresAfter: (wanted, now) => {
    const most = parseDuration(wanted);
    return ({ attributes: { expires_at } }) => {
      if (expires_at === undefined) return undefined;
      if (expires_at === null) return "expiresAfter: never";
      const left = Date.parse(expires_at) - now;
      return when(left > most, `expiresAfter: ${inWords(left)}`);
    };
  },
  neverExpires:
    (wanted) =>
    ({ attributes: { expires_at } }) =>
      when(expires_at !== undefined && (expires_at === null) === wanted, `neverExpires: ${wanted}`),
};

function when(holds: boolean, words: string): string | undefined {
  return holds ? words : undefined;
}

function ownerId({ relationships }: Token): string {
  return relationships.owned_by.data.id.toLowerCase();
}

function list<T extends string>(some: T | readonly T[] | undefined): readonly T[] {
  if (some === undefined) return [];
  return typeof some === "string" ? [some] : some;
}
