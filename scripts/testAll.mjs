// `npm run test:all`: what `npm test` runs, and all that is rare or slow. `npm run test:all -- wire soak` runs parts.
import config from "../jest.config.mjs";
import { entry, SetupError } from "./lib/processes.mjs";
import { setUp } from "./lib/setup.mjs";
import { jest, resultsTo, TestRun } from "./lib/testRun.mjs";

const TIERS = config.projects.map(({ displayName }) => displayName);
const PARTS = ["checks", ...TIERS, "matrix", "soak", "mutation"];
const SOAK_MINUTES = 5;

const help = `npm run test:all -- [parts]

  checks     lint and types
  ${TIERS.join(", ")}
             the tiers, with their slow tests: all of Datadog's clients, for example
  matrix     users' projects with the oldest and the newest of what they bring themselves
  soak       random programs and kills, for ${SOAK_MINUTES} minutes
  mutation   whether the tests notice what is broken on purpose: hours
  --help

Without parts: all of them, in this order.
`;

await entry(async () => {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    console.log(help);
    return 0;
  }
  const unknown = args.find((arg) => !PARTS.includes(arg));
  if (unknown !== undefined) throw new SetupError(`${unknown}: no such part\n\n${help}`);
  const wanted = (part) => args.length === 0 || args.includes(part);
  const tiers = TIERS.filter(wanted);

  process.env.TEST_ALL = "1";
  const run = new TestRun();
  await setUp();
  if (wanted("checks")) await run.lintAndTypes();
  if (tiers.length > 0) {
    // In this order: `--selectProjects` takes all that follows it.
    const select = (file) => [...resultsTo(file), "--selectProjects", ...tiers];
    await run.test("jest", `Tests: ${tiers.join(", ")}`, jest, select);
  }
  if (wanted("matrix")) {
    await run.test("matrix", "Matrix", "scripts/matrix.mjs", (file) => ["--results", file]);
    const oldest = (file) => ["--engine", "oldest", "--results", file];
    await run.test("oldestEngine", "Matrix on the oldest engine", "scripts/matrix.mjs", oldest);
  }
  if (wanted("soak")) {
    const soak = (file) => ["--minutes", String(SOAK_MINUTES), "--results", file];
    await run.test("soak", "Soak", "scripts/soak.mjs", soak);
  }
  if (wanted("mutation")) await run.check("mutation", "Mutants", "test/mutation/main.mjs", []);
  return run.conclude();
});
