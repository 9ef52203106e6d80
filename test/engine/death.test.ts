import { dieAndResume } from "../support/deaths";
import { processesAreSeen } from "../support/engine";

const onLinux = processesAreSeen ? test : test.skip;

onLinux(
  "the engine killed in a batch of 1,000: the next up finishes it, and nothing is lost but two shards' provenance",
  () => dieAndResume(1, ["engine"]),
);
