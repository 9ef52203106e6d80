/** Which tokens are meant, by what they are like. One implementation for sweeps, programs and the command. */
import { DatadogError } from "../datadog/errors";
import type { Token } from "../datadog/token";
import { inWords, parseDuration } from "../text/durations";
import type { TokenKind } from "../tokens/syntax";
import { parseTokenId } from "../tokens/tokenIds";
import { matchesGlob } from "./glob";
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

/** What a token must be like: all that is given must hold. What Datadog did not say of a token never does. */
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
  /** Whether Datadog itself found it leaked. An error where Datadog says so of no token at all. */
  readonly leaked?: boolean | undefined;
}

/**
 * Tokens that never match: any that is named, or belongs to an owner that is; and, as it may be one of those, any whose
 * name or owner Datadog did not say.
 */
export interface Exempt {
  /** UUIDs of tokens. */
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
  leaked: boolean,
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
    problems.push({
      path: "where.ownedBy",
      problem: "and exempt.ownerIds contradict each other: no owner is left. Change one of them",
    });
  }
  const name = where.namePattern;
  if (name !== undefined && list(exempt.names).includes(name) && !/[*?]/.test(name)) {
    const problem = "and exempt.names contradict each other: the only name is exempt. Change one of them";
    problems.push({ path: "where.namePattern", problem });
  }
  return problems;
}

/** The criteria that a token met, in words for people; undefined for one that does not match. */
export type Matcher = (token: Token) => string[] | undefined;

/**
 * Makes sure that Datadog says of tokens what criteria need. A site that does not tell of leaks may list all tokens as an
 * answer to any question about them.
 *
 * @throws DatadogError
 */
export function demandJudgeable({ leaked }: Where, tokens: readonly Token[]): void {
  if (leaked === undefined || tokens.length === 0 || tokens.some(({ leak }) => leak !== undefined)) return;
  const text =
    "where.leaked cannot be judged: Datadog's answer does not say of any token, in a documented form, whether it is " +
    "leaked (relationships.leak_information). Use other criteria, or declare the tokens that a leak report names";
  throw new DatadogError(text, { kind: "malformed" });
}

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
    if (exemptIds.has(token.tokenId)) return undefined;
    if (mayBeIn(exemptNames, token.name) || mayBeIn(exemptOwners, ownerId(token))) return undefined;
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
    const owners = new Set<string | undefined>(list(wanted));
    return (token) => when(owners.has(ownerId(token)), "ownedBy");
  },
  kind: (wanted) => {
    const kinds = new Set<TokenKind | undefined>(list(wanted));
    return ({ kind }) => when(kinds.has(kind), `kind: ${kind}`);
  },
  scopes: (wanted) => {
    const wantedScopes = list(wanted);
    return ({ scopes }) =>
      when(scopes !== undefined && wantedScopes.every((scope) => scopes.includes(scope)), "scopes");
  },
  namePattern:
    (pattern) =>
    ({ name }) =>
      when(name !== undefined && matchesGlob(pattern, name), "namePattern"),
  unusedFor: (wanted, now) => {
    const least = parseDuration(wanted);
    return ({ createdAt, lastUsedAt }) => {
      const since = lastUsedAt === null ? createdAt : lastUsedAt;
      if (since === undefined) return undefined;
      const unused = now - Date.parse(since);
      return when(unused >= least, lastUsedAt === null ? "unusedFor: never used" : `unusedFor: ${inWords(unused)}`);
    };
  },
  olderThan: (wanted, now) => {
    const most = parseDuration(wanted);
    return ({ createdAt }) => {
      if (createdAt === undefined) return undefined;
      const age = now - Date.parse(createdAt);
      return when(age > most, `olderThan: ${inWords(age)}`);
    };
  },
  expiresAfter: (wanted, now) => {
    const most = parseDuration(wanted);
    return ({ expiresAt }) => {
      if (expiresAt === undefined) return undefined;
      if (expiresAt === null) return "expiresAfter: never";
      const left = Date.parse(expiresAt) - now;
      return when(left > most, `expiresAfter: ${inWords(left)}`);
    };
  },
  neverExpires:
    (wanted) =>
    ({ expiresAt }) =>
      when(expiresAt !== undefined && (expiresAt === null) === wanted, `neverExpires: ${wanted}`),
  leaked:
    (wanted) =>
    ({ leak }) =>
      when(leak !== undefined && (leak !== null) === wanted, `leaked: ${wanted}`),
};

function when(holds: boolean, words: string): string | undefined {
  return holds ? words : undefined;
}

function ownerId({ owner }: Token): string | undefined {
  return owner?.id.toLowerCase();
}

/** What is not known may be any of them. */
function mayBeIn(some: ReadonlySet<string>, value: string | undefined): boolean {
  return value === undefined ? some.size > 0 : some.has(value);
}

function list<T extends string>(some: T | readonly T[] | undefined): readonly T[] {
  if (some === undefined) return [];
  return typeof some === "string" ? [some] : some;
}
