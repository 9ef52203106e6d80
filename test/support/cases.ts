import fc from "fast-check";

/**
 * Properties, tried on the same cases in every run of the tests. Elsewhere the environment chooses others, or more of
 * them: `CASES_SEED=7 CASES_TIMES=20 npm test -- hostile`.
 */
const times = Number(process.env.CASES_TIMES || 1);
fc.configureGlobal({ seed: Number(process.env.CASES_SEED || 20_261_124) });
// Most take milliseconds; a machine may be slow, and many more may be asked for.
jest.setTimeout(120_000 * Math.max(1, times));

/** So many cases, or as many times that as the environment says. */
export const cases = (count: number): { numRuns: number } => ({ numRuns: Math.ceil(count * times) });

const inherited = (): string[] =>
  [Object.prototype, Array.prototype, Function.prototype, String.prototype].flatMap((prototype) =>
    Reflect.ownKeys(prototype).map(String),
  );
const before = inherited();

// Whatever went through the code under test, what all objects inherit is as it was.
afterEach(() => expect(inherited()).toEqual(before));

export { fc };
