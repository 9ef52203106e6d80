import { createProject, type Project } from "../support/engine";
import { yamlProgram } from "../support/yaml";

/** Its resource is one that the engine serves itself: no plugin is needed. */
const program = (greeting: string) =>
  yamlProgram(`
config:
  name: { type: string }
variables:
  said: ${greeting} \${name}
resources:
  itself:
    type: pulumi:pulumi:StackReference
    properties: { name: organization/project/test }
outputs:
  said: \${said}
  hidden: { "fn::secret": "\${said}" }
`);

const outputs = async (project: Project) => (await project.resources("pulumi:pulumi:Stack"))[0]?.outputs;

test("a program in YAML is previewed, run, refreshed, changed and destroyed", async () => {
  const project = await createProject({ program: program("Hello"), config: { "project:name": "Ana" } });

  for (const run of [await project.preview(), await project.up()]) {
    expect(run.output).toContain('said  : "Hello Ana"');
    expect(run.output).not.toMatch(/warning/i);
    expect(run.code).toBe(0);
  }
  expect(await outputs(project)).toMatchObject({ said: "Hello Ana", hidden: { ciphertext: expect.anything() } });
  expect((await project.refresh()).code).toBe(0);

  project.write(program("Goodbye"));
  await project.run("config", "set", "name", "Ben");
  expect((await project.up()).code).toBe(0);
  expect(await outputs(project)).toMatchObject({ said: "Goodbye Ben" });

  expect((await project.destroy()).code).toBe(0);
  expect((await project.state()).deployment.resources ?? []).toEqual([]);
});
