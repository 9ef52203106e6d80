import * as fs from "node:fs";
import { cache, inRoot } from "./paths.mjs";
import { onOwnNode } from "./setup.mjs";
import { summarize } from "./testSummary.mjs";

export const jest = "node_modules/jest/bin/jest.js";

/** Biome colours its output even where it goes to a file. */
const colors = process.stdout.isTTY ? [] : ["--colors=off"];

/**
 * What one run of tests found: exit statuses of what knows no tests, and jest's results as JSON. Its summary's last line
 * is kept for whoever runs it: `.ci/run` repeats it.
 */
export class TestRun {
  checks = {};
  results = {};
  #status = 0;

  constructor() {
    fs.rmSync(cache("tests"), { recursive: true, force: true });
    fs.mkdirSync(cache("tests"), { recursive: true });
  }

  async lintAndTypes() {
    await this.check("lint", "Lint", "node_modules/@biomejs/biome/bin/biome", ["ci", ...colors, inRoot()]);
    await this.check("types", "Types", "node_modules/typescript/bin/tsc", ["--noEmit", "-p", inRoot()]);
  }

  /** Runs a script whose exit status counts as one test. */
  async check(name, what, script, args) {
    this.checks[name] = await say(what, script, args);
  }

  /**
   * Runs a script that runs jest.
   *
   * @param {(results: string) => string[]} args with the file in which jest's results shall be
   */
  async test(name, what, script, args) {
    this.results[name] = cache("tests", `${name}.json`);
    this.#status = (await say(what, script, args(this.results[name]))) || this.#status;
  }

  /** Prints the summary, and gives the exit status. */
  conclude() {
    const { lines, total, failed } = summarize(this.checks, this.results);
    console.log(`\n${[...lines, total].join("\n")}`);
    fs.writeFileSync(cache("tests/summary.txt"), `${total}\n`);
    return failed > 0 ? 1 : this.#status;
  }
}

/** The arguments of a jest that writes its results. */
export const resultsTo = (file) => ["--json", `--outputFile=${file}`];

async function say(what, script, args) {
  console.log(`\n${what}`);
  return onOwnNode(script, args);
}
