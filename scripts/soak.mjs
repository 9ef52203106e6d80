// `npm run test:soak`: random programs for an hour, or for as long as asked, and kills at random moments. Each says
// before it goes wrong which seed it has; `npm run test:soak -- --help` tells how to run one again.
import { parseArgs } from "node:util";
import { entry, SetupError } from "./lib/processes.mjs";
import { onOwnNode, setUp } from "./lib/setup.mjs";
import { jest, resultsTo } from "./lib/testRun.mjs";

const help = `npm run test:soak -- [options]

  --minutes N    how long (default 60; with --programs: until these are done)
  --programs N   how many random programs in each tier, and how many kills
  --seed=S       an integer: where to begin (default: any; it is printed)
  --only PART    host     random programs on the provider's own process, hundreds a minute
                 engine   random programs on the real engine
                 model    these two
                 deaths   kills at random moments
  --results FILE jest's results, as JSON
  --help

All parts run side by side. A failure prints its seed and its program, made as short as it fails still.
`;

const PARTS = {
  host: ["test/soak/host"],
  engine: ["test/soak/engine"],
  model: ["test/soak/host", "test/soak/engine"],
  deaths: ["test/soak/deaths"],
};

await entry(async () => {
  const values = readOptions();
  if (values.help) {
    console.log(help);
    return 0;
  }
  const programs = number("programs", values.programs, (value) => Number.isInteger(value) && value > 0);
  const minutes = number("minutes", values.minutes, (value) => value > 0) ?? (programs === undefined ? 60 : undefined);
  const seed = number("seed", values.seed, Number.isSafeInteger) ?? Math.floor(Math.random() * 2 ** 31);
  const parts = values.only === undefined ? [] : PARTS[values.only];
  if (!parts) throw new SetupError(`--only: one of ${Object.keys(PARTS).join(", ")}`);

  await setUp();
  const length = [minutes && `${minutes} min`, programs && `${programs} programs`].filter(Boolean).join(", at most ");
  console.log(`\nSoak: ${values.only ?? "all parts"}, ${length}, --seed=${seed}`);
  Object.assign(process.env, {
    SOAK_SEED: seed,
    SOAK_UNTIL: minutes === undefined ? "" : Date.now() + minutes * 60_000,
    SOAK_PROGRAMS: programs ?? "",
  });
  const results = values.results ? resultsTo(values.results) : [];
  return onOwnNode(jest, ["--config", "test/soak/jest.config.mjs", ...results, ...parts]);
});

function readOptions() {
  const text = { type: "string" };
  try {
    const options = { minutes: text, programs: text, seed: text, only: text, results: text, help: { type: "boolean" } };
    return parseArgs({ options }).values;
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${help}`);
  }
}

function number(name, text, isRight) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !isRight(value)) throw new SetupError(`--${name} ${text}: no number that makes sense here`);
  return value;
}
