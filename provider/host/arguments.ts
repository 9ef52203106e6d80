/**
 * The arguments of a revocation and what each may hold. The program applies these rules before anything is registered;
 * the host applies them again, because a transform may have changed an input on the way.
 */
import { closest } from "fastest-levenshtein";
import { holdsTokenValue, isUuid, parseTokenId, type TokenKind, TokenSyntaxError } from "../datadog/tokenIds";
import type { Snapshot, Status } from "./record";

/** What a revocation expects of the token; otherwise it is refused. */
export interface Expectation {
  readonly name?: string;
  /** UUID of the user or service account. */
  readonly ownerId?: string;
  /** UUID of the organization that answers. */
  readonly organizationId?: string;
}

/** The arguments as they stand in state, all known and plain. */
export interface RevocationArguments {
  readonly tokenId: string;
  readonly serviceAccountId?: string;
  readonly reason?: string;
  readonly ticket?: string;
  readonly requestedBy?: string;
  readonly reportedAt?: string;
  readonly expect?: Expectation;
  readonly onNotFound?: "accept" | "fail";
  readonly verify?: boolean;
  readonly allowSelf?: boolean;
}

/** The resource's inputs: the arguments, and what `check` adds for the reviewer. */
export interface RevocationInputs extends RevocationArguments {
  readonly kind?: TokenKind | undefined;
  readonly status: Status;
  readonly snapshot?: Snapshot;
}

/** Names an argument and says why it cannot be used. Never repeats the value, which may be a secret. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";

  constructor(
    readonly problem: string,
    readonly path: readonly string[] = [],
  ) {
    super(path.length === 0 ? problem : `${path.join(".")} ${problem}`);
  }

  /** The same, seen from the argument around it. */
  within(name: string): ArgumentError {
    return new ArgumentError(this.problem, [name, ...this.path]);
  }
}

/** Returns the value as it goes into state. */
export type Rule = (value: unknown) => unknown;

/** Free text. It stands in state and history for good, so a token value must not hide in it. */
export const freeText: Rule = (value) => {
  const text = value === "" ? "" : string(value);
  if (holdsTokenValue(text)) throw new ArgumentError("holds a token value, a secret: describe the token instead");
  return text;
};

export const boolean: Rule = (value) => {
  if (typeof value !== "boolean") throw new ArgumentError(`must be true or false, not ${typeName(value)}`);
  return value;
};

export const uuid: Rule = (value) => {
  const text = string(value);
  if (!isUuid(text)) {
    throw new ArgumentError("is not a UUID: write the id that Datadog shows, not a name or an address");
  }
  return text.toLowerCase();
};

const time: Rule = (value) => {
  const text = string(value);
  const example = "write it like 2026-11-24T09:30:00Z";
  const isTime = /^\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/.test(text);
  if (!isTime || !isCalendarDay(text.slice(0, 10)) || Number.isNaN(Date.parse(text))) {
    throw new ArgumentError(`is not an RFC 3339 time: ${example}`);
  }
  if (Date.parse(text) > Date.now()) throw new ArgumentError(`lies in the future: ${example}, when it was reported`);
  return /T\d\d:\d\d:\d\d.*Z$/.test(text) ? text : new Date(text).toISOString();
};

/** Date.parse takes 31 days in every month. */
function isCalendarDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

export const oneOf =
  (...values: string[]): Rule =>
  (value) => {
    if (typeof value === "string" && values.includes(value)) return value;
    throw new ArgumentError(`must be ${values.map((each) => JSON.stringify(each)).join(" or ")}`);
  };

/** What a token is called, read by its syntax. */
export const syntax =
  (parse: (text: string) => unknown): Rule =>
  (value) => {
    try {
      return parse(string(value));
    } catch (error) {
      throw error instanceof TokenSyntaxError ? new ArgumentError(error.message) : error;
    }
  };

/** An object of which something is given: a variable that was not set must not disarm a guard, or widen a rule. */
export const someFields =
  (rules: Record<string, Rule>, example: string): Rule =>
  (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new ArgumentError(`must be an object like ${example}, not ${typeName(value)}`);
    }
    const fields = applyRules(rules, value);
    if (Object.keys(fields).length === 0) {
      throw new ArgumentError(
        `is empty: give ${Object.keys(rules)
          .join(", ")
          .replace(/, (?=\w+$)/, " or ")}`,
      );
    }
    return fields;
  };

const organization: Record<string, Rule> = { organizationId: uuid };

/** What many tokens have in common can only be where they are. */
export const organizationExpectation = someFields(organization, '{ organizationId: "…" }');

export const positiveInteger: Rule = (value) => {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value;
  throw new ArgumentError("must be a whole number of 1 or more");
};

/** Every argument that reaches the host. */
export const RULES = {
  tokenId: syntax((text) => parseTokenId(text)),
  serviceAccountId: uuid,
  reason: freeText,
  ticket: freeText,
  requestedBy: freeText,
  reportedAt: time,
  expect: someFields({ name: freeText, ownerId: uuid, ...organization }, '{ name: "ci-deploy" }'),
  onNotFound: oneOf("accept", "fail"),
  verify: boolean,
  allowSelf: boolean,
} satisfies Record<keyof RevocationArguments, Rule>;

/**
 * Applies a rule to each value that is given.
 *
 * @throws ArgumentError also for a name without a rule
 */
export function applyRules(rules: Record<string, Rule>, values: object): object {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, applyRule(rules, name, value)]));
}

function applyRule(rules: Record<string, Rule>, name: string, value: unknown): unknown {
  try {
    return findRule(rules, name)(value);
  } catch (error) {
    throw error instanceof ArgumentError ? error.within(name) : error;
  }
}

/** @throws ArgumentError for a name without a rule, with the nearest that has one */
export function findRule(rules: Record<string, Rule>, name: string): Rule {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule) return rule;
  const names = Object.keys(rules);
  throw new ArgumentError(`is not an argument: did you mean ${closest(name, names)}? (all: ${names.join(", ")})`);
}

export function string(value: unknown): string {
  if (typeof value !== "string") throw new ArgumentError(`must be a string, not ${typeName(value)}`);
  if (value === "") throw new ArgumentError("is empty");
  return value;
}

export function typeName(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
