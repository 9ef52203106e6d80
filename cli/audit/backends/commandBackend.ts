import * as v from "valibot";
import { UsageError } from "../../usageError";
import type { HistoryEntry } from "../historyEntry";
import type { Backend, StackName } from "./backend";
import { digestOf } from "./digest";
import type { Pulumi } from "./pulumiCommand";
import { NotThere, type StackSource } from "./stackSource";
import { toldHistory } from "./toldHistory";

const StackList = v.array(v.object({ name: v.string() }));

/** A backend that is read by what `pulumi` prints, as the client of its store is not installed. */
export class CommandBackend implements Backend {
  readonly description: string;

  /**
   * @param kind `"postgres"`, `"s3"`, …
   * @param advice how to see what this does not show
   */
  constructor(
    private readonly pulumi: Pulumi,
    private readonly kind: string,
    private readonly advice: string,
  ) {
    this.description = `a ${kind} backend`;
  }

  async stacks(project?: string): Promise<readonly StackName[]> {
    const which = project === undefined ? ["--all"] : ["--project", project];
    const listed = await this.pulumi.json("stack", "ls", "--fully-qualify-stack-names", ...which).catch((error) => {
      // One state that it cannot read hides all stacks.
      throw new UsageError(`${error.message}. ${this.advice}`);
    });
    return v.parse(StackList, listed).map(({ name: full }) => {
      const parts = full.split("/");
      const [organization, owner = "", name = ""] = parts.length === 3 ? parts : ["organization", "", full];
      // There is one organization, of this name.
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
    const { history, read: ofHistory, problems } = toldHistory(full, entries);
    damaged.push(...problems);
    const read = [...ofHistory];
    const STATE = `${full}: state`;
    const exported = (): Promise<string> => this.pulumi.run("stack", "export", "--stack", full);
    return {
      stack: shown,
      project,
      backend: this.kind,
      history,
      damaged,
      notes: [`${notKept(this.kind, history)}. ${this.advice}`],
      read,
      digest: async (name: string) => {
        const known = ofHistory.find((each) => each.name === name);
        if (known) return known.sha256;
        if (name !== STATE) throw new NotThere(`There is no ${name}`);
        return digestOf(await exported());
      },
      // Pulumi shows no locks.
      lock: async () => undefined,
      state: async () => {
        const text = await exported();
        read.push({ name: STATE, sha256: digestOf(text) });
        return JSON.parse(text);
      },
    };
  }

  /** Oldest first, as Pulumi prints it: all at once, as it reads everything for each page. */
  async #history(full: string): Promise<unknown[]> {
    const newestFirst = await this.pulumi.json("stack", "history", "--stack", full, "--page-size", "0", "--page", "1");
    return Array.isArray(newestFirst) ? newestFirst.toReversed() : [];
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
