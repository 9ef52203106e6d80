import { dieAndResume } from "../support/deaths";
import { processesAreSeen } from "../support/engine";

const onLinux = processesAreSeen ? test : test.skip;

onLinux.each([
  { seed: 2, who: ["host"] },
  { seed: 3, who: ["program"] },
  { seed: 4, who: ["engine", "host", "program"] },
] as const)(
  "$who killed in a batch of 1,000 (seed $seed): the next up finishes it, and nothing is lost but two shards' provenance",
  async ({ seed, who }) => {
    await dieAndResume(seed, who);
  },
);
