import * as v from "valibot";
import { Pulumi } from "./audit/backends/pulumiCommand";
import { findProject } from "./audit/project";
import { UsageError } from "./usageError";

/** Where a stack's configuration is. */
export interface Where {
  /** Where its project is looked for, upwards. */
  readonly folder: string;
  /** As Pulumi takes it; undefined: the one that is selected, or the only one. */
  readonly stack: string | undefined;
}

/** What a stack's configuration says of Datadog, decrypted. */
export interface StackConfiguration {
  /** As people name it. */
  readonly stack: string;
  /** By keys such as `datadog:apiKey`. */
  readonly values: ReadonlyMap<string, string>;
}

const Printed = v.record(v.string(), v.object({ value: v.optional(v.string()) }));
const StackList = v.array(v.object({ name: v.string() }));

/**
 * Has Pulumi decrypt a stack's configuration. What it prints goes nowhere else, not even into an error.
 *
 * @throws UsageError where there is no project or no stack, it is another project's, or Pulumi cannot read it
 */
export async function readStackConfiguration({ folder, stack }: Where): Promise<StackConfiguration> {
  const project = await findProject(folder);
  if (!project)
    throw new UsageError("There is no Pulumi project here: run this in its folder, or give that folder with --cwd");
  const [, owner, own] = stack?.split("/") ?? [];
  // Pulumi would read this folder's file for the other project's stack.
  if (own !== undefined && owner !== project.name) {
    throw new UsageError(
      `The configuration of stack ${owner}/${own} is in the folder of its project: run this there, or give that folder with --cwd`,
    );
  }
  const pulumi = await Pulumi.find(folder);
  const name = stack ?? (await chosenStack(pulumi));
  const printed = await pulumi.run("config", "--json", "--show-secrets", "--stack", name);
  const values = new Map<string, string>();
  for (const [key, { value }] of Object.entries(parse(printed))) {
    if (/^datadog(-revocation)?:/.test(key) && value !== undefined) values.set(key, value);
  }
  const shown = name.includes("/") || project.name === undefined ? name : `${project.name}/${name}`;
  return { stack: shown.replace(/^organization\/(?=.*\/)/, ""), values };
}

async function chosenStack(pulumi: Pulumi): Promise<string> {
  // It fails where none is selected. What else may be wrong, listing them says.
  const selected = await pulumi.run("stack", "--show-name").catch(() => "");
  if (selected.trim() !== "") return selected.trim();
  const stacks = v.parse(StackList, await pulumi.json("stack", "ls"));
  const [only, ...others] = stacks;
  if (!only) throw new UsageError("The project has no stack: create one with pulumi stack init");
  if (others.length === 0) return only.name;
  throw new UsageError("The project has several stacks, and none is selected: give one with --stack");
}

function parse(printed: string): v.InferOutput<typeof Printed> {
  try {
    return v.parse(Printed, JSON.parse(printed));
  } catch {
    throw new UsageError(
      "What pulumi config prints is not a configuration that this version knows: set the environment variables instead",
    );
  }
}
