import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";

/** A resource as Pulumi stores it. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly outputs?: object;
  readonly [field: string]: unknown;
}

export interface Entry {
  readonly kind: string;
  readonly message: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly result: string;
  /** Seconds since 1970. */
  readonly startTime: number;
  readonly endTime: number;
  readonly resourceChanges?: Readonly<Record<string, number>>;
}

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc:def" };
const TYPE = "pulumi-nodejs:dynamic/datadog-revocation:";
const BATCH = "datadog-revocation:index:TokenRevocationBatch";

/** A secret, as Pulumi stores one. */
export const secret = (): object => ({ ...SECRET });

/** The n-th of as many token ids as anybody wants. */
export const tokenId = (n: number): string => `${n.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;

/** What Datadog said of a token. */
export const snapshot = (id: string, name = "ci-deploy"): object => ({
  tokenId: id,
  kind: "personal",
  name,
  owner: { id: "bcc8bb38-d1e1-4b52-adda-ebf269e3259c", type: "users", handle: "robin.okafor@example.com" },
  scopes: ["dashboards_read"],
  createdAt: "2026-01-05T05:18:08.287Z",
  expiresAt: null,
  lastUsedAt: null,
});

export const ACTOR = { id: "a-1", handle: "ops@example.com", organizationId: "0e7a0000-0000-4000-8000-000000000001" };

/** A record, as one revocation leaves it. */
export const record = (id: string, revokedAt: string, more: object = {}): object => ({
  tokenId: id,
  status: "revoked",
  outcome: "revoked",
  revokedAt,
  httpStatus: 204,
  verifiedAt: new Date(Date.parse(revokedAt) + 500).toISOString(),
  snapshot: snapshot(id),
  ...more,
});

export const urn = (type: string, name: string): string => `urn:pulumi:dev::shop::${type}::${name}`;

export const revocation = (name: string, outputs: object, more: object = {}): Resource => ({
  urn: urn(`${TYPE}TokenRevocation`, name),
  type: `${TYPE}TokenRevocation`,
  outputs: { actor: ACTOR, apiUrl: "https://api.datadoghq.eu", ...outputs },
  ...more,
});

export const shard = (batch: string, digit: string, outputs: object, more: object = {}): Resource => ({
  urn: urn(`${BATCH}$${TYPE}TokenRevocationShard`, `${batch}-${digit}`),
  parent: urn(BATCH, batch),
  type: `${TYPE}TokenRevocationShard`,
  outputs: { actor: ACTOR, apiUrl: "https://api.datadoghq.eu", failures: [], status: "revoked", ...outputs },
  ...more,
});

export const sweep = (name: string, outputs: object): Resource => ({
  urn: urn(`${TYPE}TokenSweep`, name),
  type: `${TYPE}TokenSweep`,
  outputs: { actor: ACTOR, apiUrl: "https://api.datadoghq.eu", failures: [], ...outputs },
});

/** The same resource as the plugin's. */
export const asPlugins = (resource: Resource): Resource =>
  JSON.parse(JSON.stringify(resource).replaceAll(TYPE, "datadog-revocation:index:"));

/** A history that a test makes: deployments one after the other, a minute each, ten minutes apart. */
export class StackHistory {
  readonly entries: Entry[] = [];
  /** After each deployment; one without is undefined. */
  readonly checkpoints: (object | undefined)[] = [];
  readonly resources = new Map<string, Resource>();
  pending: object[] = [];
  /** When the next deployment begins: seconds since 1970. */
  now = Date.UTC(2026, 0, 1) / 1000;

  /** A time within the next deployment, so many milliseconds after its beginning. */
  at(milliseconds = 5_000): string {
    return new Date(this.now * 1000 + milliseconds).toISOString();
  }

  /** Runs a deployment; what `killed` ones do stands in state, and nowhere else. */
  deploy(wanted: readonly Resource[], how: Partial<Entry> & { killed?: boolean } = {}): void {
    const { killed, ...more } = how;
    const changes: Record<string, number> = {};
    const count = (operation: string): void => {
      changes[operation] = (changes[operation] ?? 0) + 1;
    };
    const names = new Set(wanted.map(({ urn }) => urn));
    for (const known of [...this.resources.keys()]) {
      if (names.has(known)) continue;
      this.resources.delete(known);
      count("delete");
    }
    for (const resource of wanted) {
      const known = this.resources.get(resource.urn);
      const isSame = known !== undefined && JSON.stringify(known.outputs) === JSON.stringify(resource.outputs);
      count(known === undefined ? "create" : isSame ? "same" : "update");
      if (!isSame) this.resources.set(resource.urn, { ...resource, modified: this.at(6_000) });
    }
    if (!killed) {
      const entry = { kind: "update", message: "", environment: {}, result: "succeeded", resourceChanges: changes };
      this.entries.push({ ...entry, startTime: this.now, endTime: this.now + 60, ...more });
      this.checkpoints.push(this.checkpoint());
    }
    this.now += 600;
  }

  /** Has the next deployment find all resources as the plugin's: what aliases do when a program changes over. */
  move(): void {
    const resources = [...this.resources.values()].map(asPlugins);
    this.resources.clear();
    for (const resource of resources) this.resources.set(resource.urn, resource);
  }

  /** As a file backend stores it. */
  checkpoint(): object {
    const latest = { resources: [...this.resources.values()], pending_operations: this.pending };
    return { version: 3, checkpoint: { stack: "organization/shop/dev", latest } };
  }

  /**
   * Writes a file backend.
   *
   * @param options order: in which its files are made; isLegacy: in the layout that has no folders for projects
   */
  write(
    folder: string,
    options: { compress?: "gzip" | "zstd"; order?: (files: string[]) => string[]; isLegacy?: boolean } = {},
  ): void {
    const stack = options.isLegacy ? "dev" : join("shop", "dev");
    const files = new Map<string, object>([[join("stacks", `${stack}.json`), this.checkpoint()]]);
    for (const [index, entry] of this.entries.entries()) {
      const base = join("history", stack, `dev-${entry.endTime}000000000`);
      files.set(`${base}.history.json`, entry);
      const checkpoint = this.checkpoints[index];
      if (checkpoint) files.set(`${base}.checkpoint.json`, checkpoint);
    }
    const { compress, order = (names) => names } = options;
    for (const name of order([...files.keys()])) {
      const bytes = Buffer.from(JSON.stringify(files.get(name)));
      const path = join(folder, ".pulumi", name);
      mkdirSync(join(path, ".."), { recursive: true });
      if (compress === "gzip") writeFileSync(`${path}.gz`, gzipSync(bytes));
      else if (compress === "zstd") writeFileSync(`${path}.zst`, zstdCompressSync(bytes));
      else writeFileSync(path, bytes);
    }
  }
}
