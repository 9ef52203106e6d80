/** What every tier has in common. */
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: "node",
  transform: {
    "\\.(t|j)s$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" }, swcrc: false },
    ],
  },
  // ky is published as ES modules only, which jest cannot load untransformed.
  transformIgnorePatterns: ["/node_modules/(?!ky/)"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.cache/"],
};

/** The tiers, from the quickest to the truest; `npm test -- --selectProjects unit` runs one. */
const tiers = [
  { name: "unit", testTimeout: 10_000 },
  { name: "mocks", testTimeout: 20_000, globalSetup: "<rootDir>/test/support/needPackage.mjs" },
  { name: "host", testTimeout: 60_000, globalSetup: "<rootDir>/test/support/needPackage.mjs" },
  { name: "engine", testTimeout: 180_000, globalSetup: "<rootDir>/test/support/needEngine.mjs" },
];

/** @type {import("jest").Config} */
export default {
  // Each test of the engine tier keeps a core busy.
  maxWorkers: 2,
  projects: tiers.map(({ name, ...tier }) => ({
    ...common,
    ...tier,
    displayName: name,
    testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  })),
};
