import * as v from "valibot";
import type { HistoryEntry } from "../historyEntry";
import type { Backend, StackName } from "./backend";
import { type CloudAccess, CloudApi, CloudError, parseJson } from "./cloudApi";
import { digestOf } from "./digest";
import { type Lock, NotThere, type StackSource } from "./stackSource";
import { toldHistory } from "./toldHistory";

/** How many updates are asked for at once. */
const PAGE = 100;

const StackList = v.object({
  stacks: v.array(v.object({ orgName: v.string(), projectName: v.string(), stackName: v.string() })),
  continuationToken: v.nullish(v.string()),
});

const UpdateList = v.object({ updates: v.nullable(v.array(v.unknown())), total: v.optional(v.number()) });

/** An update as the console sees it; what the CLI sees of it is `info`. What is odd beside that hides nothing else. */
const ServiceUpdate = v.object({
  info: v.record(v.string(), v.unknown()),
  version: v.fallback(v.optional(v.number()), undefined),
  requestedBy: v.fallback(v.optional(v.record(v.string(), v.unknown())), undefined),
});

const Stack = v.object({
  currentOperation: v.nullish(
    v.object({ kind: v.string(), author: v.optional(v.string()), started: v.optional(v.number()) }),
  ),
});

/** Pulumi Cloud, Pulumi's own or one that is hosted by others. It is read, and nothing else. */
export class CloudBackend implements Backend {
  readonly description: string;
  readonly #api: CloudApi;
  readonly #organization: string | undefined;

  constructor(
    access: CloudAccess & {
      /** The only one whose stacks are listed; by default those of all that the token's owner belongs to are. */
      readonly organization?: string;
    },
  ) {
    this.#api = new CloudApi(access);
    this.#organization = access.organization;
    this.description = `Pulumi Cloud at ${this.#api.host}`;
  }

  async stacks(project?: string): Promise<readonly StackName[]> {
    const found = new Map<string, StackName>();
    const filter = {
      ...(this.#organization !== undefined && { organization: this.#organization }),
      ...(project !== undefined && { project }),
    };
    let token: string | undefined;
    do {
      const page: v.InferOutput<typeof StackList> = await this.#api.get(
        StackList,
        "The list of stacks",
        ["user", "stacks"],
        {
          ...filter,
          ...(token !== undefined && { continuationToken: token }),
        },
      );
      for (const { orgName, projectName, stackName } of page.stacks) {
        const full = `${orgName}/${projectName}/${stackName}`;
        found.set(full, { full, shown: full, project: projectName, name: stackName });
      }
      if (page.continuationToken === token) break;
      token = page.continuationToken ?? undefined;
    } while (token !== undefined);
    return [...found.values()];
  }

  async open({ full, project }: StackName): Promise<StackSource> {
    const path = ["stacks", ...full.split("/")];
    const damaged: string[] = [];
    const entries = await this.#history(full, path, damaged);
    const { history, read: ofHistory, problems } = toldHistory(full, entries);
    damaged.push(...problems.map((problem) => `${full}: ${problem}`));
    const read = [...ofHistory];
    const STATE = `${full}: state`;
    const AFTER = `${STATE} after deployment `;
    const exported = (name: string): Promise<Buffer> => {
      const version = name.startsWith(AFTER) ? [name.slice(AFTER.length)] : [];
      return this.#api.read(name, [...path, "export", ...version]);
    };
    const parsed = async (name: string): Promise<unknown> => {
      const body = await exported(name);
      read.push({ name, sha256: digestOf(body) });
      return parseJson(name, body);
    };
    return {
      stack: full,
      project,
      backend: "cloud",
      history,
      damaged,
      notes: [],
      read,
      digest: async (name) => {
        const known = ofHistory.find((each) => each.name === name);
        if (known) return known.sha256;
        if (name !== STATE && !name.startsWith(AFTER)) throw new NotThere(`There is no ${name}`);
        return digestOf(await exported(name).catch(whereThere));
      },
      lock: () => this.#lock(full, path, damaged),
      state: () => parsed(STATE),
      checkpoint: (entry) => parsed(`${AFTER}${entry.version}`).catch((error: unknown) => unlessNone(error, entry)),
    };
  }

  /**
   * What each update says, oldest first, as far as it can be read.
   *
   * @param damaged takes in why it ended early
   */
  async #history(full: string, path: readonly string[], damaged: string[]): Promise<object[]> {
    // By version: while pages are read, an update that begins moves the others on.
    const newestFirst = new Map<unknown, object>();
    try {
      for (let page = 1; ; page++) {
        const query = { "output-type": "service", pageSize: String(PAGE), page: String(page) };
        const what = `${full}: the history`;
        const { updates, total } = await this.#api.get(UpdateList, what, [...path, "updates"], query);
        const known = newestFirst.size;
        for (const update of updates ?? []) {
          const entry = entryOf(update);
          const { version } = entry as { version?: unknown };
          newestFirst.set(version ?? entry, entry);
        }
        if (newestFirst.size === known || newestFirst.size >= (total ?? Number.POSITIVE_INFINITY)) break;
      }
    } catch (error) {
      damaged.push((error as Error).message);
    }
    return [...newestFirst.values()].toReversed();
  }

  /** An update that has begun and not ended; also one that was killed, until it is cancelled. */
  async #lock(full: string, path: readonly string[], damaged: string[]): Promise<Lock | undefined> {
    try {
      const { currentOperation } = await this.#api.get(Stack, `${full}: whether a run is under way`, path);
      // A preview does not keep others from the stack.
      if (!currentOperation || currentOperation.kind === "preview") return undefined;
      const { author, started } = currentOperation;
      return { by: author || null, since: started ? new Date(started * 1000).toISOString() : null };
    } catch (error) {
      const { message } = error as Error;
      if (!damaged.includes(message)) damaged.push(message);
      return undefined;
    }
  }
}

/** An update as `toHistoryEntry` takes it, with who asked for it. An older Pulumi Cloud answers with `info` alone. */
function entryOf(update: unknown): object {
  const parsed = v.safeParse(ServiceUpdate, update);
  if (!parsed.success) return Object(update);
  const { info, version, requestedBy } = parsed.output;
  // A new picture is no other entry.
  const { avatarUrl: _, ...who } = requestedBy ?? {};
  return { ...info, ...(version !== undefined && { version }), ...(requestedBy && { requestedBy: who }) };
}

/** A run that did not succeed may have left no state of its own. */
function unlessNone(error: unknown, { deployment }: HistoryEntry): undefined {
  if (error instanceof CloudError && error.status === 404 && deployment?.result !== "succeeded") return undefined;
  throw error;
}

/** @throws NotThere for what Pulumi Cloud does not have */
function whereThere(error: unknown): never {
  if (error instanceof CloudError && error.status === 404) throw new NotThere(error.message);
  throw error;
}
