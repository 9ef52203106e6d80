import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import { testFiles } from "./parts.mjs";

/** Of each test file: how long it takes, and which tests reach each mutant; no names: all do, or nobody can say. */
const notes = () => resolve(".cache/notes.json");

/** Between the files and inside them, where Stryker's own notes would not tell one test from another of the same name. */
const apart = "\0";

/** Stryker's test runner. To Stryker a test file is one test; which of its tests a mutant needs is kept here. */
class Runner {
  #runFile;
  /** How many mutants each test file has killed. */
  #kills = new Map();

  async init() {
    // Not before: from here on this process is in Stryker's copy of the project.
    this.#runFile = (await import("./tests.cjs")).default.runFile;
  }

  capabilities() {
    // Every run loads the sources anew.
    return { reloadEnvironment: true };
  }

  async dryRun() {
    const stryker = { mutantCoverage: { static: {}, perTest: {} } };
    globalThis.__stryker__ = stryker;
    const tests = [];
    const noted = {};
    for (const file of testFiles()) {
      const start = performance.now();
      stryker.currentTestId = file;
      const watch = (name) => {
        stryker.currentTestId = name === undefined ? file : `${file}${apart}${name}`;
      };
      const { failure, concurrent } = await this.#runFile(file, { watch });
      const timeSpentMs = performance.now() - start;
      tests.push(outcome(file, timeSpentMs, failure));
      noted[file] = { timeSpentMs, concurrent, reach: {} };
    }
    stryker.currentTestId = undefined;
    const perTest = {};
    for (const [id, hits] of Object.entries(stryker.mutantCoverage.perTest)) {
      const [file, name] = id.split(apart);
      const { reach, concurrent } = noted[file];
      perTest[file] ??= {};
      for (const [mutant, count] of Object.entries(hits)) {
        perTest[file][mutant] = (perTest[file][mutant] ?? 0) + count;
        // What is reached while no test runs may be reached for any.
        if (name === undefined || concurrent) reach[mutant] = null;
        else if (reach[mutant] !== null) reach[mutant] = [...(reach[mutant] ?? []), name];
      }
    }
    mkdirSync(dirname(notes()), { recursive: true });
    writeFileSync(notes(), JSON.stringify(noted));
    return { status: DryRunStatus.Complete, tests, mutantCoverage: { static: {}, perTest } };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    const noted = JSON.parse(readFileSync(notes(), "utf8"));
    const stryker = { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit === undefined ? undefined : 0 };
    globalThis.__stryker__ = stryker;
    // The likeliest to kill it in a short time first.
    const promise = (file) => ((this.#kills.get(file) ?? 0) + 1) / noted[file].timeSpentMs;
    const files = (testFilter ?? testFiles()).toSorted((one, other) => promise(other) - promise(one));
    const tests = [];
    for (const file of files) {
      const names = noted[file].reach[activeMutant.id];
      const { failure } = await this.#runFile(file, names ? { only: new Set(names) } : {});
      const timeout = determineHitLimitReached(stryker.hitCount, stryker.hitLimit);
      if (timeout) return timeout;
      tests.push(outcome(file, 0, failure));
      if (failure === undefined) continue;
      this.#kills.set(file, (this.#kills.get(file) ?? 0) + 1);
      break;
    }
    return toMutantRunResult({ status: DryRunStatus.Complete, tests }, false);
  }
}

function outcome(file, timeSpentMs, failure) {
  const name = relative(process.cwd(), file);
  const test = { id: file, name, fileName: file, timeSpentMs };
  if (failure === undefined) return { ...test, status: TestStatus.Success };
  return { ...test, status: TestStatus.Failed, failureMessage: failure };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-process", Runner)];
