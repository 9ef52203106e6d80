import type { TokenCredential } from "@azure/identity";
import type { ContainerClient, StoragePipelineOptions } from "@azure/storage-blob";
import { UsageError } from "../../usageError";
import { BucketListing } from "./bucketListing";
import type { LoadPackages } from "./optionalPackage";
import type { Listing, Store } from "./store";
import { isTrue, type StoreAddress } from "./storeAddress";
import { cannotList, cannotRead } from "./storeErrors";

type Sdk = typeof import("@azure/storage-blob");
type Identity = typeof import("@azure/identity");

const OPTIONS: StoragePipelineOptions = { retryOptions: { maxTries: 3 } };
/** Milliseconds that a listing may take. The client itself waits for ever, and an audit begins with one. */
const LISTING = 60_000;
/** Milliseconds that a file may take: a state can have hundreds of megabytes. */
const FILE = 300_000;
/** What both need. */
const RIGHT = "the role Storage Blob Data Reader on the container, or a SAS token with the permissions read and list";

/** A container of Azure Blob Storage. */
export class AzureStore implements Store {
  readonly kind = "azblob";
  readonly description: string;
  readonly #prefix: string;

  constructor(
    address: StoreAddress,
    private readonly container: ContainerClient,
  ) {
    this.description = address.shown;
    this.#prefix = address.prefix;
  }

  async list(folder: string): Promise<Listing> {
    const listing = new BucketListing(this.#prefix, folder);
    try {
      const abortSignal = AbortSignal.timeout(LISTING);
      for await (const item of this.container.listBlobsByHierarchy("/", { prefix: listing.prefix, abortSignal })) {
        if (item.kind === "prefix") listing.addFolder(item.name);
        else listing.addFile(item.name, item.properties.lastModified.getTime());
      }
    } catch (error) {
      throw cannotList(this.description, error, RIGHT);
    }
    return listing;
  }

  async read(key: string): Promise<Buffer | undefined> {
    try {
      const { readableStreamBody } = await this.container.getBlobClient(this.#prefix + key).download(0, undefined, {
        abortSignal: AbortSignal.timeout(FILE),
      });
      const parts: Buffer[] = [];
      for await (const part of readableStreamBody ?? []) parts.push(Buffer.from(part));
      return Buffer.concat(parts);
    } catch (error) {
      if ((error as { readonly code?: string }).code === "BlobNotFound") return undefined;
      throw cannotRead(key, error, RIGHT);
    }
  }
}

/** Opens a container with the parameters and the environment that Pulumi reads, in its order. */
export function openAzure(address: StoreAddress, packages: LoadPackages, env: NodeJS.ProcessEnv): AzureStore {
  const connection = env.AZURE_STORAGE_CONNECTION_STRING || env.AZURE_STORAGEBLOB_CONNECTIONSTRING;
  const url = `${serviceUrl(address, env, connection)}/${encodeURIComponent(address.host)}`;
  const { AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key, AZURE_STORAGE_SAS_TOKEN: sas } = env;
  if ((account && key) || sas || connection) {
    const [sdk] = packages<[Sdk]>("@azure/storage-blob");
    return new AzureStore(address, withSecret(sdk));
  }
  const [sdk, identity] = packages<[Sdk, Identity]>("@azure/storage-blob", "@azure/identity");
  const credential: TokenCredential = new identity.DefaultAzureCredential();
  return new AzureStore(address, new sdk.ContainerClient(url, credential, OPTIONS));

  function withSecret(sdk: Sdk): ContainerClient {
    if (account && key) {
      return new sdk.ContainerClient(url, new sdk.StorageSharedKeyCredential(account, key), OPTIONS);
    }
    if (sas) return new sdk.ContainerClient(`${url}?${sas.replace(/^\?/, "")}`, new sdk.AnonymousCredential(), OPTIONS);
    return new sdk.ContainerClient(connection as string, address.host, OPTIONS);
  }
}

/** @see https://pkg.go.dev/gocloud.dev/blob/azureblob#NewServiceURL */
function serviceUrl(address: StoreAddress, env: NodeJS.ProcessEnv, connection: string | undefined): string {
  const connected = new Map((connection ?? "").split(";").map((part) => part.split("=", 2) as [string, string]));
  const account =
    address.parameter("storage_account") ?? (env.AZURE_STORAGE_ACCOUNT || connected.get("AccountName") || undefined);
  if (account === undefined) {
    throw new UsageError(
      `${address.shown} names no storage account: set AZURE_STORAGE_ACCOUNT, or add ?storage_account= to the address.`,
    );
  }
  const given = env.AZURE_STORAGE_PROTOCOL || connected.get("DefaultEndpointsProtocol") || "https";
  const protocol = address.parameter("protocol") ?? given;
  const domain = address.parameter("domain") ?? (env.AZURE_STORAGE_DOMAIN || "blob.core.windows.net");
  const is = (parameter: string, variable: string): boolean => isTrue(address.parameter(parameter) ?? env[variable]);
  if (/^(127\.0\.0\.1|localhost)/.test(domain) || is("localemu", "AZURE_STORAGE_IS_LOCAL_EMULATOR")) {
    return `${protocol}://${domain}/${account}`;
  }
  return is("cdn", "AZURE_STORAGE_IS_CDN") ? `${protocol}://${domain}` : `${protocol}://${account}.${domain}`;
}
