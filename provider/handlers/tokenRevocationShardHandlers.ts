import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { type Batch, type Revocation, SHARD_VALIDATORS, type ShardArguments } from "../core/arguments";
import { guardRun } from "../core/guards";
import { lookUpMany } from "../core/lookUpMany";
import { compact, pick, sorted } from "../core/objects";
import { presentRecords } from "../core/presentRecords";
import type { Failure, RevocationRecord, Status } from "../core/records";
import { revokeMany, type Target } from "../core/revokeMany";
import type { Run } from "../core/run";
import { demandValid } from "../core/validators";
import { notChecked, notLookedUp } from "../core/wording";
import type { Actor } from "../datadog/client";
import { NO_CREDENTIALS } from "../datadog/settings";
import { counted } from "../text/counts";
import { sentence } from "../text/plainLine";
import { BatchPreview } from "./batchPreview";
import { BatchProgress } from "./batchProgress";
import { checked, type Handlers, type Provided, splitUnknown } from "./checking";

/** What a batch asks for, of the tokens that are this shard's. */
type Inputs = ShardArguments & Provided & { readonly status: Status };

/** What stands in state: the inputs, where they were carried out, and what became of each token. */
interface State extends Inputs {
  readonly records: readonly RevocationRecord[];
  readonly failures: readonly Failure[];
  readonly actor?: Actor | undefined;
  readonly apiUrl?: string;
}

const ARGUMENTS = Object.keys(SHARD_VALIDATORS) as (keyof ShardArguments)[];
/** All but what merely describes the batch around the shard. */
const COMPARED = ARGUMENTS.filter((name) => name !== "batch");
const DEFAULT_CONCURRENCY = 32;

/** What the engine calls for a shard of a TokenRevocationBatch: the tokens whose ids begin with one hex digit. */
export function tokenRevocationShardHandlers(run: Run): Handlers {
  const { messages } = run;
  /** One shard after the other: the engine records each as it ends, and side by side they would all end last. */
  let turn: Promise<unknown> = Promise.resolve();
  const batches = new Map<string, { readonly preview: BatchPreview; readonly progress: BatchProgress }>();

  /** What the shards of one batch share: batches under different parents may have the same name. */
  function shared(batch: Batch) {
    const key = batch.urn ?? batch.name;
    const known = batches.get(key);
    if (known) return known;
    const made = { preview: new BatchPreview(messages), progress: new BatchProgress(messages, batch) };
    batches.set(key, made);
    return made;
  }

  /** Checks the arguments, judges the guards, and shows the reviewer what is new. The inputs hold ids only. */
  function check(olds: Partial<Inputs>, news: Partial<Inputs>): Promise<pulumi.dynamic.CheckResult> {
    return checked(news, async () => {
      const { __provider, status: _status, ...given } = news;
      const { known, unknown } = splitUnknown(given);
      const args = demandValid<Partial<ShardArguments>>(SHARD_VALIDATORS, known);
      const isKnown = !["tokenIds", "batch", "expect", "allowSelf"].some((name) => name in unknown);
      if (isKnown) await showNew(args as ShardArguments, olds);
      return compact({ ...args, ...unknown, status: "revoked", __provider });
    });
  }

  /** Judges and shows the tokens that are to be revoked: those that are new here, and those that came back. */
  async function showNew(args: ShardArguments, olds: Partial<Inputs>): Promise<void> {
    const { preview, progress } = shared(args.batch);
    const before = new Set(olds.tokenIds);
    const added = args.tokenIds.filter((tokenId) => !before.has(tokenId));
    const asked = olds.status === "alive" ? args.tokenIds : added;
    progress.settledBefore(args.batch.shard, args.tokenIds.length - asked.length);
    const session = asked.length > 0 ? await run.connect() : undefined;
    if (!session) {
      if (asked.length > 0) await messages.warnOnce(notLookedUp(asked[0]), NO_CREDENTIALS);
      return preview.show(args.batch, { tokenIds: added });
    }
    await guardRun(session, asked, args);
    const { serviceAccountId, concurrency = DEFAULT_CONCURRENCY } = args;
    const addresses = asked.map((tokenId) => ({ tokenId, serviceAccountId }));
    const seen = await lookUpMany(session, addresses, concurrency);
    const due = [...seen].filter(([tokenId, { found }]) => !before.has(tokenId) || found === "alive");
    return preview.show(args.batch, { tokenIds: due.map(([tokenId]) => tokenId), session, seen: new Map(due) });
  }

  /** Names what an edit changes. Nothing replaces: which tokens there are is an update. */
  async function diff(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.DiffResult> {
    // A preview does not know yet which they are.
    if ("tokenIds" in splitUnknown(news).unknown) return { changes: true };
    const { isEdited, targets, again } = compare(olds, news);
    if (again > 0) {
      const text = `${counted(again, "token")} to try again, which failed before or were still alive when Datadog was last asked`;
      await messages.warnOnce(`${nameOf(news.batch)}: ${text}`);
    }
    return { changes: isEdited || targets.length > 0 };
  }

  /** Revokes all of them. */
  async function create(inputs: Inputs): Promise<pulumi.dynamic.CreateResult> {
    const targets = revocationsOf(inputs).map((revocation) => ({ revocation }));
    return { id: inputs.batch.shard, outs: await act(inputs, targets, { records: [], failures: [] }) };
  }

  /** Revokes what is new, failed or was found alive, and forgets what is listed no more. */
  async function update(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.UpdateResult> {
    const { targets } = compare(olds, news);
    const listed = new Set(news.tokenIds);
    const again = new Set(targets.map(({ revocation }) => revocation.tokenId));
    const removed = olds.records.filter(({ tokenId }) => !listed.has(tokenId)).length;
    if (removed > 0) await messages.info(forgotten(removed, olds.batch));
    const kept = olds.records.filter(({ tokenId }) => listed.has(tokenId) && !again.has(tokenId));
    return { outs: await act(news, targets, { ...pick(olds, ["actor", "apiUrl"]), records: kept, failures: [] }) };
  }

  /** Does what is to be done, and joins it to what stands in state already. */
  async function act(inputs: Inputs, targets: readonly Target[], state: Omit<State, keyof Inputs>): Promise<State> {
    const { batch, concurrency = DEFAULT_CONCURRENCY } = inputs;
    const { preview, progress } = shared(batch);
    progress.settledBefore(batch.shard, inputs.tokenIds.length - targets.length);
    const [first] = targets;
    if (!first) return compact({ ...inputs, ...state });
    preview.end();
    const session = await run.connectToRevoke(`${first.revocation.tokenId} and all others`);
    const mine = turn.then(async () => {
      await session.requireEngine();
      const tokenIds = targets.map(({ revocation }) => revocation.tokenId);
      await guardRun(session, tokenIds, inputs);
      progress.start();
      return revokeMany(session, targets, { concurrency, onDone: () => progress.add() });
    });
    turn = mine.catch(() => undefined);
    const { records, failures, actor } = await mine;
    const merged = sorted([...state.records, ...records]);
    return compact({
      ...inputs,
      records: merged,
      failures,
      status: statusOf(merged),
      actor: actor ?? state.actor,
      apiUrl: session.client.apiUrl,
    });
  }

  /** Asks Datadog which of the recorded tokens it knows again. What cannot be seen is left as it stands. */
  async function read(id: string, props: State): Promise<pulumi.dynamic.ReadResult> {
    const records = await readRecords(props).catch(async (error) => {
      await messages.warnOnce(notChecked(props.tokenIds[0], sentence(error)), "read");
      return props.records;
    });
    const status = statusOf(records);
    return { id, props: compact({ ...props, records, status }), inputs: { ...pick(props, ARGUMENTS), status } };
  }

  async function readRecords({ records, serviceAccountId, ...args }: State): Promise<readonly RevocationRecord[]> {
    const { concurrency = DEFAULT_CONCURRENCY } = args;
    if (records.length === 0) return records;
    return presentRecords(await run.connectToLook(), records, { serviceAccountId, concurrency });
  }

  /** Forgets the records. Nothing is sent: Datadog cannot restore a token. */
  async function forgetRecords(_id: string, { records, batch }: State): Promise<void> {
    if (records.length > 0) await messages.info(forgotten(records.length, batch));
  }

  return { check, diff, create, update, read, delete: forgetRecords };
}

/** What is to be done about tokens that are listed, and whether anything else is different. */
function compare(olds: State, news: Inputs): { isEdited: boolean; targets: Target[]; again: number } {
  const records = new Map(olds.records.map((record) => [record.tokenId, record]));
  const failed = new Set(olds.failures.map(({ tokenId }) => tokenId));
  const isDone = (revocation: Revocation, record: RevocationRecord): boolean =>
    record.status === "revoked" && !failed.has(record.tokenId) && !isVerificationDue(record, revocation);
  const targets = revocationsOf(news)
    .map((revocation): Target => ({ revocation, previous: records.get(revocation.tokenId) }))
    .filter(({ revocation, previous }) => previous === undefined || !isDone(revocation, previous));
  const again = targets.filter(
    ({ revocation: { tokenId }, previous }) => failed.has(tokenId) || previous?.status === "alive",
  );
  return {
    isEdited: COMPARED.some((name) => !isDeepStrictEqual(olds[name], news[name])),
    targets,
    again: again.length,
  };
}

function isVerificationDue({ outcome, verifiedAt, snapshot }: RevocationRecord, { verify }: Revocation): boolean {
  return verify === true && outcome === "revoked" && verifiedAt === undefined && snapshot !== undefined;
}

/** Each of its tokens as one revocation. */
function revocationsOf(inputs: Inputs): Revocation[] {
  const service = new Set(inputs.serviceTokenIds);
  const common = {
    verify: false,
    ...pick(inputs, ["serviceAccountId", "onNotFound", "allowSelf", "expect", "verify"]),
  };
  return inputs.tokenIds.map((tokenId) => ({ ...common, tokenId, ...(service.has(tokenId) && { kind: "service" }) }));
}

function statusOf(records: readonly RevocationRecord[]): Status {
  return records.some(({ status }) => status === "alive") ? "alive" : "revoked";
}

function forgotten(count: number, batch: Batch): string {
  return `${nameOf(batch)}: ${counted(count, "token")} removed from state only. Nothing was sent to Datadog and nothing is restored.`;
}

/** The shard's name in the stack. */
function nameOf({ name, shard }: Batch): string {
  return `${name}-${shard}`;
}
