import * as v from "valibot";
import { UsageError } from "../../usageError";
import { openAzure } from "./azureStore";
import { backendUrl } from "./backendUrl";
import { CloudBackend } from "./cloudBackend";
import { accessTokenOf, encrypted } from "./cloudCredentials";
import { CommandBackend } from "./commandBackend";
import { FolderStore, folderOf } from "./folderStore";
import { openGoogle } from "./googleStore";
import { type LoadPackages, PackageMissing, packagesFrom } from "./optionalPackage";
import { openPostgres } from "./postgresStore";
import { Pulumi } from "./pulumiCommand";
import { openS3 } from "./s3Store";
import { SelfManagedBackend } from "./selfManagedBackend";
import type { StackSource } from "./stackSource";
import type { Store } from "./store";
import { StoreAddress } from "./storeAddress";

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
  /** @param isEvidence whether the source is to say what was read; default true. Without, it may say nothing */
  open(stack: StackName, isEvidence?: boolean): Promise<StackSource>;
}

/** How each kind of store is opened. */
const STORES: Readonly<
  Record<string, (address: StoreAddress, packages: LoadPackages, env: NodeJS.ProcessEnv) => Store>
> = { s3: openS3, azblob: openAzure, gs: openGoogle, postgres: openPostgres };

const WhoAmI = v.object({ url: v.string() });

/**
 * The backend that `pulumi` uses in a folder. The command itself is only run where the files cannot be read directly.
 *
 * @param packages where the clients of stores are found
 */
export async function findBackend(
  folder: string,
  env: NodeJS.ProcessEnv,
  packages: LoadPackages = packagesFrom(folder),
): Promise<Backend> {
  const url = (await backendUrl(folder, env)) ?? (await askPulumi(folder));
  const kind = /^([a-z0-9+]+):\/\//i.exec(url)?.[1]?.toLowerCase() ?? "";
  if (kind === "https" || kind === "http")
    return new CloudBackend({ apiUrl: url, accessToken: accessTokenOf(url, env) });
  if (kind === "file") return new SelfManagedBackend(new FolderStore(folderOf(url, folder)));
  const open = STORES[kind];
  if (!open) {
    const known = [...Object.keys(STORES), "file", "https"].map((each) => `${each}://`).join(", ");
    // Whatever else the address is, it may hold a password.
    const what = kind === "" ? "The backend's address" : `${kind}://`;
    throw new UsageError(`${what} is not one that audit can read: it must begin with one of ${known}.`);
  }
  try {
    return new SelfManagedBackend(open(new StoreAddress(url), packages, env));
  } catch (error) {
    if (!(error instanceof PackageMissing)) throw error;
    const pulumi = await Pulumi.find(folder);
    const advice = `To read everything, install its client: npm install --save-dev ${error.names}`;
    return new CommandBackend(kind === "postgres" ? pulumi.withDefaults(ONE_BY_ONE) : pulumi, kind, advice);
  }
}

/** Pulumi 3.259 hangs when it lists more than a few stacks there in parallel: its queries wait for each other. */
const ONE_BY_ONE = { PULUMI_DIY_BACKEND_PARALLEL: "1" };

async function askPulumi(folder: string): Promise<string> {
  const pulumi = await Pulumi.find(folder);
  const { url } = v.parse(WhoAmI, await pulumi.json("whoami", "--verbose"));
  // Of Pulumi Cloud it prints the address of the user's page, or none at all.
  if (url === "" || /^https?:/i.test(url)) throw encrypted();
  return url;
}
