/** What a random program may be, and what may happen to it and around it, step by step. */
import fc from "fast-check";

/** A token of the account, by its number: see `world.ts`. */
export type TokenNumber = number;

interface Common {
  readonly reason?: string;
  readonly verify?: boolean;
  readonly onNotFound?: "fail";
  readonly allowSelf?: true;
  /** As Datadog has it, or not. */
  readonly organization?: "right" | "wrong";
  /** Whether tokens are given by their values. */
  readonly byValue?: true;
}

export interface Revocation extends Common {
  readonly type: "revocation";
  readonly token: TokenNumber;
  readonly name?: "right" | "wrong";
  /** The service account that is given. */
  readonly account?: 0 | 1;
}

/** What is said of a token, whatever declares it. */
export type Terms = Partial<Omit<Revocation, "type" | "token">>;

export interface Batch extends Common {
  readonly type: "batch";
  /** In any order; may repeat. */
  readonly tokens: readonly TokenNumber[];
}

export interface Sweep {
  readonly type: "sweep";
  /** The first part of its tokens' names. */
  readonly group: "left" | "right";
  readonly exempt?: TokenNumber;
  readonly enforce?: boolean;
  readonly fuse?: number;
  readonly reason?: string;
  readonly organization?: "right" | "wrong";
}

export type Declaration = Revocation | Batch | Sweep;

/** What is declared, by name. */
export type Program = Readonly<Record<string, Declaration>>;

export const ACCESS = ["all", "revokeOnly", "own", "ownAndRevoke", "readOnly", "foreign", "absent", "token"] as const;
/** What the run's credentials may do. `token`: they are the value of the account's own token. */
export type Access = (typeof ACCESS)[number];

/** Something that goes wrong in the next run. Those of `ALWAYS` end with it; others once for each token. */
export interface Trouble {
  readonly on: "DELETE" | "GET" | "list" | "who";
  /** Left out: every one. Of no importance to `list` and `who`. */
  readonly token?: TokenNumber;
  readonly kind: (typeof ONCE)[number] | (typeof ALWAYS)[number];
}

/** Mended by a retry; `lost` and `lost503` carry the request out. */
export const ONCE = ["500", "429", "cut", "lost", "lost503"] as const;
export const ALWAYS = ["always403", "always500", "alwaysCut", "alwaysHtml", "alwaysLost"] as const;

export const RUNS = ["up", "upAtOnce", "preview", "refresh", "destroy"] as const;
/** `upAtOnce`: without a preview. */
export type Run = (typeof RUNS)[number];

export type Step =
  | { readonly declare: string; readonly as: Declaration | null }
  | { readonly token: TokenNumber; readonly becomes: "dead" | "alive" }
  | { readonly trouble: Trouble }
  | { readonly access: Access }
  | { readonly run: Run };

/** How this account's Datadog behaves where nobody knows. */
export interface Behaviour {
  /** The personal path does not show a service account's token. */
  readonly strict: boolean;
  /** A second DELETE is answered by 204 too. */
  readonly again204: boolean;
  /** For a moment after a revocation the token is still shown. */
  readonly lingers: boolean;
}

export interface Scenario {
  readonly behaviour: Behaviour;
  readonly steps: readonly Step[];
}

export const TOKENS = 11;
/** The token whose value `access: "token"` uses. */
export const OWN: TokenNumber = 10;

const token = fc.nat({ max: TOKENS - 1 });
/** Left out so often, and given so often. */
const sometimes = <T>(without: number, given: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: without, arbitrary: fc.constant(undefined) },
    { weight: given, arbitrary: value },
  );

const reason = sometimes(1, 1, fc.constantFrom("leaked", "left", "unused"));
const organization = sometimes(6, 4, fc.constantFrom<("right" | "wrong")[]>("right", "right", "right", "wrong"));
const common = {
  reason,
  organization,
  onNotFound: sometimes(7, 1, fc.constant("fail")),
  allowSelf: sometimes(1, 1, fc.constant(true)),
  byValue: sometimes(1, 1, fc.constant(true)),
};

/** Without the fields that are undefined. */
const record = <T>(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<T> =>
  fc
    .record(fields)
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T);

const revocation = record<Revocation>({
  type: fc.constant("revocation"),
  token,
  ...common,
  verify: sometimes(1, 1, fc.boolean()),
  name: organization,
  account: sometimes(7, 1, fc.constant(0)),
});
const batch = record<Batch>({
  type: fc.constant("batch"),
  tokens: fc.array(token, { maxLength: 8 }),
  ...common,
  verify: sometimes(1, 1, fc.constant(true)),
});
const sweep = record<Sweep>({
  type: fc.constant("sweep"),
  group: fc.constantFrom("left", "right"),
  exempt: sometimes(1, 6, token),
  enforce: sometimes(1, 4, fc.boolean()),
  fuse: sometimes(7, 1, fc.constant(2)),
  reason,
  organization,
});
const trouble = record<Trouble>({
  on: fc.constantFrom("DELETE", "DELETE", "DELETE", "GET", "list", "who"),
  token: sometimes(1, 3, token),
  kind: fc.constantFrom(...ONCE, ...ALWAYS),
});

const declared = fc.oneof(
  { weight: 4, arbitrary: fc.record({ declare: fc.constantFrom("one", "two", "three"), as: revocation }) },
  { weight: 3, arbitrary: fc.record({ declare: fc.constant("batch"), as: batch }) },
  { weight: 2, arbitrary: fc.record({ declare: fc.constant("sweep"), as: sweep }) },
);
const removed = fc.record({
  declare: fc.constantFrom("one", "two", "three", "batch", "sweep"),
  as: fc.constant(null),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: declared },
  { weight: 5, arbitrary: removed },
  { weight: 12, arbitrary: fc.record({ token, becomes: fc.constantFrom("dead" as const, "alive" as const) }) },
  { weight: 12, arbitrary: fc.record({ trouble }) },
  { weight: 5, arbitrary: fc.constant({ access: "all" as const }) },
  { weight: 5, arbitrary: fc.record({ access: fc.constantFrom(...ACCESS) }) },
  { weight: 40, arbitrary: fc.record({ run: fc.constantFrom<Run[]>("up", "up", "up", "upAtOnce", "upAtOnce") }) },
  { weight: 12, arbitrary: fc.constant({ run: "refresh" as const }) },
  { weight: 6, arbitrary: fc.constant({ run: "preview" as const }) },
  { weight: 2, arbitrary: fc.constant({ run: "destroy" as const }) },
);

/** @param length of steps */
export function scenarios(length: number): fc.Arbitrary<Scenario> {
  return fc.record({
    behaviour: fc.record({
      strict: fc.boolean(),
      again204: fc.boolean(),
      lingers: sometimes(7, 1, fc.constant(true)).map(Boolean),
    }),
    steps: fc.array(step, { minLength: Math.ceil(length / 2), maxLength: length, size: "max" }),
  });
}

/**
 * The program that is run: what nobody can predict is left out of it. A token is declared once, none that the sweep may
 * match is declared, and beside a token that authenticates the run and may be revoked nothing else is.
 */
export function resolve(program: Program, groupOf: (token: TokenNumber) => string): Program {
  const taken = new Set<TokenNumber>();
  const sweep = Object.values(program).find(({ type }) => type === "sweep") as Sweep | undefined;
  const take = (token: TokenNumber): boolean => {
    if (taken.has(token) || groupOf(token) === sweep?.group) return false;
    taken.add(token);
    return true;
  };
  const resolved = Object.entries(program)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, as]): [string, Declaration][] => {
      if (as.type === "revocation") return take(as.token) ? [[name, as]] : [];
      if (as.type !== "batch") return [[name, as]];
      const tokens = as.tokens.filter(take);
      // An empty list is refused in the program.
      return tokens.length > 0 ? [[name, { ...as, tokens }]] : [];
    });
  const self = resolved.filter(
    ([, as]) => as.type !== "sweep" && as.allowSelf && ("tokens" in as ? as.tokens : [as.token]).includes(OWN),
  );
  return Object.fromEntries(self.length > 0 ? self : resolved);
}
