import type { Batch } from "../core/arguments";
import { SHARDS } from "../core/arguments";
import { type LookUp, whoAmI } from "../core/lookUp";
import type { Messages } from "../core/messages";
import { sorted } from "../core/objects";
import type { Snapshot } from "../core/records";
import { warnOfRights } from "../core/rights";
import type { Session } from "../core/session";
import { tokenTable } from "../core/tokenTable";
import { answeredBy, RECORDS_LOST } from "../core/wording";
import { counted, grouped } from "../text/counts";

/** A shard's tokens that are new, and what was seen of them; nothing was when there are no credentials. */
export interface Fresh {
  readonly tokenIds: readonly string[];
  readonly session?: Session | undefined;
  readonly seen?: ReadonlyMap<string, LookUp> | undefined;
  /** As declared. */
  readonly serviceAccountId?: string | undefined;
}

/** Tokens that are shown one by one. */
const SHOWN = 20;

/** What one run shows of what is new in a batch: once for all of its shards. */
export class BatchPreview {
  readonly #shards = new Map<string, Fresh>();
  #isOver = false;

  constructor(private readonly messages: Messages) {}

  /** Takes a shard's part, and shows the whole with the last one; not once the batch is being revoked. */
  async show(batch: Batch, fresh: Fresh): Promise<void> {
    this.#shards.set(batch.shard, fresh);
    if (this.#isOver || this.#shards.size < SHARDS.length) return;
    this.end();
    const parts = [...this.#shards.values()];
    for (const line of await toLines(batch, parts)) await this.messages.info(line);
    const session = sessionOf(parts);
    if (session) await warnOfRights(session, sorted([...aliveIn(parts), ...unseenIn(parts)]));
  }

  /** Nothing is shown any more. */
  end(): void {
    this.#isOver = true;
  }
}

function sessionOf(parts: readonly Fresh[]): Session | undefined {
  return parts.find(({ session }) => session)?.session;
}

function aliveIn(parts: readonly Fresh[]): Snapshot[] {
  const seen = parts.flatMap((part) => [...(part.seen?.values() ?? [])]);
  return seen.flatMap((each) => (each.found === "alive" ? [each.snapshot] : []));
}

function unseenIn(
  parts: readonly Fresh[],
): { readonly tokenId: string; readonly serviceAccountId?: string | undefined }[] {
  return parts.flatMap(({ seen = new Map<string, LookUp>(), serviceAccountId }) =>
    [...seen].flatMap(([tokenId, { found }]) => (found === "unseen" ? [{ tokenId, serviceAccountId }] : [])),
  );
}

async function toLines({ name, size, repeated = 0 }: Batch, parts: readonly Fresh[]): Promise<string[]> {
  const count = parts.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
  if (count === 0) return [];
  const subject = `TokenRevocationBatch ${JSON.stringify(name)}: ${counted(count, "token")} to revoke`;
  const total = size + repeated;
  const repeats =
    repeated === 0 ? "" : `. ${grouped(repeated)} of the ${grouped(total)} listed are repeats and count once`;
  const session = sessionOf(parts);
  if (!session) return [subject + repeats];
  const seen = parts.flatMap((part) => [...(part.seen?.values() ?? [])]);
  const alive = aliveIn(parts);
  const table = alive.length === 0 ? [] : await tokenTable(sorted(alive), { atMost: SHOWN });
  const unseen = seen.find((each) => each.found === "unseen");
  if (unseen) return [`${subject}; names and owners cannot be shown: ${unseen.why}${repeats}`, ...table];
  const gone = seen.filter(({ found }) => found === "gone").length;
  const { actor } = await whoAmI(session);
  const known = `${answeredBy(session, actor)} knows ${alive.length === count ? "all" : grouped(alive.length)} of them`;
  const unknown =
    gone === 0
      ? ""
      : `, and does not know ${grouped(gone)}: these were revoked before, or the id, the site or the organization is wrong. ` +
        "They may also be service accounts' tokens, which these credentials cannot see: set serviceAccountId, or give " +
        `their public portions with ddsat_ in tokens. ${RECORDS_LOST}`;
  return [`${subject}; ${known}${unknown}${repeats}`, ...table];
}
