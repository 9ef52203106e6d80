import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { fromLists, toLists } from "../core/acts";
import { type Batch, type Revocation, SHARD_VALIDATORS, type ShardArguments } from "../core/arguments";
import { guardRun } from "../core/guards";
import { lookUpMany } from "../core/lookUpMany";
import { compact, pick } from "../core/objects";
import { type Elsewhere, recordedElsewhere } from "../core/place";
import { presentRecords } from "../core/presentRecords";
import {
  type Act,
  DECLARED_FIELDS,
  type Failure,
  isOtherPath,
  isUnverified,
  type Recorded,
  type RevocationRecord,
  type Status,
  wasNeverSeen,
  withSecrets,
} from "../core/records";
import { doneBefore } from "../core/revoke";
import { isToVerify, revokeMany, type Target } from "../core/revokeMany";
import type { Run } from "../core/run";
import type { Session } from "../core/session";
import { demandValid } from "../core/validators";
import { askedAgain, notChecked, notLookedUp } from "../core/wording";
import type { Actor } from "../datadog/client";
import { counted } from "../text/counts";
import { sentence } from "../text/plainLine";
import { BatchPreview } from "./batchPreview";
import { BatchProgress } from "./batchProgress";
import { checked, type Handlers, type Provided, splitUnknown } from "./checking";

/** What a batch asks for, of the tokens that are this shard's. */
type Inputs = ShardArguments & Provided & Pick<Revocation, "secretArguments"> & { readonly status: Status };

/** What stands in state: the inputs, where they were carried out, and what became of each token. */
interface State extends Inputs {
  readonly records: readonly RevocationRecord[];
  /** What `act` of each record points into. */
  readonly acts?: readonly Act[];
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

  /** Checks the arguments and judges the guards; shows a reviewer a batch that is new. The inputs hold ids only. */
  function check(olds: Partial<Inputs>, news: Partial<Inputs>): Promise<pulumi.dynamic.CheckResult> {
    return checked(news, async () => {
      const { __provider, secretArguments, status: _status, ...given } = news;
      const { known, unknown } = splitUnknown(given);
      const args = demandValid<Partial<ShardArguments>>(SHARD_VALIDATORS, known);
      const isKnown = !["tokenIds", "batch", "expect", "allowSelf"].some((name) => name in unknown);
      if (isKnown) await checkNew(args as ShardArguments, olds);
      return compact({ ...args, ...unknown, status: "revoked", secretArguments, __provider });
    });
  }

  /** Judges the tokens that are to be revoked: those that are new here, and those that came back. */
  async function checkNew(args: ShardArguments, olds: Partial<Inputs>): Promise<void> {
    const before = new Set(olds.tokenIds);
    const added = args.tokenIds.filter((tokenId) => !before.has(tokenId));
    const asked = olds.status === "alive" ? args.tokenIds : added;
    shared(args.batch).progress.settledBefore(args.batch.shard, args.tokenIds.length - asked.length);
    const session = asked.length > 0 ? await run.connect() : undefined;
    if (session) await guardRun(session, asked, args);
    else if (asked.length > 0) await messages.warnOnce(notLookedUp(asked[0], run), run.noCredentials);
    // What is recorded already shows only in `diff`.
    if (olds.tokenIds === undefined) await show(args, session, asked);
  }

  /**
   * Shows tokens that are to be revoked, as a part of the batch.
   *
   * @param isStale whether a token needs not be shown when it is gone
   */
  async function show(
    args: ShardArguments,
    session: Session | undefined,
    tokenIds: readonly string[],
    isStale: (tokenId: string) => boolean = () => false,
  ): Promise<void> {
    const { batch, serviceAccountId, concurrency = DEFAULT_CONCURRENCY } = args;
    const { preview } = shared(batch);
    if (!session) return preview.show(batch, { tokenIds });
    // What another resource has revoked in this run, Datadog does not know: that is no news, and nothing to revoke.
    const done = await Promise.all(tokenIds.map((tokenId) => doneBefore(session, tokenId)));
    const addresses = tokenIds
      .filter((_, index) => done[index] === undefined)
      .map((tokenId) => ({ tokenId, serviceAccountId }));
    const seen = await lookUpMany(session, addresses, concurrency);
    const due = [...seen].filter(([tokenId, { found }]) => found !== "gone" || !isStale(tokenId));
    return preview.show(batch, {
      tokenIds: due.map(([tokenId]) => tokenId),
      session,
      seen: new Map(due),
      serviceAccountId,
    });
  }

  /** Names what an edit changes, and shows what is to be revoked. Nothing replaces: which tokens there are is an update. */
  async function diff(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.DiffResult> {
    const { known, unknown } = splitUnknown(news);
    // A preview does not know yet which they are.
    if ("tokenIds" in unknown) return { changes: true };
    const isEdited = COMPARED.some((name) => !isDeepStrictEqual(olds[name], news[name]));
    const recorded = fromLists(olds);
    const elsewhere = await madeElsewhere(olds, recorded, news);
    const targets = compare(olds, recorded, news, elsewhere);
    const isGuarded = !["batch", "expect", "allowSelf"].some((name) => name in unknown);
    // What a guard has against them, `up` says too, and does nothing.
    if (isGuarded) {
      await showDue(olds, known as Inputs, targets, elsewhere).catch((error) => messages.warnOnce(sentence(error)));
    }
    return { changes: isEdited || targets.length > 0 };
  }

  /** The records that a place makes a difference to, and that were made at another. */
  async function madeElsewhere(
    { batch }: State,
    recorded: readonly Recorded[],
    { verify }: Inputs,
  ): Promise<ReadonlyMap<string, Elsewhere>> {
    const isDoubtful = ({ record }: Recorded): boolean =>
      wasNeverSeen(record) || (verify === true && isUnverified(record));
    const doubtful = recorded.filter(isDoubtful);
    const session = doubtful.length > 0 ? await run.connectToCompare(nameOf(batch)) : undefined;
    return session ? recordedElsewhere(session, doubtful) : new Map();
  }

  async function showDue(
    olds: State,
    news: Inputs,
    targets: readonly Target[],
    elsewhere: ReadonlyMap<string, Elsewhere>,
  ): Promise<void> {
    const failed = new Set(olds.failures.map(({ tokenId }) => tokenId));
    const isAgain = ({ revocation: { tokenId }, previous }: Target): boolean =>
      failed.has(tokenId) || previous?.record.status === "alive";
    const again = targets.filter(isAgain).length;
    if (again > 0) {
      const text = `${counted(again, "token")} to try again, which failed before or were still alive when Datadog was last asked`;
      await messages.warnOnce(`${nameOf(news.batch)}: ${text}`);
    }
    const due = targets.filter(({ previous }) => !isToVerify(previous)).map(({ revocation }) => revocation.tokenId);
    const other = due.map((tokenId) => elsewhere.get(tokenId)).find((each) => each);
    if (other) {
      const { name, urn = name } = news.batch;
      await messages.warnOnce(`${name}: tokens ${askedAgain(other)}`, `elsewhere ${urn}`);
    }
    const session = due.length > 0 ? await run.connect() : undefined;
    if (session) await guardRun(session, due, news);
    const recorded = new Set(olds.records.map(({ tokenId }) => tokenId));
    await show(news, session, due, (tokenId) => recorded.has(tokenId) && !elsewhere.has(tokenId));
  }

  /** Revokes all of them. */
  async function create(inputs: Inputs): Promise<pulumi.dynamic.CreateResult> {
    const targets = revocationsOf(inputs).map((revocation) => ({ revocation }));
    return { id: inputs.batch.shard, outs: await act(inputs, targets, [], {}) };
  }

  /** Revokes what is new, failed, was found alive or was looked for elsewhere; forgets what is listed no more. */
  async function update(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.UpdateResult> {
    const recorded = fromLists(withSecrets(olds, news));
    const targets = compare(olds, recorded, news, await madeElsewhere(olds, recorded, news));
    const listed = new Set(news.tokenIds);
    const again = new Set(targets.map(({ revocation }) => revocation.tokenId));
    const removed = olds.records.filter(({ tokenId }) => !listed.has(tokenId)).length;
    if (removed > 0) await messages.info(forgotten(removed, olds.batch));
    const kept = recorded.filter(({ record: { tokenId } }) => listed.has(tokenId) && !again.has(tokenId));
    return { outs: await act(news, targets, kept, olds) };
  }

  /** Does what is to be done, and joins it to what stands in state already. */
  async function act(
    inputs: Inputs,
    targets: readonly Target[],
    kept: readonly Recorded[],
    olds: Partial<Pick<State, "acts" | "actor" | "apiUrl">>,
  ): Promise<State> {
    const { batch, concurrency = DEFAULT_CONCURRENCY } = inputs;
    const { preview, progress } = shared(batch);
    progress.settledBefore(batch.shard, inputs.tokenIds.length - targets.length);
    const [first] = targets;
    if (!first) {
      return compact({ ...inputs, ...pick(olds, ["actor", "apiUrl"]), ...toLists(kept, olds.acts), failures: [] });
    }
    preview.end();
    const session = await run.connectToRevoke(`${first.revocation.tokenId} and all others`);
    const mine = turn.then(async () => {
      await session.requireEngine();
      const toRevoke = targets.filter(({ previous }) => !isToVerify(previous));
      await guardRun(
        session,
        toRevoke.map(({ revocation }) => revocation.tokenId),
        inputs,
      );
      progress.start();
      return revokeMany(session, targets, {
        concurrency,
        onDone: async ({ previous }, recorded) => {
          progress.add();
          if (recorded) await run.tokenLines.became(recorded, previous);
        },
      });
    });
    turn = mine.catch(() => undefined);
    const { recorded, failures } = await mine;
    const lists = toLists([...kept, ...recorded], olds.acts);
    // Records of 0.1.0 without an act have no other place than this.
    const isPlaceOfRecords = lists.records.some(({ act }) => act === undefined);
    const here = latestAct(recorded, targets) ?? { apiUrl: session.client.apiUrl };
    const place = olds.apiUrl !== undefined && (isPlaceOfRecords || !("actor" in here)) ? olds : here;
    return compact({
      ...inputs,
      ...lists,
      failures,
      status: statusOf(lists.records),
      ...pick(place, ["apiUrl", "actor"]),
    });
  }

  /** Asks Datadog which of the recorded tokens it knows again. What cannot be seen is left as it stands. */
  async function read(id: string, props: State): Promise<pulumi.dynamic.ReadResult> {
    const records = await readRecords(props).catch(async (error) => {
      await messages.warnOnce(notChecked(props.tokenIds[0], sentence(error)), "read");
      return props.records;
    });
    const status = statusOf(records);
    return {
      id,
      props: compact({ ...props, records, status }),
      inputs: { ...pick(props, [...ARGUMENTS, "secretArguments"]), status },
    };
  }

  async function readRecords(props: State): Promise<readonly RevocationRecord[]> {
    const { records, serviceAccountId, concurrency = DEFAULT_CONCURRENCY } = props;
    if (records.length === 0) return records;
    return presentRecords(await run.connectToLook(), fromLists(props), { serviceAccountId, concurrency });
  }

  /** Forgets the records. Nothing is sent: Datadog cannot restore a token. */
  async function forgetRecords(_id: string, { records, batch }: State): Promise<void> {
    if (records.length > 0) await messages.info(forgotten(records.length, batch));
  }

  return { check, diff, create, update, read, delete: forgetRecords };
}

/** The listed tokens that something is to be done about. */
function compare(
  olds: State,
  recorded: readonly Recorded[],
  news: Inputs,
  elsewhere: ReadonlyMap<string, Elsewhere>,
): Target[] {
  const records = new Map(recorded.map((each) => [each.record.tokenId, each]));
  const wasService = new Set(olds.serviceTokenIds);
  const before = (tokenId: string): Pick<Revocation, "serviceAccountId" | "kind"> => ({
    ...pick(olds, ["serviceAccountId"]),
    ...(wasService.has(tokenId) && { kind: "service" }),
  });
  const failed = new Set(olds.failures.map(({ tokenId }) => tokenId));
  const isDone = (revocation: Revocation, record: RevocationRecord): boolean =>
    record.status === "revoked" &&
    !failed.has(record.tokenId) &&
    (wasNeverSeen(record)
      ? !elsewhere.has(record.tokenId) && !isOtherPath(before(record.tokenId), revocation)
      : !(revocation.verify === true && isUnverified(record)) || elsewhere.has(record.tokenId));
  return revocationsOf(news)
    .map((revocation): Target => ({ revocation, previous: records.get(revocation.tokenId) }))
    .filter(({ revocation, previous }) => previous === undefined || !isDone(revocation, previous.record));
}

/** What was done last: none of the acts that the targets had before. */
function latestAct(recorded: readonly Recorded[], targets: readonly Target[]): Act | undefined {
  const before = new Set(targets.map(({ previous }) => previous?.act));
  return recorded.find(({ act }) => !before.has(act))?.act;
}

/** Each of its tokens as one revocation. */
function revocationsOf(inputs: Inputs): Revocation[] {
  const service = new Set(inputs.serviceTokenIds);
  const common = {
    verify: false,
    ...pick(inputs, [
      "serviceAccountId",
      "onNotFound",
      "allowSelf",
      "expect",
      "verify",
      "secretArguments",
      ...DECLARED_FIELDS,
    ]),
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
