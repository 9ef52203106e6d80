/**
 * The files of a project whose program is YAML, for `createProject`, and for `project.write` when the program changes.
 *
 *     const project = await createProject({ program: yamlProgram(text, { "datadog-revocation": folder }) });
 *
 * @param text what stands in `Pulumi.yaml` beneath its head: `variables`, `resources`, `outputs`
 * @param providers each provider's name and the folder of its plugin, an executable or a source plugin; of a plugin on
 *   PATH, which `env` may change, the engine warns at every run
 */
export function yamlProgram(text: string, providers: Record<string, string> = {}): Record<string, string> {
  const plugins = {
    providers: Object.entries(providers).map(([name, path]) => ({ name, path })),
  };
  // JSON is YAML.
  return { "Pulumi.yaml": `name: project\nruntime: yaml\nplugins: ${JSON.stringify(plugins)}\n${text}` };
}
