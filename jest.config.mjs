/** `npm run test:all` sets it: nothing is left out because it is slow. */
const all = Boolean(process.env.TEST_ALL);

/** What every tier has in common. */
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: "<rootDir>/test/support/environment.mjs",
  transform: {
    "\\.(t|j)s$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" }, swcrc: false },
    ],
  },
  // These are published as ES modules only, which jest cannot load untransformed.
  transformIgnorePatterns: ["/node_modules/(?!(ky|string-width|strip-ansi|ansi-regex|get-east-asian-width)/)"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.cache/"],
  testPathIgnorePatterns: ["/node_modules/", ...(all ? [] : ["\\.slow\\.test\\.ts$"])],
};

/** The tests of the engine that are run once more, through the plugin. */
const throughPlugin = [
  "batch",
  "batchOptions.slow",
  "death",
  "death.slow",
  "faults.slow",
  "interrupt",
  "interrupt.slow",
  "keys",
  "places",
  "plans",
  "policy",
  "refusal",
  "revocation",
  "secrets.slow",
  "sweep",
  "sweep.slow",
];

/**
 * The tiers, from the quickest to the truest; `npm test -- --selectProjects unit` runs one, all but its
 * `*.slow.test.ts`. Each with the milliseconds that one of its tests may take: many times what it does, as this ends
 * what hangs, and measures nothing.
 */
const tiers = [
  { name: "unit", timeout: 60_000 },
  { name: "mocks", timeout: 60_000, globalSetup: "<rootDir>/test/support/needPackage.mjs" },
  { name: "host", timeout: 180_000, globalSetup: "<rootDir>/test/support/needPackage.mjs" },
  {
    // The same tests through the provider plugin, and those of what only the plugin has.
    name: "plugin",
    timeout: 180_000,
    globalSetup: "<rootDir>/test/support/needPackage.mjs",
    face: "plugin",
    folders: ["host", "plugin"],
  },
  { name: "browser", timeout: 120_000, globalSetup: "<rootDir>/test/support/needBrowser.mjs" },
  // Its time is for installing Datadog's clients, once: compiling some of them takes minutes.
  { name: "wire", timeout: all ? 2_700_000 : 480_000 },
  { name: "engine", timeout: 300_000, globalSetup: "<rootDir>/test/support/needEngine.mjs" },
  {
    name: "enginePlugin",
    timeout: 300_000,
    globalSetup: "<rootDir>/test/support/needEngine.mjs",
    face: "plugin",
    testMatch: throughPlugin.map((name) => `<rootDir>/test/engine/${name}.test.ts`),
  },
];

/** @type {import("jest").Config} */
export default {
  // Each test of the engine tier keeps a core busy.
  maxWorkers: 2,
  // A run of the engine takes seconds; what hangs is stopped all the same.
  testTimeout: 300_000,
  projects: tiers.map(({ name, timeout, face, folders = [name], ...tier }) => ({
    ...common,
    testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
    ...tier,
    displayName: name,
    // jest knows one `testTimeout` for all projects together, so each sets its own.
    globals: { tierTimeout: timeout, ...(face && { face }) },
    setupFilesAfterEnv: ["<rootDir>/test/support/tierTimeout.ts"],
  })),
};
