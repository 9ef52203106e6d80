/** The arguments of the resources as they stand in state, all known and plain, and what each may hold. */
import type { TokenKind } from "../tokens/syntax";
import { parseTokenId } from "../tokens/tokenIds";
import { CRITERIA_VALIDATORS, type Exempt, type Where } from "./criteria";
import {
  ArgumentError,
  boolean,
  freeText,
  oneOf,
  pastTime,
  positiveInteger,
  someFields,
  tokenSyntax,
  uuid,
  type Validator,
  type Validators,
} from "./validators";

/** What the token must be like; when Datadog says otherwise, or cannot say, it is not revoked. */
export interface Expectation {
  /** Its exact name. */
  readonly name?: string;
  /** UUID of the user or service account that owns it. */
  readonly ownerId?: string;
  /** UUID of the organization that the credentials belong to. */
  readonly organizationId?: string;
}

/** What the credentials must be like: of many tokens, only the organization can be the same. */
export interface OrganizationExpectation {
  /** UUID of the organization that the credentials belong to. */
  readonly organizationId: string;
}

/** What a token is that Datadog does not know (404): `"accept"` records it as `alreadyRevoked`, `"fail"` makes it an error. */
export type OnNotFound = "accept" | "fail";

export interface RevocationArguments {
  readonly tokenId: string;
  readonly serviceAccountId?: string;
  readonly reason?: string;
  readonly ticket?: string;
  readonly requestedBy?: string;
  readonly reportedAt?: string;
  readonly expect?: Expectation;
  readonly onNotFound?: OnNotFound;
  readonly verify?: boolean;
  readonly allowSelf?: boolean;
}

/** A token to be revoked, and how. */
export interface Revocation extends RevocationArguments {
  /** Whose the prefix of a value or portion says that it is. */
  readonly kind?: TokenKind | undefined;
  /** Of the reason and the like, those that are secret. */
  readonly secretArguments?: readonly string[] | undefined;
}

const organizationFields: Validators = { organizationId: uuid };
const organizationExpectation = someFields(organizationFields, '{ organizationId: "…" }');

export const REVOCATION_VALIDATORS = {
  tokenId: tokenSyntax((text) => parseTokenId(text)),
  serviceAccountId: uuid,
  reason: freeText,
  ticket: freeText,
  requestedBy: freeText,
  reportedAt: pastTime,
  expect: someFields({ name: freeText, ownerId: uuid, ...organizationFields }, '{ name: "ci-deploy" }'),
  onNotFound: oneOf("accept", "fail"),
  verify: boolean,
  allowSelf: boolean,
} satisfies Record<keyof RevocationArguments, Validator>;

/** What a batch's tokens have in common. */
export interface BatchArguments extends Omit<RevocationArguments, "tokenId" | "expect"> {
  readonly expect?: OrganizationExpectation;
  /** Requests in flight. */
  readonly concurrency?: number;
}

const { tokenId: _, ...common } = REVOCATION_VALIDATORS;

export const BATCH_VALIDATORS = {
  ...common,
  expect: organizationExpectation,
  concurrency: positiveInteger,
} satisfies Record<keyof BatchArguments, Validator>;

/** What a batch may list unless it says otherwise. */
export const DEFAULT_BATCH_FUSE = 1000;

/** Which batch a shard belongs to. Nothing of it makes a difference to what is revoked. */
export interface Batch {
  /** Of the component. */
  readonly name: string;
  /** Of the component: batches under different parents may have one name. Absent in state of 0.1.0. */
  readonly urn?: string;
  /** The hex digit that the shard's token ids begin with. */
  readonly shard: string;
  /**
   * Distinct tokens in all shards, and the fuse. Policies read them here, as they see no argument of a component; and
   * with one token more a plan refuses in every shard, before anything is done.
   */
  readonly size: number;
  readonly maxRevocations: number;
  /** How many of those listed named a token that was named before. Absent: none. */
  readonly repeated?: number;
}

/** Always all of them, so that a token stays in its shard when others come and go. */
export const SHARDS: readonly string[] = [..."0123456789abcdef"];

export interface ShardArguments extends BatchArguments {
  /** Sorted, each once. */
  readonly tokenIds: readonly string[];
  /** Those of them whose prefix says that they are service accounts'. */
  readonly serviceTokenIds?: readonly string[];
  readonly batch: Batch;
}

const tokenIds: Validator = (value) => {
  if (!Array.isArray(value)) throw new ArgumentError("must be a list of token ids");
  return [...new Set(value.map((each) => tokenSyntax(parseTokenId)(String(each))))].sort();
};

export const SHARD_VALIDATORS = {
  tokenIds,
  serviceTokenIds: tokenIds,
  ...BATCH_VALIDATORS,
  // Written by the component.
  batch: (value) => value,
} satisfies Record<keyof ShardArguments, Validator>;

export interface SweepArguments extends Pick<RevocationArguments, "reason" | "ticket" | "requestedBy"> {
  readonly where: Where;
  readonly exempt?: Exempt;
  /** Default false: what matches is reported, and nothing is revoked. */
  readonly enforce?: boolean;
  /** Fuse: the most tokens that one run may revoke. */
  readonly maxRevocations?: number;
  readonly expect?: OrganizationExpectation;
}

/** What a sweep may revoke in one run unless it says otherwise. */
export const DEFAULT_SWEEP_FUSE = 10;

export const SWEEP_VALIDATORS = {
  ...CRITERIA_VALIDATORS,
  enforce: boolean,
  maxRevocations: positiveInteger,
  expect: organizationExpectation,
  reason: freeText,
  ticket: freeText,
  requestedBy: freeText,
} satisfies Record<keyof SweepArguments, Validator>;
