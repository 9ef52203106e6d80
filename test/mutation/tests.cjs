/** Runs test files in this process, without a process or a realm for each as jest has: that is most of the time. */
const { ModernFakeTimers } = require("@jest/fake-timers");
const { expect } = require("expect");
const fc = require("fast-check");
const circus = require("jest-circus");
const { ModuleMocker } = require("jest-mock");
const { load, root } = require("./sources.cjs");

/** Milliseconds that one test may take. */
const TIMEOUT = 30_000;

const timers = new ModernFakeTimers({ global: globalThis, config: { fakeTimers: {}, rootDir: root } });
const mocks = new ModuleMocker(globalThis);
const jest = {
  fn: (...args) => mocks.fn(...args),
  spyOn: (...args) => mocks.spyOn(...args),
  replaceProperty: (...args) => mocks.replaceProperty(...args),
  restoreAllMocks: () => mocks.restoreAllMocks(),
  setTimeout: () => undefined,
  useFakeTimers: (options) => timers.useFakeTimers(options),
  useRealTimers: () => timers.useRealTimers(),
  getTimerCount: () => timers.getTimerCount(),
  advanceTimersByTimeAsync: (milliseconds) => timers.advanceTimersByTimeAsync(milliseconds),
};
const { describe, test, it, beforeAll, beforeEach, afterAll, afterEach } = circus;
Object.assign(globalThis, {
  hostsAreInProcess: true,
  jest,
  expect,
  describe,
  test,
  it,
  beforeAll,
  beforeEach,
  afterAll,
  afterEach,
});

// What a mutant does need not be made small.
fc.configureGlobal({ endOnFailure: true });

/** A test's name with its groups'. */
function nameOf(test) {
  const names = [];
  for (let at = test; at.parent; at = at.parent) names.unshift(at.name);
  return names.join(" ");
}

/**
 * @param only the names of the tests to run; all by default
 * @param watch is told the name of the test that runs, and undefined in between
 * @returns what failed first, if anything; and the names of all tests, if each runs for itself
 */
async function runFile(file, { only, watch = () => undefined } = {}) {
  circus.resetState();
  circus.getState().testTimeout = TIMEOUT;
  let failure;
  let concurrent = false;
  const names = [];
  const handle = (event) => {
    if (event.name === "test_start") {
      const name = nameOf(event.test);
      names.push(name);
      concurrent ||= event.test.concurrent;
      if (failure !== undefined || (only && !only.has(name))) event.test.mode = "skip";
      else watch(name);
    }
    if (event.name === "test_done") {
      watch(undefined);
      const [error] = event.test.errors.flat();
      if (error !== undefined) failure ??= `${nameOf(event.test)}: ${error?.message ?? error}`;
    }
  };
  circus.addEventHandler(handle);
  try {
    load(file);
    const { unhandledErrors } = await circus.run();
    if (unhandledErrors.length > 0) failure ??= String(unhandledErrors[0]);
  } catch (error) {
    failure ??= `${error}`;
  } finally {
    circus.removeEventHandler(handle);
    timers.useRealTimers();
    mocks.restoreAllMocks();
  }
  return { failure, names, concurrent };
}

module.exports = { runFile };
