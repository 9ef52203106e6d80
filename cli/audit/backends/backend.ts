import * as v from "valibot";
import { UsageError } from "../../usageError";
import { CommandBackend } from "./commandBackend";
import { FolderStore, folderOf } from "./folderStore";
import type { Pulumi } from "./pulumiCommand";
import { SelfManagedBackend } from "./selfManagedBackend";
import type { StackSource } from "./stackSource";

/** A stack of a backend. */
export interface StackName {
  /** As Pulumi takes it. */
  readonly full: string;
  /** As people name it. */
  readonly shown: string;
  readonly project: string;
  readonly name: string;
}

/** Where Pulumi keeps stacks. */
export interface Backend {
  /** For messages: what it is, without a password. */
  readonly description: string;
  /** All stacks, or those of a project. */
  stacks(project?: string): Promise<readonly StackName[]>;
  open(stack: StackName): Promise<StackSource>;
}

const WhoAmI = v.object({ url: v.string() });

/** The backend that `pulumi` uses in that folder. */
export async function findBackend(pulumi: Pulumi): Promise<Backend> {
  const answer = await pulumi.json("whoami", "--verbose").catch((error: unknown) => {
    if (!/PULUMI_ACCESS_TOKEN/.test(String(error))) throw error;
    throw new UsageError(
      "Pulumi is not logged in to a backend. Run pulumi login, or set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN.",
    );
  });
  const { url } = v.parse(WhoAmI, answer);
  const scheme = /^([a-z0-9+]+):\/\//i.exec(url)?.[1]?.toLowerCase() ?? "";
  if (scheme === "file") return new SelfManagedBackend(new FolderStore(folderOf(url, pulumi.folder)));
  const kind = KINDS.get(scheme) ?? scheme;
  return new CommandBackend(kind === "postgres" ? pulumi.withDefaults(ONE_BY_ONE) : pulumi, kind);
}

/** Pulumi 3.259 hangs when it lists more than a few stacks there in parallel: its queries wait for each other. */
const ONE_BY_ONE = { PULUMI_DIY_BACKEND_PARALLEL: "1" };

const KINDS = new Map([
  ["https", "cloud"],
  ["http", "cloud"],
  ["postgresql", "postgres"],
]);
