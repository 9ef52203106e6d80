import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import type { Pool, PoolClient, PoolConfig } from "pg";
import { whyUnread } from "../../output";
import { UsageError } from "../../usageError";
import type { LoadPackages } from "./optionalPackage";
import type { Listing, Store } from "./store";
import type { StoreAddress } from "./storeAddress";
import { cannotList, cannotRead } from "./storeErrors";

type Driver = typeof import("pg");
type Encryption = ConnectionOptions | false;

/** A table that is not there; Pulumi would make it. */
const NO_TABLE = "42P01";

/** A table of PostgreSQL. Only SELECT is ever sent. */
export class PostgresStore implements Store {
  readonly kind = "postgres";
  readonly description: string;
  readonly #prefix: string;
  #pool: Promise<Pool> | undefined;

  /** @param connect makes the pool of connections, once */
  constructor(
    address: StoreAddress,
    private readonly table: string,
    private readonly connect: () => Promise<Pool>,
  ) {
    this.description = address.shown;
    // Pulumi takes the database's name for a folder too.
    this.#prefix = address.prefix;
  }

  async list(folder: string): Promise<Listing> {
    const prefix = `${this.#prefix}${folder}/`;
    const text = `SELECT split_part(substr(key, $2), '/', 1) AS name, position('/' IN substr(key, $2)) > 0 AS within,
      max(updated_at) AS modified FROM ${this.table} WHERE key LIKE $1 GROUP BY 1, 2`;
    try {
      const values = [`${prefix.replace(/[\\%_]/g, "\\$&")}%`, [...prefix].length + 1];
      const rows = await this.#select<{ name: string; within: boolean; modified: Date }>(text, values);
      const isFolder = (row: { within: boolean }): boolean => row.within;
      return {
        files: rows
          .filter((row) => !isFolder(row))
          .map(({ name, modified }) => ({ key: `${folder}/${name}`, modified: modified.getTime() })),
        folders: rows.filter(isFolder).map(({ name }) => name),
      };
    } catch (error) {
      throw cannotList(this.description, error, `the right to SELECT from the table ${this.table}`);
    }
  }

  async read(key: string): Promise<Buffer | undefined> {
    try {
      const text = `SELECT data->>'data' AS data FROM ${this.table} WHERE key = $1`;
      const [row] = await this.#select<{ data: string | null }>(text, [this.#prefix + key]);
      return row && Buffer.from(row.data ?? "", "base64");
    } catch (error) {
      throw cannotRead(key, error, `the right to SELECT from the table ${this.table}`);
    }
  }

  async #select<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    this.#pool ??= this.connect();
    const pool = await this.#pool;
    try {
      return (await pool.query<Row>(text, values)).rows;
    } catch (error) {
      if ((error as { readonly code?: string }).code === NO_TABLE) return [];
      throw error;
    }
  }
}

/** Opens a table with the parameters and the environment that Pulumi's driver, lib/pq, reads. */
export function openPostgres(address: StoreAddress, packages: LoadPackages, env: NodeJS.ProcessEnv): PostgresStore {
  const [driver] = packages<[Driver]>("pg");
  const table = address.parameter("table") ?? "pulumi_state";
  // Pulumi writes the name into its queries as it is.
  if (!/^("[^"]+"|[\p{L}_][\p{L}\d_$]*)(\.("[^"]+"|[\p{L}_][\p{L}\d_$]*))?$/u.test(table)) {
    throw new UsageError(
      "The parameter table of the backend's address is not the name of a table: write it like table=pulumi_state.",
    );
  }
  const ours = ["table", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslsni", "sslnegotiation", "sslinline"];
  const url = new URL(address.text);
  for (const name of ours) url.searchParams.delete(name);
  const config: PoolConfig = {
    connectionString: url.href,
    max: 8,
    // The process can end while connections are open.
    allowExitOnIdle: true,
    idleTimeoutMillis: 5_000,
    connectionTimeoutMillis: 15_000,
    query_timeout: 60_000,
    application_name: "pulumi-datadog-revocation audit",
  };
  return new PostgresStore(address, table, () => connected(driver, config, encryptions(address, env)));
}

/** Takes the first way that the server lets in. */
async function connected({ Pool }: Driver, config: PoolConfig, ways: readonly Encryption[]): Promise<Pool> {
  let failure: unknown;
  for (const ssl of ways) {
    const pool = new Pool({ ...config, ssl });
    // A connection that is lost while nobody uses it: the next query tells.
    pool.on("error", () => {});
    try {
      const client: PoolClient = await pool.connect();
      client.release();
      return pool;
    } catch (error) {
      failure ??= error;
      await pool.end();
    }
  }
  throw failure;
}

/** What is tried one after the other. @see https://pkg.go.dev/github.com/lib/pq and its ssl.go */
function encryptions(address: StoreAddress, env: NodeJS.ProcessEnv): Encryption[] {
  const root = address.parameter("sslrootcert") ?? (env.PGSSLROOTCERT || homeFile("root.crt"));
  const mode = address.parameter("sslmode") ?? (env.PGSSLMODE || (root === "system" ? "verify-full" : "require"));
  if (mode === "disable") return [false];
  const own = {
    cert: contentOf(address.parameter("sslcert") ?? (env.PGSSLCERT || homeFile("postgresql.crt"))),
    key: contentOf(address.parameter("sslkey") ?? (env.PGSSLKEY || homeFile("postgresql.key"))),
    ca: root === "system" ? undefined : contentOf(root),
  };
  const given = Object.fromEntries(Object.entries(own).filter(([, content]) => content !== undefined));
  const verifies = mode.startsWith("verify-") || given.ca !== undefined;
  const tls: ConnectionOptions = {
    ...given,
    rejectUnauthorized: verifies,
    // Only verify-full looks at the name.
    ...(mode !== "verify-full" && { checkServerIdentity: () => undefined }),
  };
  if (mode === "allow") return [false, tls];
  return mode === "prefer" ? [tls, false] : [tls];
}

function homeFile(name: string): string | undefined {
  const file = join(homedir(), ".postgresql", name);
  return existsSync(file) ? file : undefined;
}

function contentOf(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${whyUnread(error)}.`);
  }
}
