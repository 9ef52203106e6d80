import { alternatives } from "../options";
import { UsageError, unknownName } from "../usageError";
import type { Backend, StackName } from "./backends/backend";
import { findProject } from "./project";

/** What the user asked for. */
export interface Selection {
  readonly stacks: readonly string[];
  readonly project: string | undefined;
  /** Every stack of the backend instead. */
  readonly allProjects?: boolean;
}

/**
 * The stacks to audit: the named ones, or all of the project's, or of the backend.
 *
 * @param folder where a project is looked for, upwards
 * @throws UsageError
 */
export async function selectStacks(backend: Backend, folder: string, wanted: Selection): Promise<StackName[]> {
  if (wanted.allProjects) return everyStack(backend);
  const project = wanted.project ?? (await currentProject(folder));
  if (wanted.stacks.length === 0) return allOf(backend, project);
  const everywhere = project === undefined || wanted.stacks.some((name) => name.includes("/"));
  const known = await backend.stacks(everywhere ? undefined : project);
  const none = `: no stack${project === undefined ? "" : ` of the project ${project}`} in ${backend.description}. ${CHECK}`;
  const found = wanted.stacks.map((name) => findStack(name, known, project, none));
  return sorted([...new Set(found)]);
}

async function allOf(backend: Backend, project: string | undefined): Promise<StackName[]> {
  if (project === undefined) {
    throw new UsageError(
      "No Pulumi project found here. Run this in a project's folder, or give --project, --stack or --all-projects.",
    );
  }
  const stacks = await backend.stacks(project);
  if (stacks.length > 0) return sorted(stacks);
  const projects = [...new Set((await everyStack(backend)).map((stack) => stack.project))];
  const more = ` (no stack of it in ${backend.description})`;
  throw unknownName("project", project, projects, { more, otherwise: useOne(projects) });
}

async function everyStack(backend: Backend): Promise<StackName[]> {
  const stacks = await backend.stacks();
  if (stacks.length === 0)
    throw new UsageError(
      `There are no stacks in ${backend.description}. To read another backend, run pulumi login, or set PULUMI_BACKEND_URL.`,
    );
  return sorted(stacks);
}

const CHECK = "Check --project, and with pulumi whoami --verbose the backend.";

/** Names that an error lists. */
const LISTED = 20;

/** How an error ends that none of the names is near to what was typed. */
function useOne(names: readonly string[]): string {
  return names.length > LISTED ? ": pulumi stack ls --all lists them." : `: use ${alternatives(names)}.`;
}

/** @param none how the error ends when there is no stack at all */
function findStack(wanted: string, known: readonly StackName[], project: string | undefined, none: string): StackName {
  const exact = known.find(({ full, shown }) => wanted === full || wanted === shown);
  if (exact) return exact;
  // Pulumi takes organization/stack too, of the project that it is run in.
  const [, organization = "", base = wanted] = /^([^/]+)\/([^/]+)$/.exec(wanted) ?? [];
  const named = known.filter(({ full, name }) => name === base && full.startsWith(organization && `${organization}/`));
  const [match, ...others] = named.filter((stack) => project === undefined || stack.project === project);
  if (match && others.length === 0) return match;
  if (match) {
    const choices = [match, ...others].map(({ shown }) => shown).join(", ");
    throw new UsageError(`Several projects have a stack of that name. Give --stack one of ${choices}.`);
  }
  const names = known.flatMap(({ name, shown }) => (wanted.includes("/") ? [shown] : [name]));
  throw unknownName("stack", wanted, names, { otherwise: names.length === 0 ? none : useOne(names) });
}

function sorted(stacks: readonly StackName[]): StackName[] {
  return stacks.toSorted((one, other) => (one.shown < other.shown ? -1 : 1));
}

/** The name of the project whose folder this is, or is in. */
async function currentProject(folder: string): Promise<string | undefined> {
  const project = await findProject(folder);
  if (project && project.name === undefined)
    throw new UsageError(`${project.file} does not name a project. Add name: to it.`);
  return project?.name;
}
