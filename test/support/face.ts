import { join } from "node:path";

/** How a program's resources reach the handlers: as the package's dynamic resources, or as the plugin's. */
export type Face = "dynamic" | "plugin";

/** The one that this run of a test file is about: jest's project says it. */
export const face: Face = (globalThis as { face?: Face }).face ?? "dynamic";

/** The namespace of the stack's configuration that the provider reads. */
export const namespace = face === "plugin" ? "datadog-revocation" : "datadog";

/** The folder of the provider plugin that the tests use, as `plugins:` and `packages:` of a project name it. */
export const builtPlugin = join(__dirname, "../../.cache/plugin/bin");
const resources = join(__dirname, "pluginResources");

/** A file of a program that was written for the package, as it is with the plugin. */
export function withPlugin(path: string, text: string): string {
  if (path === "Pulumi.yaml") {
    return `${text}plugins: { providers: [{ name: datadog-revocation, path: ${JSON.stringify(builtPlugin)} }] }\n`;
  }
  return path.endsWith(".ts") ? text.replaceAll('"pulumi-datadog-revocation"', JSON.stringify(resources)) : text;
}

/** An argument of the CLI, with a key of the package's configuration as the plugin has it. */
export function keyOfPlugin(argument: string): string {
  return argument.replace(/^datadog:/, "datadog-revocation:");
}
