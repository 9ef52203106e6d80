import type { Batch, Declaration, TokenNumber } from "./program";
import { kindOf } from "./world";

/** What a record says of a token. */
export interface Entry {
  readonly outcome: "revoked" | "alreadyRevoked";
  readonly status: "revoked" | "alive";
  readonly verified: boolean;
  /** Whether it has a snapshot. */
  readonly seen: boolean;
}

/** What became of a token in a run. */
export interface Fate {
  /** Undefined: none. */
  readonly entry: Entry | undefined;
  readonly failed: boolean;
  readonly alive: boolean;
  /** Whether a DELETE may have been sent. */
  readonly asked: boolean;
}

/** What stands in state of a resource: a revocation, a sweep, or a batch's shard. */
export interface Recorded {
  readonly as: Declaration;
  readonly entries: ReadonlyMap<TokenNumber, Entry>;
  readonly failed: readonly TokenNumber[];
  /** A sweep's. */
  readonly matched?: readonly TokenNumber[] | undefined;
}

/** What a run does to a resource. */
export type Prediction =
  /** Nothing: no request to revoke, no difference. */
  | { readonly does: "nothing" }
  /** It is refused when it is checked, in a preview already. */
  | { readonly does: "refuse" }
  /** It fails as a whole, without a request to revoke. */
  | { readonly does: "fail" }
  | {
      readonly does: "act";
      /** Each token's possible fates. */
      readonly fates: ReadonlyMap<TokenNumber, readonly Fate[]>;
      readonly matched?: readonly TokenNumber[];
    };

/** The tokens of a batch's shard, whose name ends with the digit that their ids begin with. */
export function tokensOf(shard: string, { tokens }: Batch): TokenNumber[] {
  return [...new Set(tokens)].filter((token) => kindOf(token).digit === shard.at(-1)).sort((one, other) => one - other);
}

/** The part of a declaration that makes a difference to its record. */
export function essence(as: Declaration | undefined, name: string): object {
  if (as?.type === "revocation") {
    const { byValue: _, ...others } = as;
    return others;
  }
  if (as?.type !== "batch") return { ...as };
  const { byValue, ...others } = as;
  const tokens = tokensOf(name, as);
  return {
    ...others,
    tokens,
    byValue: byValue === true && tokens.some((token) => typeof kindOf(token).owner === "number"),
  };
}
