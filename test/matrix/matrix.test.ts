import { rmSync } from "node:fs";
import { startSimulator } from "pulumi-datadog-revocation/simulator";
import { newFolder } from "../support/userProject";
import { type Combination, createProject, expectRevocations, expectTypes, installed, oldest } from "./tryOut";

const newest = "latest";

const combinations: Combination[] = [
  oldest,
  { pulumi: newest, node: "24", typescript: "6.0", nodeTypes: "24" },
  { pulumi: newest, node: "22", typescript: "5.9", nodeTypes: "22" },
  { pulumi: oldest.pulumi, node: newest, typescript: "6.0", nodeTypes: newest },
  { pulumi: newest, node: newest, typescript: newest, nodeTypes: newest },
  { pulumi: oldest.pulumi, node: "24", typescript: newest, nodeTypes: "24" },
];

test.each(combinations)("@pulumi/pulumi $pulumi, Node $node, TypeScript $typescript", async (combination) => {
  const base = newFolder();
  const simulator = await startSimulator({ seed: 11 });
  const project = await createProject(base, simulator, combination);
  try {
    await expectTypes(project, combination);
    await expectRevocations(project, simulator);
    const { stdout } = await project.run("version");
    process.stdout.write(
      `${installed(project, combination)}, engine ${stdout.trim()}: types, preview, up, refresh, up\n`,
    );
  } finally {
    await project.dispose();
    await simulator.stop();
    rmSync(base, { recursive: true, force: true });
  }
});
