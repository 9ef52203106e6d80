import { parseTokenId } from "../datadog/tokenIds";
import {
  ArgumentError,
  type Expectation,
  organizationExpectation,
  positiveInteger,
  type RevocationArguments,
  RULES,
  type Rule,
} from "./arguments";
import type { Batch } from "./batch";

/** What a batch's tokens have in common, as it stands in state. */
export interface BatchArguments
  extends Pick<
    RevocationArguments,
    "serviceAccountId" | "reason" | "ticket" | "requestedBy" | "reportedAt" | "onNotFound" | "allowSelf" | "verify"
  > {
  readonly expect?: Pick<Expectation, "organizationId">;
  /** Requests in flight. */
  readonly concurrency?: number;
}

/** The arguments of one of its shards. */
export interface ShardArguments extends BatchArguments {
  /** Sorted, each once. */
  readonly tokenIds: readonly string[];
  /** Those of them whose prefix says that they are service accounts'. */
  readonly serviceTokenIds?: readonly string[];
  readonly batch: Batch;
}

const { serviceAccountId, reason, ticket, requestedBy, reportedAt, onNotFound, allowSelf, verify } = RULES;

export const BATCH_RULES = {
  serviceAccountId,
  reason,
  ticket,
  requestedBy,
  reportedAt,
  onNotFound,
  allowSelf,
  verify,
  expect: organizationExpectation,
  concurrency: positiveInteger,
} satisfies Record<keyof BatchArguments, Rule>;

const tokenIds: Rule = (value) => {
  if (!Array.isArray(value)) throw new ArgumentError("must be a list of token ids");
  return [...new Set(value.map((each) => parseTokenId(String(each))))].sort();
};

const asGiven: Rule = (value) => value;

export const SHARD_RULES = {
  tokenIds,
  serviceTokenIds: tokenIds,
  ...BATCH_RULES,
  batch: asGiven,
} satisfies Record<keyof ShardArguments, Rule>;
