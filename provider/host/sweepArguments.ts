import {
  boolean,
  type Expectation,
  organizationExpectation,
  positiveInteger,
  type RevocationArguments,
  RULES,
  type Rule,
} from "./arguments";
import { CRITERIA_RULES, type Exempt, type Where } from "./criteria";

/** The arguments of a sweep as they stand in state, all known and plain. */
export interface SweepArguments extends Pick<RevocationArguments, "reason" | "ticket" | "requestedBy"> {
  readonly where: Where;
  readonly exempt?: Exempt;
  /** Default false: what matches is reported, and nothing is revoked. */
  readonly enforce?: boolean;
  /** Fuse: the most tokens that one run may revoke. */
  readonly maxRevocations?: number;
  readonly expect?: Pick<Expectation, "organizationId">;
}

/** What a sweep may revoke in one run unless it says otherwise. */
export const DEFAULT_FUSE = 10;

const { reason, ticket, requestedBy } = RULES;

/** Every argument of a sweep. */
export const SWEEP_RULES = {
  ...CRITERIA_RULES,
  enforce: boolean,
  maxRevocations: positiveInteger,
  expect: organizationExpectation,
  reason,
  ticket,
  requestedBy,
} satisfies Record<keyof SweepArguments, Rule>;
