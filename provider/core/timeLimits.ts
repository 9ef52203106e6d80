/** Time limits of look-ups and acts, in milliseconds. */
export const TIME_LIMITS = {
  /** A token's look-up: a preview must not wait long for what it can do without. */
  lookUp: 8_000,
  /** What merely adds to the picture: whose credentials these are, what one owner is called. */
  extra: 3_000,
  /** What all owners of a listing are called. */
  owners: 8_000,
  /** A listing that a preview can do without, at least; and for each of its pages. */
  optionalListing: 20_000,
  page: 500,
  /** A listing without which there is no result: a sweep's, a program's. */
  listing: 120_000,
  /** Until a token that Datadog still knows counts as alive. */
  verification: 30_000,
} as const;
