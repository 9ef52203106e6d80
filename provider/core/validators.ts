/** What an argument may hold. The program validates before anything is registered; the engine's process validates again, because a transform may have changed an input on the way. */
import { DurationError, parseDuration } from "../text/durations";
import { isNone } from "../text/nearest";
import { plainLine } from "../text/plainLine";
import { holdsTokenValue } from "../tokens/redact";
import { isUuid, TokenSyntaxError } from "../tokens/tokenIds";

/** Returns the value as it goes into state. Throws an {@link ArgumentError}. */
export type Validator = (value: unknown) => unknown;

/** The arguments that there are, and what each may hold. */
export type Validators = Readonly<Record<string, Validator>>;

/** Why an argument cannot be used. */
export interface ArgumentProblem {
  /** The argument, e.g. `"expect.name"`. */
  readonly path: string;
  /** A phrase that follows its name. Holds no value, which may be a secret. */
  readonly problem: string;
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

/** Arguments after validation: the values that passed, and what is wrong with the others. */
export interface Validated {
  readonly values: Record<string, unknown>;
  readonly problems: readonly ArgumentProblem[];
}

/** Validates each argument that is given, in one pass. A name without a validator is a problem. */
export function validate(validators: Validators, args: object): Validated {
  return validateAll(validators, given(args));
}

/** The same for arguments that must have a value: an output that turns out to be nothing must not disarm a guard. */
export function validateAll(validators: Validators, args: readonly (readonly [string, unknown])[]): Validated {
  const values: Record<string, unknown> = {};
  const problems: ArgumentProblem[] = [];
  for (const [name, value] of args) {
    try {
      values[name] = validatorOf(validators, name)(value);
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      const { path, problem } = error.within(name);
      problems.push({ path: plainLine(path.join(".")), problem });
    }
  }
  return { values, problems };
}

/** The arguments that are there. */
export function given(args: object): [string, unknown][] {
  return Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
}

/** What is wrong with arguments, as one sentence. */
export function problemText(problems: readonly ArgumentProblem[]): string {
  return problems.map(({ path, problem }) => `${path} ${problem}`).join("; ");
}

/**
 * Validates in the engine's process, which stops at a problem. The program's own arguments were checked before: a name that
 * is none of them was added on the way.
 *
 * @throws ArgumentError
 */
export function demandValid<Args>(validators: Validators, args: object): Args {
  const { values, problems } = validate(validators, args);
  if (given(args).some(([name]) => !Object.hasOwn(validators, name))) {
    throw new ArgumentError(`${problemText(problems)}. ${ADDED_ON_THE_WAY}`);
  }
  demandNone(problems);
  return values as Args;
}

const ADDED_ON_THE_WAY =
  "A transformation added it, as the program's own arguments were checked before: make it skip this type of resource";

/** Of two arguments exactly one is to be given. */
export function demandOne(args: object, one: string, other: string): ArgumentProblem[] {
  const count = given(args).filter(([name]) => name === one || name === other).length;
  if (count === 1) return [];
  const state = count === 0 ? "missing" : "given";
  return [{ path: other, problem: `and ${one} are both ${state}: set ${count === 0 ? "one" : "only one"} of them` }];
}

/** @throws ArgumentError unless there are none */
export function demandNone(problems: readonly ArgumentProblem[]): void {
  if (problems.length > 0) throw new ArgumentError(problemText(problems));
}

function validatorOf(validators: Validators, name: string): Validator {
  const validator = Object.hasOwn(validators, name) ? validators[name] : undefined;
  if (validator) return validator;
  throw new ArgumentError(isNone("an argument", name, Object.keys(validators)));
}

export function string(value: unknown): string {
  if (typeof value !== "string") throw new ArgumentError(`must be a string, not ${typeName(value)}`);
  if (value === "") throw new ArgumentError("is empty: give it a value");
  return value;
}

/** Free text. It stands in state and history for good, so a token value must not hide in it. */
export const freeText: Validator = (value) => {
  const text = value === "" ? "" : string(value);
  if (holdsTokenValue(text)) throw new ArgumentError("holds a token value, a secret: describe the token instead");
  return text;
};

/** What to name a resource after, in place of a secret. */
const NAMED_AFTER = {
  TokenRevocation: "the token id",
  TokenRevocationBatch: "the incident",
  TokenRevocationShard: "the incident",
  TokenSweep: "the criteria",
} as const;

/**
 * Refuses a resource's name that holds a token value: names stand in state, history and logs.
 *
 * @throws ArgumentError
 */
export function demandPublicName(type: keyof typeof NAMED_AFTER, name: unknown): void {
  // Without a type checker it may be anything: Pulumi says what a name must be.
  if (typeof name !== "string" || !holdsTokenValue(name)) return;
  throw new ArgumentError(`its name holds a token value, a secret: name it after ${NAMED_AFTER[type]}`);
}

export const nonEmptyText: Validator = (value) => freeText(string(value));

export const boolean: Validator = (value) => {
  if (typeof value !== "boolean") throw new ArgumentError(`must be true or false, not ${typeName(value)}`);
  return value;
};

export const positiveInteger: Validator = (value) => {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value;
  throw new ArgumentError("must be a whole number of 1 or more");
};

export const uuid: Validator = (value) => {
  const text = string(value);
  if (!isUuid(text)) {
    throw new ArgumentError("is not a UUID: write the id that Datadog shows, not a name or an address");
  }
  return text.toLowerCase();
};

/** How far the clock of whoever reported may be ahead of this one, in milliseconds. */
export const CLOCK_SKEW = 5 * 60_000;

/** A past time; in state as RFC 3339 in UTC. */
export const pastTime: Validator = (value) => {
  const text = string(value);
  const example = "write it like 2026-11-24T09:30:00Z";
  const isTime = /^\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/.test(text);
  if (!isTime || !isCalendarDay(text.slice(0, 10)) || Number.isNaN(Date.parse(text))) {
    throw new ArgumentError(`is not an RFC 3339 time: ${example}`);
  }
  if (Date.parse(text) > Date.now() + CLOCK_SKEW) {
    throw new ArgumentError(`is in the future: write when it was reported, like 2026-11-24T09:30:00Z`);
  }
  return /T\d\d:\d\d:\d\d.*Z$/.test(text) ? text : new Date(text).toISOString();
};

/** Date.parse takes 31 days in every month. */
function isCalendarDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

export const duration: Validator = (value) => {
  const text = string(value);
  try {
    parseDuration(text);
  } catch (error) {
    throw error instanceof DurationError ? new ArgumentError(error.message) : error;
  }
  return text;
};

export const oneOf =
  (...values: string[]): Validator =>
  (value) => {
    if (typeof value === "string" && values.includes(value)) return value;
    throw new ArgumentError(`must be ${values.map((each) => JSON.stringify(each)).join(" or ")}`);
  };

/** What a token is called, read by its syntax. */
export const tokenSyntax =
  (parse: (text: string) => unknown): Validator =>
  (value) => {
    try {
      return parse(string(value));
    } catch (error) {
      throw error instanceof TokenSyntaxError ? new ArgumentError(error.message) : error;
    }
  };

/** What {@link someFields} takes: any of the fields, and at least one of them. */
export type SomeFields<T> = { [Name in keyof T]-?: T & { [One in Name]-?: Exclude<T[One], undefined> } }[keyof T];

/** An object of which something is given: a variable that was not set must not disarm a guard, or widen criteria. */
export const someFields =
  (validators: Validators, example: string): Validator =>
  (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new ArgumentError(`must be an object like ${example}, not ${typeName(value)}`);
    }
    const { values, problems } = validate(validators, value);
    const [first] = problems;
    if (first) throw new ArgumentError(first.problem, first.path.split("."));
    if (Object.keys(values).length === 0) {
      const names = Object.keys(validators).join(", ");
      throw new ArgumentError(`is empty: set ${names.replace(/, (?=\w+$)/, " or ")}`);
    }
    return values;
  };

/** One value or a list. A list is sorted and holds each value once, so that its order makes no difference. */
export const oneOrMore =
  (validator: Validator, { mayBeEmpty = false } = {}): Validator =>
  (value) => {
    if (!Array.isArray(value)) return validator(value);
    if (value.length === 0 && !mayBeEmpty) {
      throw new ArgumentError("is an empty list: give at least one, or leave it out");
    }
    const each = value.map((item, index) => {
      try {
        return validator(item);
      } catch (error) {
        throw error instanceof ArgumentError ? error.within(String(index)) : error;
      }
    });
    return [...new Set(each)].sort();
  };

export function typeName(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
