import { cases as asMany, fc } from "../../support/cases";

/** With `TEST_ALL=1` all that there are are tried, else a part that takes seconds; `CASES_TIMES` multiplies either. */
export const IS_ALL = Boolean(process.env.TEST_ALL);
const PART = IS_ALL ? 1 : 1 / 20;

/** So many generated cases, or a part of them. */
export const cases = (count: number): { numRuns: number } => asMany(count * PART);

/** How many of so many are to be expected, with as many cases. */
export const part = (count: number): number => Math.floor(count * PART * Number(process.env.CASES_TIMES || 1));

export { fc };
