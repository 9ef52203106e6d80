/** What the user of `npm run test:soak` asked for; by hand, `SOAK_PROGRAMS=5 npx jest --config test/soak/jest.config.mjs`. */
export const asked = {
  /** Where to begin: what is random follows from it. */
  seed: Number(process.env.SOAK_SEED || 1),
  /** When to begin nothing more: milliseconds since 1970. */
  until: Number(process.env.SOAK_UNTIL || Number.POSITIVE_INFINITY),
  /** How many programs, or kills, at most; undefined: as many as there is time for. */
  programs: process.env.SOAK_PROGRAMS ? Number(process.env.SOAK_PROGRAMS) : undefined,
};
