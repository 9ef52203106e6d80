import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createProject, type Project, type StateResource } from "../support/engine";
import { QUICK } from "../support/hosted";
import { argumentsOf, DIGITS } from "./arguments";
import type { Access, Program, Run } from "./program";
import type { Ran, Stack, Stored } from "./stack";
import type { World } from "./world";

const CLASSES = { revocation: "TokenRevocation", batch: "TokenRevocationBatch", sweep: "TokenSweep" } as const;

/** A user's project on the real engine. */
export class RealEngine implements Stack {
  private constructor(
    private readonly world: World,
    private readonly project: Project,
  ) {}

  static async start(world: World): Promise<RealEngine> {
    return new RealEngine(world, await createProject({ program: "", config: QUICK }));
  }

  async run(run: Run, program: Program, access: Access): Promise<Ran> {
    const { project, world } = this;
    const declarations = Object.entries(program).map(
      ([name, as]) => `new ${CLASSES[as.type]}(${JSON.stringify(name)}, ${JSON.stringify(argumentsOf(as, world))});\n`,
    );
    const imports = `import { ${Object.values(CLASSES).join(", ")} } from "pulumi-datadog-revocation";\n`;
    project.setProgram(imports + declarations.join(""));
    for (const key of ["DD_API_KEY", "DD_APP_KEY", "DD_BEARER_TOKEN"]) delete project.env[key];
    Object.assign(project.env, { DD_HOST: world.simulator.url, ...world.credentials(access) });
    const { code, output } = await (run === "upAtOnce" ? project.up("--skip-preview") : project[run]());
    return { succeeded: code === 0, printed: output };
  }

  /** From the backend's own file: `pulumi stack export` would take as long as half a run. */
  async state(): Promise<Stored[]> {
    const backend = fileURLToPath(this.project.env.PULUMI_BACKEND_URL as string);
    const file = join(backend, ".pulumi/stacks/project/test.json");
    if (!existsSync(file)) return [];
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8"));
    const resources: (StateResource & { delete?: boolean })[] = checkpoint.latest?.resources ?? [];
    return resources
      .filter((each) => each.type.startsWith("pulumi-nodejs:dynamic/datadog-revocation:") && !each.delete)
      .map(({ urn, outputs = {} }) => ({ name: urn.split("::").at(-1) ?? "", outputs }))
      .filter(({ name }) => !name.startsWith("batch-") || DIGITS.some((digit) => name.endsWith(digit)));
  }

  stored(): string {
    return this.project.stateText();
  }

  dispose(): Promise<void> {
    return this.project.dispose();
  }
}
