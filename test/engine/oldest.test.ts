import { rmSync } from "node:fs";
import { type Simulator, startSimulator } from "pulumi-datadog-revocation/simulator";
import { createProject, expectRevocations, expectTypes, oldest } from "../matrix/tryOut";
import type { Project } from "../support/engine";
import { newFolder } from "../support/userProject";

const base = newFolder();
let simulator: Simulator;
let project: Project;

afterAll(async () => {
  await project?.dispose();
  await simulator?.stop();
  rmSync(base, { recursive: true, force: true });
});

// `npm run test:matrix` does the same with the newest, and others.
test(`the oldest that the package admits: @pulumi/pulumi ${oldest.pulumi}, Node ${oldest.node}, TypeScript ${oldest.typescript}`, async () => {
  simulator = await startSimulator({ seed: 11 });
  project = await createProject(base, simulator, oldest, false);
  await expectTypes(project, oldest);
  await expectRevocations(project, simulator);
  // It installs a project of its own, which takes what the registry takes.
}, 600_000);
