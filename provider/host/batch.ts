/** What the shards of one batch have in common in this run: what the reviewer is shown, and how far the work has come. */
import type { DatadogClient } from "../datadog/client";
import { now } from "../datadog/rateLimit";
import { toTable } from "../table";
import { info, progress } from "./engine";
import { organization } from "./guards";
import { type LookUp, whoAmI } from "./lookUp";
import { sorted } from "./objects";
import type { Snapshot } from "./record";

/** Which batch a shard belongs to. Nothing of it makes a difference to what is revoked. */
export interface Batch {
  /** Of the component. */
  readonly name: string;
  /** The hex digit that the shard's token ids begin with. */
  readonly shard: string;
  /**
   * Distinct tokens in all shards, and the fuse. Policies read them here, as they see no argument of a component; and
   * with one token more a plan refuses in every shard, before anything is done.
   */
  readonly size: number;
  readonly maxRevocations: number;
}

/** Always all of them, so that a token stays in its shard when others come and go. */
export const SHARDS = [..."0123456789abcdef"];

/** A shard's tokens that are new, and what was seen of them; nothing was when there are no credentials. */
export interface Fresh {
  readonly tokenIds: readonly string[];
  readonly client?: DatadogClient | undefined;
  readonly seen?: ReadonlyMap<string, LookUp> | undefined;
}

/** Tokens that are shown one by one. */
const SHOWN = 20;
const shown = new Map<string, Map<string, Fresh>>();
const begun = new Set<string>();

/** Shows what is new in a batch, when the last of its shards has been checked; not once it is being revoked. */
export async function show({ name, shard }: Batch, fresh: Fresh): Promise<void> {
  const shards = shown.get(name) ?? new Map<string, Fresh>();
  shown.set(name, shards.set(shard, fresh));
  if (begun.has(name) || shards.size < SHARDS.length) return;
  begin(name);
  for (const line of await describe(name, [...shards.values()])) await info(line);
}

/** From now on the batch is being revoked. */
export function begin(name: string): void {
  begun.add(name);
}

async function describe(name: string, parts: readonly Fresh[]): Promise<string[]> {
  const count = parts.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
  if (count === 0) return [];
  const subject = `TokenRevocationBatch ${JSON.stringify(name)}: ${number(count)} ${count === 1 ? "token" : "tokens"} to revoke`;
  const client = parts.find((part) => part.client)?.client;
  if (!client) return [subject];
  const seen = parts.flatMap((part) => [...(part.seen?.values() ?? [])]);
  const alive = seen.flatMap((each) => (each.found === "alive" ? [each.snapshot] : []));
  const gone = seen.filter(({ found }) => found === "gone").length;
  const unseen = seen.find((each) => each.found === "unseen");
  const { actor } = await whoAmI(client);
  const datadog = `Datadog (${new URL(client.apiUrl).host}${actor ? `, ${organization(actor)}` : ""})`;
  const known = `${datadog} knows ${alive.length === count ? "all" : number(alive.length)} of them`;
  const unknown =
    gone === 0
      ? ""
      : `, ${number(gone)} it does not: these were revoked before, or the id, the site or the organization is wrong`;
  const hidden = unseen ? [`names and owners cannot be shown: ${unseen.why}`] : [];
  return [[subject, ...(unseen ? [] : [known + unknown]), ...hidden].join("; "), ...(await table(alive))];
}

async function table(alive: readonly Snapshot[]): Promise<string[]> {
  if (alive.length === 0) return [];
  const first = sorted(alive).slice(0, SHOWN);
  const rows = first.map(({ tokenId, name, owner, kind, lastUsedAt }) => [
    tokenId,
    name,
    owner.handle ?? owner.id,
    kind,
    lastUsedAt === undefined ? "" : (lastUsedAt?.slice(0, 10) ?? "never"),
  ]);
  const more = alive.length - first.length;
  return [
    ...(await toTable(["token id", "name", "owner", "kind", "last used"], rows)),
    ...(more > 0 ? [`… and ${number(more)} more`] : []),
  ];
}

/** Milliseconds between two lines of progress. */
const PAUSE = 3_000;

/** How far a batch has come in this run. */
class Progress {
  /** Tokens that are settled, in this run or before. */
  #settled = 0;
  #acts = 0;
  #startedAt = Number.NaN;
  #saidAt = Number.NaN;

  constructor(private readonly batch: Batch) {}

  /** So many tokens were settled before. */
  skip(count: number): void {
    this.#settled += count;
  }

  start(): void {
    if (Number.isNaN(this.#startedAt)) this.#startedAt = this.#saidAt = now();
  }

  done(): void {
    this.#settled++;
    this.#acts++;
    if (now() - this.#saidAt < PAUSE) return;
    this.#saidAt = now();
    const { name, size } = this.batch;
    const rate = (this.#acts / (now() - this.#startedAt)) * 1000;
    const left = Math.max(0, Math.ceil((size - this.#settled) / rate));
    void progress(
      `${name}: ${number(this.#settled)} of ${number(size)} tokens done, ${number(Math.round(rate))} a second, ` +
        `about ${left < 120 ? `${left} s` : `${Math.ceil(left / 60)} min`} left`,
    );
  }
}

const batches = new Map<string, Progress>();

export function progressOf(batch: Batch): Progress {
  const known = batches.get(batch.name) ?? new Progress(batch);
  batches.set(batch.name, known);
  return known;
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}
