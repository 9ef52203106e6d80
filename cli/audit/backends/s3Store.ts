import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { BucketListing } from "./bucketListing";
import type { LoadPackages } from "./optionalPackage";
import type { Listing, Store } from "./store";
import type { StoreAddress } from "./storeAddress";
import { cannotList, cannotRead } from "./storeErrors";

type Sdk = typeof import("@aws-sdk/client-s3");
/** Of `@aws-sdk/credential-providers`, which only a role takes. */
interface Providers {
  fromTemporaryCredentials(options: object): NonNullable<S3ClientConfig["credentials"]>;
}

/** A bucket of S3, or of what speaks like it. */
export class S3Store implements Store {
  readonly kind = "s3";
  readonly description: string;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(
    address: StoreAddress,
    private readonly sdk: Sdk,
    private readonly client: S3Client,
  ) {
    this.description = address.shown;
    this.#bucket = address.host;
    this.#prefix = address.prefix;
  }

  async list(folder: string): Promise<Listing> {
    const listing = new BucketListing(this.#prefix, folder);
    try {
      const asked = { Bucket: this.#bucket, Prefix: listing.prefix, Delimiter: "/" };
      for await (const page of this.sdk.paginateListObjectsV2({ client: this.client }, asked)) {
        for (const { Key = "", LastModified } of page.Contents ?? []) {
          listing.addFile(Key, LastModified?.getTime() ?? 0);
        }
        for (const { Prefix = "" } of page.CommonPrefixes ?? []) listing.addFolder(Prefix);
      }
    } catch (error) {
      throw cannotList(this.description, error, "the right s3:ListBucket on the bucket");
    }
    return listing;
  }

  async read(key: string): Promise<Buffer | undefined> {
    try {
      const asked = new this.sdk.GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key });
      const { Body } = await this.client.send(asked);
      return Body && Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (error instanceof this.sdk.S3ServiceException && error.name === "NoSuchKey") return undefined;
      throw cannotRead(key, error, "the right s3:GetObject on the bucket's objects, and that of their KMS key");
    }
  }
}

/** Opens a bucket with the parameters and the environment that Pulumi reads. */
export function openS3(address: StoreAddress, packages: LoadPackages, env: NodeJS.ProcessEnv): S3Store {
  const role = address.parameter("role");
  const base = configOf(address, env);
  if (role === undefined) {
    const [sdk] = packages<[Sdk]>("@aws-sdk/client-s3");
    return new S3Store(address, sdk, new sdk.S3Client(base));
  }
  const [sdk, providers] = packages<[Sdk, Providers]>("@aws-sdk/client-s3", "@aws-sdk/credential-providers");
  const { region, profile } = base;
  const credentials = providers.fromTemporaryCredentials({
    params: { RoleArn: role },
    clientConfig: { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) },
  });
  return new S3Store(address, sdk, new sdk.S3Client({ ...base, credentials }));
}

/** @see https://pkg.go.dev/gocloud.dev/aws#V2ConfigFromURLParams and `translateLegacyS3Params` in Pulumi's backend/diy */
function configOf(address: StoreAddress, env: NodeJS.ProcessEnv): S3ClientConfig {
  // Go's SDK reads the second variable too.
  const region = address.parameter("region") ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined);
  const profile = address.parameter("profile");
  const given = address.parameter("endpoint");
  const scheme = address.isSet("disableSSL") || address.isSet("disable_https") ? "http" : "https";
  const endpoint = given === undefined || given.includes("://") ? given : `${scheme}://${given}`;
  const isAnonymous = address.isSet("anonymous");
  return {
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 10_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      // Through HTTPS_PROXY, as Pulumi goes; releases of Node before 24.5 ignore this.
      httpsAgent: { keepAlive: true, maxSockets: 50, proxyEnv: env },
    },
    forcePathStyle: ["use_path_style", "s3ForcePathStyle", "hostname_immutable"].some((name) => address.isSet(name)),
    useAccelerateEndpoint: address.isSet("accelerate"),
    useDualstackEndpoint: address.isSet("dualstack"),
    useFipsEndpoint: address.isSet("fips"),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    // Stores other than Amazon's need not know its newer checksums.
    ...(endpoint !== undefined && { endpoint, responseChecksumValidation: "WHEN_REQUIRED" as const }),
    ...(isAnonymous && {
      credentials: { accessKeyId: "", secretAccessKey: "" },
      signer: { sign: async (request) => request },
    }),
  };
}
