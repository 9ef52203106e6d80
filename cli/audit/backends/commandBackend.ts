import * as v from "valibot";
import { type HistoryEntry, toHistoryEntry } from "../historyEntry";
import type { Backend, StackName } from "./backend";
import { digestOf } from "./digest";
import type { Pulumi } from "./pulumiCommand";
import { NotThere, type ReadObject, type StackSource } from "./stackSource";

const StackList = v.array(v.object({ name: v.string() }));

/** The most entries that are asked for at once where history comes in pages. */
const PAGE = 100;

/** Every backend that only `pulumi` itself can read: Pulumi Cloud, PostgreSQL, object stores. */
export class CommandBackend implements Backend {
  readonly description: string;

  /** @param kind `"cloud"`, `"postgres"`, `"s3"`, … */
  constructor(
    private readonly pulumi: Pulumi,
    private readonly kind: string,
  ) {
    this.description = kind === "cloud" ? "Pulumi Cloud" : `a ${kind} backend`;
  }

  async stacks(project?: string): Promise<readonly StackName[]> {
    const which = project === undefined ? ["--all"] : ["--project", project];
    const listed = await this.pulumi.json("stack", "ls", "--fully-qualify-stack-names", ...which);
    return v.parse(StackList, listed).map(({ name: full }) => {
      const parts = full.split("/");
      const [organization, owner = "", name = ""] = parts.length === 3 ? parts : ["organization", "", full];
      // Backends other than Pulumi Cloud have one organization, of this name.
      const shown = organization === "organization" && owner !== "" ? `${owner}/${name}` : full;
      return { full, shown, project: owner, name };
    });
  }

  async open({ full, shown, project }: StackName): Promise<StackSource> {
    const damaged: string[] = [];
    const entries = await this.#history(full).catch((error: Error) => {
      damaged.push(error.message);
      return [];
    });
    const history = entries.map((entry, index) => toHistoryEntry(entry, index + 1));
    for (const { version, deployment } of history) {
      if (deployment === null)
        damaged.push(`the history entry of deployment ${version} cannot be read, or is of a later version`);
    }
    const read: ReadObject[] = history.map(({ version }, index) => ({
      name: `${full}: deployment ${version}`,
      sha256: digestOf(JSON.stringify(entries[index])),
    }));
    const printed = new Map(read.map(({ name, sha256 }) => [name, sha256]));
    const exported = async (name: string, ...which: string[]): Promise<unknown> => {
      const text = await this.pulumi.run("stack", "export", "--stack", full, ...which);
      read.push({ name, sha256: digestOf(text) });
      return JSON.parse(text);
    };
    const STATE = `${full}: state`;
    const AFTER = `${full}: state after deployment `;
    const source = {
      stack: shown,
      project,
      backend: this.kind,
      history,
      damaged,
      read,
      digest: async (name: string) => {
        const version = name.startsWith(AFTER) ? ["--version", name.slice(AFTER.length)] : [];
        const known = printed.get(name);
        if (known !== undefined) return known;
        if (name !== STATE && version.length === 0) throw new NotThere(`There is no ${name}`);
        return digestOf(await this.pulumi.run("stack", "export", "--stack", full, ...version));
      },
      // Pulumi shows no locks.
      lock: async () => undefined,
      state: () => exported(STATE),
    };
    if (this.kind !== "cloud") return { ...source, notes: [notKept(this.kind, history)] };
    return {
      ...source,
      notes: [],
      checkpoint: ({ version }) => exported(`${AFTER}${version}`, "--version", String(version)),
    };
  }

  /** Oldest first, as Pulumi prints it. */
  async #history(full: string): Promise<unknown[]> {
    // Only Pulumi Cloud has pages; the others read everything for each.
    const size = this.kind === "cloud" ? PAGE : 0;
    let newestFirst: unknown[] = [];
    for (let page = 1; ; page++) {
      const sizes = ["--page-size", String(size), "--page", String(page)];
      const entries = await this.pulumi.json("stack", "history", "--stack", full, ...sizes);
      if (!Array.isArray(entries) || entries.length === 0) break;
      newestFirst = newestFirst.concat(entries);
      if (size === 0 || entries.length < size) break;
    }
    return newestFirst.reverse();
  }
}

function notKept(kind: string, history: readonly HistoryEntry[]): string {
  const removing = history.filter(({ changes }) =>
    Object.entries(changes ?? {}).some(([operation, count]) => count > 0 && /delete|replace|discard/.test(operation)),
  );
  const where = removing.map(({ version }) => version).join(", ");
  const risk = where === "" ? "No deployment removed a resource" : `Deployments that removed resources: ${where}`;
  return (
    `Old checkpoints cannot be read from a ${kind} backend: records that are no longer in state are not shown, ` +
    `and of records of release 0.1.0, which have no act, a reason, ticket or actor that was changed later is not known. ${risk}`
  );
}
