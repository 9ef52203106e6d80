import tiers from "../../jest.config.mjs";

const engine = tiers.projects.find(({ displayName }) => displayName === "engine");

/** @type {import("jest").Config} */
export default {
  ...engine,
  displayName: "soak",
  testMatch: ["<rootDir>/test/soak/**/*.test.ts"],
  // A day: how long it takes is for the user to say. What may hang has limits of its own.
  globals: { tierTimeout: 86_400_000 },
  // All parts at once: they share the time that was asked for.
  maxWorkers: 3,
};
