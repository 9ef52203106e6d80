import tiers from "../../jest.config.mjs";

const engine = tiers.projects.find(({ displayName }) => displayName === "engine");

/** @type {import("jest").Config} */
export default {
  ...engine,
  displayName: "matrix",
  testMatch: ["<rootDir>/test/matrix/**/*.test.ts"],
  // Each test installs a project of its own.
  globals: { tierTimeout: 900_000 },
};
