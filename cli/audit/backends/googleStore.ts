import type { Bucket, Storage, StorageOptions } from "@google-cloud/storage";
import { UsageError } from "../../usageError";
import { BucketListing } from "./bucketListing";
import type { LoadPackages } from "./optionalPackage";
import type { Listing, Store } from "./store";
import type { StoreAddress } from "./storeAddress";
import { cannotList, cannotRead } from "./storeErrors";

type Sdk = typeof import("@google-cloud/storage");

/** What the client's types leave out. */
interface Answer {
  readonly prefixes?: readonly string[];
  readonly nextPageToken?: string;
}

/** A bucket of Google Cloud Storage. */
export class GoogleStore implements Store {
  readonly kind = "gs";
  readonly description: string;
  readonly #prefix: string;

  constructor(
    address: StoreAddress,
    private readonly bucket: Bucket,
  ) {
    this.description = address.shown;
    this.#prefix = address.prefix;
  }

  async list(folder: string): Promise<Listing> {
    const listing = new BucketListing(this.#prefix, folder);
    try {
      const { prefix } = listing;
      let pageToken: string | undefined;
      do {
        // Its own pages would leave out the folders.
        const page = { prefix, delimiter: "/", autoPaginate: false, ...(pageToken !== undefined && { pageToken }) };
        const [found, , answer] = await this.bucket.getFiles(page);
        for (const { name, metadata } of found) listing.addFile(name, Date.parse(metadata.updated ?? "") || 0);
        const { prefixes = [], nextPageToken } = (answer ?? {}) as Answer;
        for (const each of prefixes) listing.addFolder(each);
        pageToken = nextPageToken;
      } while (pageToken !== undefined);
    } catch (error) {
      throw cannotList(this.description, error, "the right storage.objects.list on the bucket");
    }
    return listing;
  }

  async read(key: string): Promise<Buffer | undefined> {
    try {
      // As it is stored: what Pulumi compressed is unpacked later.
      const [bytes] = await this.bucket.file(this.#prefix + key).download({ decompress: false });
      return bytes;
    } catch (error) {
      if ((error as { readonly code?: number }).code === 404) return undefined;
      throw cannotRead(key, error, "the right storage.objects.get on the bucket's objects");
    }
  }
}

/** Opens a bucket with the parameters and the environment that Pulumi reads, in its order. */
export function openGoogle(address: StoreAddress, packages: LoadPackages, env: NodeJS.ProcessEnv): GoogleStore {
  const [sdk] = packages<[Sdk]>("@google-cloud/storage");
  return new GoogleStore(address, storageOf(sdk, address, env).bucket(address.host));
}

/** @see `GoogleCredentialsMux` in Pulumi's authhelpers, and https://pkg.go.dev/gocloud.dev/blob/gcsblob#URLOpener */
function storageOf({ Storage }: Sdk, address: StoreAddress, env: NodeJS.ProcessEnv): Storage {
  const universeDomain = address.parameter("universe_domain");
  const options: StorageOptions = {
    // Only accounts and bills go by a project, and looking for one takes time.
    projectId: "unused",
    retryOptions: { maxRetries: 2, totalTimeout: 60 },
    ...(universeDomain !== undefined && { universeDomain }),
  };
  const { STORAGE_EMULATOR_HOST: emulator, GOOGLE_CREDENTIALS: credentials, GOOGLE_OAUTH_ACCESS_TOKEN: token } = env;
  if (emulator) return at(emulator.includes("://") ? emulator : `http://${emulator}`);
  if (address.isSet("anonymous") || address.parameter("access_id") === "-") {
    return at(`https://storage.${universeDomain ?? "googleapis.com"}/`);
  }
  if (credentials) return new Storage({ ...options, credentials: parsed(credentials) });
  return token ? withToken(token) : new Storage(options);

  /** Sends no credentials. */
  function at(apiEndpoint: string): Storage {
    const storage = new Storage({ ...options, apiEndpoint });
    // The client takes the variable for the whole address, with its path.
    storage.baseUrl = `${apiEndpoint.replace(/\/$/, "")}/storage/v1`;
    return storage;
  }

  function withToken(token: string): Storage {
    // Of what signs in, the client uses no more.
    const authClient = { getRequestHeaders: async () => ({ Authorization: `Bearer ${token}` }) };
    return new Storage({ ...options, authClient: authClient as unknown as NonNullable<StorageOptions["authClient"]> });
  }
}

function parsed(credentials: string): NonNullable<StorageOptions["credentials"]> {
  try {
    return JSON.parse(credentials);
  } catch {
    throw new UsageError("GOOGLE_CREDENTIALS is not JSON: it holds a credentials file's content, not its path.");
  }
}
