import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { Pool } from "pg";
import { afterwards } from "../afterwards";
import { startPostgres } from "../postgres";
import { ACCOUNT, KEY, startAzurite } from "./azurite";
import { startGoogleServer } from "./googleServer";
import { startS3Server } from "./s3Server";

/** A self-managed backend that a test fills, and looks at from outside. */
export interface TestBackend {
  /** As reports name it. */
  readonly kind: string;
  /** For PULUMI_BACKEND_URL. */
  readonly url: string;
  /** What Pulumi and the audit need besides. */
  readonly env: Readonly<Record<string, string>>;
  /** Stores a file, by its key from the backend's root. */
  put(key: string, bytes: Buffer): Promise<void>;
  /** Everything that is stored, the table itself included. */
  content(): Promise<Map<string, string>>;
  /** Removes everything. */
  clear(): Promise<void>;
}

/** Copies what stands in a folder. */
export async function fill(backend: TestBackend, folder: string): Promise<void> {
  for (const file of filesIn(folder)) await backend.put(relative(folder, file), readFileSync(file));
}

export async function folderBackend(): Promise<TestBackend> {
  const folder = mkdtempSync(join(tmpdir(), "backend-"));
  afterwards(() => rmSync(folder, { recursive: true, force: true }));
  return {
    kind: "file",
    url: `file://${folder}`,
    env: {},
    put: async (key, bytes) => {
      mkdirSync(dirname(join(folder, key)), { recursive: true });
      writeFileSync(join(folder, key), bytes);
    },
    content: async () => new Map(filesIn(folder).map((file) => [relative(folder, file), hex(readFileSync(file))])),
    clear: async () => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    },
  };
}

/** @param folder in the bucket */
export async function s3Backend(
  folder = "some team",
): Promise<TestBackend & { server: Awaited<ReturnType<typeof startS3Server>> }> {
  const server = await startS3Server();
  afterwards(() => server.stop());
  const parameters = `region=us-east-1&endpoint=127.0.0.1:${server.port}&disableSSL=true&s3ForcePathStyle=true`;
  return {
    kind: "s3",
    url: `s3://state/${encodeURIComponent(folder)}?${parameters}`,
    env: {
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "planted secret key",
      AWS_EC2_METADATA_DISABLED: "true",
    },
    server,
    put: async (key, bytes) => void server.objects.set(`${folder}/${key}`, { bytes, modified: new Date() }),
    content: async () => new Map([...server.objects].map(([key, { bytes }]) => [key, hex(bytes)])),
    clear: async () => server.objects.clear(),
  };
}

export async function azureBackend(): Promise<TestBackend & { container: ContainerClient; port: number }> {
  const port = await startAzurite();
  const service = new BlobServiceClient(
    `http://127.0.0.1:${port}/${ACCOUNT}`,
    new StorageSharedKeyCredential(ACCOUNT, KEY),
  );
  const container = service.getContainerClient("state");
  await container.create();
  const names = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { name } of container.listBlobsFlat()) found.push(name);
    return found;
  };
  return {
    kind: "azblob",
    url: `azblob://state/team?localemu=true&domain=127.0.0.1:${port}&protocol=http`,
    env: { AZURE_STORAGE_ACCOUNT: ACCOUNT, AZURE_STORAGE_KEY: KEY },
    container,
    port,
    put: async (key, bytes) => {
      await container.getBlockBlobClient(`team/${key}`).uploadData(bytes);
    },
    content: async () => {
      const found = new Map<string, string>();
      for (const name of await names()) found.set(name, hex(await container.getBlobClient(name).downloadToBuffer()));
      return found;
    },
    clear: async () => {
      for (const name of await names()) await container.deleteBlob(name);
    },
  };
}

/** For reading alone. */
export async function googleBackend(): Promise<
  TestBackend & { server: Awaited<ReturnType<typeof startGoogleServer>> }
> {
  const server = await startGoogleServer();
  afterwards(() => server.stop());
  return {
    kind: "gs",
    url: "gs://state/team/",
    env: { STORAGE_EMULATOR_HOST: `127.0.0.1:${server.port}` },
    server,
    put: async (key, bytes) => void server.objects.set(`team/${key}`, bytes),
    content: async () => new Map([...server.objects].map(([key, bytes]) => [key, hex(bytes)])),
    clear: async () => server.objects.clear(),
  };
}

export async function postgresBackend(): Promise<TestBackend & { pool: Pool; url: string }> {
  const { url } = await startPostgres();
  const pool = new Pool({ connectionString: url, max: 4 });
  pool.on("error", () => {});
  afterwards(() => pool.end());
  let made: Promise<unknown> | undefined;
  const hasTable = async (): Promise<boolean> =>
    (await pool.query("SELECT to_regclass('pulumi_state') AS name")).rows[0]?.name !== null;
  return {
    kind: "postgres",
    url,
    env: {},
    pool,
    put: async (key, bytes) => {
      // As Pulumi makes it; two at once would make its type twice.
      made ??= pool.query(
        "CREATE TABLE IF NOT EXISTS pulumi_state (key TEXT PRIMARY KEY, data JSON NOT NULL, updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now())",
      );
      await made;
      const data = JSON.stringify({ data: bytes.toString("base64") });
      await pool.query(
        "INSERT INTO pulumi_state (key, data) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET data = $2, updated_at = now()",
        [`postgres/${key}`, data],
      );
    },
    content: async () => {
      if (!(await hasTable())) return new Map();
      const { rows } = await pool.query<{ key: string; data: object; at: string }>(
        "SELECT key, data, updated_at::text AS at FROM pulumi_state",
      );
      return new Map([
        ["", "the table"],
        ...rows.map(({ key, data, at }) => [key, `${at} ${JSON.stringify(data)}`] as const),
      ]);
    },
    clear: async () => {
      made = undefined;
      await pool.query("DROP TABLE IF EXISTS pulumi_state");
    },
  };
}

const hex = (bytes: Buffer): string => bytes.toString("hex");

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
