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
const maybe = <T>(value: fc.Arbitrary<T>, freq = 3): fc.Arbitrary<T | undefined> =>
  fc.option(value, { freq, nil: undefined });
const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { freq: 6, nil: undefined }).map((some) => some);
const rarely = <T>(value: T): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constant(value) });

const reason = maybe(fc.constantFrom("leaked", "left", "unused"), 1);
const organization = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.constant("right" as const) },
  { weight: 1, arbitrary: fc.constant("wrong" as const) },
);
const common = {
  reason,
  organization,
  onNotFound: rarely("fail" as const),
  allowSelf: maybe(fc.constant(true as const), 1),
  byValue: maybe(fc.constant(true as const), 1),
};

/** Without the fields that are undefined. */
const tidy = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;

const revocation: fc.Arbitrary<Declaration> = fc
  .record({
    type: fc.constant("revocation" as const),
    token,
    ...common,
    verify: maybe(fc.boolean(), 1),
    name: organization,
    account: rarely<0 | 1>(0),
  })
  .map((some) => tidy(some) as Revocation);
const batch: fc.Arbitrary<Declaration> = fc
  .record({
    type: fc.constant("batch" as const),
    tokens: fc.array(token, { maxLength: 8 }),
    ...common,
    verify: maybe(fc.constant(true), 1),
  })
  .map((some) => tidy(some) as Batch);
const sweep: fc.Arbitrary<Declaration> = fc
  .record({
    type: fc.constant("sweep" as const),
    group: fc.constantFrom("left" as const, "right" as const),
    exempt: seldom(token),
    enforce: maybe(fc.boolean(), 4),
    fuse: rarely(2),
    reason,
    organization,
  })
  .map((some) => tidy(some) as Sweep);

const trouble: fc.Arbitrary<Trouble> = fc
  .record({
    on: fc.constantFrom("DELETE", "DELETE", "DELETE", "GET", "list", "who") as fc.Arbitrary<Trouble["on"]>,
    token: maybe(token),
    kind: fc.constantFrom(...ONCE, ...ALWAYS),
  })
  .map((some) => tidy(some) as Trouble);

const declared = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom("one", "two", "three"), revocation) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom("batch"), batch) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("sweep"), sweep) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: declared.map(([declare, as]) => ({ declare, as })) },
  {
    weight: 5,
    arbitrary: fc.constantFrom("one", "two", "three", "batch", "sweep").map((declare) => ({ declare, as: null })),
  },
  { weight: 12, arbitrary: fc.record({ token, becomes: fc.constantFrom("dead" as const, "alive" as const) }) },
  { weight: 12, arbitrary: trouble.map((some) => ({ trouble: some })) },
  { weight: 5, arbitrary: fc.constant({ access: "all" as const }) },
  { weight: 5, arbitrary: fc.constantFrom(...ACCESS).map((access) => ({ access })) },
  { weight: 40, arbitrary: fc.constantFrom<Run>("up", "up", "up", "upAtOnce", "upAtOnce").map((run) => ({ run })) },
  { weight: 12, arbitrary: fc.constant({ run: "refresh" as const }) },
  { weight: 6, arbitrary: fc.constant({ run: "preview" as const }) },
  { weight: 2, arbitrary: fc.constant({ run: "destroy" as const }) },
);

/** @param length of steps */
export function scenarios(length: number): fc.Arbitrary<Scenario> {
  return fc.record({
    behaviour: fc.record({ strict: fc.boolean(), again204: fc.boolean(), lingers: rarely(true).map(Boolean) }),
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
