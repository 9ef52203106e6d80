import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { REVOCATION_VALIDATORS, type Revocation, type RevocationArguments } from "../core/arguments";
import { guard } from "../core/guards";
import { whoAmI } from "../core/lookUp";
import { NotRevokedError } from "../core/notRevokedError";
import { compact, pick } from "../core/objects";
import {
  type Act,
  addressOf,
  RECORD_FIELDS,
  type RevocationRecord,
  type Snapshot,
  type Status,
  withoutLastUse,
} from "../core/records";
import { earlierAct, revoke, revokeOnce, seenBefore, verify } from "../core/revoke";
import type { Run } from "../core/run";
import { ArgumentError, demandValid } from "../core/validators";
import { notChecked, notFound, notLookedUp, stillAlive } from "../core/wording";
import { isAlive } from "../datadog/answers";
import type { Actor } from "../datadog/client";
import { NO_CREDENTIALS } from "../datadog/settings";
import { sentence } from "../text/plainLine";
import type { TokenKind } from "../tokens/syntax";
import { UNKNOWN } from "../tokens/tokenIds";
import { checked, type Handlers, type Provided, splitUnknown } from "./checking";

/** What stands in the inputs: the arguments, and what `check` adds for the reviewer. */
interface Inputs extends RevocationArguments, Provided {
  readonly kind?: TokenKind | undefined;
  readonly status: Status;
  readonly snapshot?: Snapshot;
}

/** What stands in state: the inputs, where they were carried out, and the record. */
type State = Inputs & RevocationRecord & { readonly apiUrl: string; readonly actor?: Actor | undefined };

const ARGUMENTS = Object.keys(REVOCATION_VALIDATORS) as (keyof RevocationArguments)[];

/** What the engine calls for a TokenRevocation. */
export function tokenRevocationHandlers(run: Run): Handlers {
  const { messages } = run;

  /**
   * Checks the arguments and shows the reviewer the token: adds `snapshot`, `kind` and `status` to the inputs, and judges
   * the guards by them. What was revoked already is not looked up again.
   */
  function check(olds: Partial<Inputs>, news: Partial<Inputs>): Promise<pulumi.dynamic.CheckResult> {
    return checked(news, async () => {
      const { __provider, kind, snapshot: _snapshot, status: _status, ...given } = news;
      const { known, unknown } = splitUnknown(given);
      const args = demandValid<Partial<RevocationArguments>>(REVOCATION_VALIDATORS, known);
      const { tokenId } = args;
      const inputs = { ...args, ...unknown, status: "revoked", __provider };

      // Named as unknown, they may differ at `up` without making a reviewed plan stale.
      if ("tokenId" in unknown || "serviceAccountId" in unknown) return { ...inputs, kind: UNKNOWN, snapshot: UNKNOWN };
      if (tokenId === undefined) throw new ArgumentError("is missing", ["tokenId"]);

      const isSameToken = olds.tokenId === tokenId;
      if (isSameToken && olds.status === "revoked") {
        return compact({ ...inputs, kind: olds.kind, snapshot: olds.snapshot });
      }
      const snapshot = await showToken({ ...args, tokenId, kind }, isSameToken ? olds.snapshot : undefined);
      return compact({ ...inputs, kind: snapshot?.kind ?? kind, snapshot: snapshot && withoutLastUse(snapshot) });
    });
  }

  /** Looks the token up as far as it can be seen, says what cannot, and throws what a guard has against it. */
  async function showToken(revocation: Revocation, recorded: Snapshot | undefined): Promise<Snapshot | undefined> {
    const { tokenId } = revocation;
    const session = await run.connect();
    if (!session) {
      await messages.warnOnce(notLookedUp(tokenId), NO_CREDENTIALS);
      return undefined;
    }
    const done = await earlierAct(session, tokenId);
    const { seen } = await guard(session, revocation, { seen: done && seenBefore(done), recorded });
    if (seen.found === "alive") return seen.snapshot;
    const text =
      seen.found === "unseen"
        ? `its name and owner cannot be shown: ${seen.why}`
        : notFound(session, revocation, await whoAmI(session), seen);
    await messages.warnOnce(`${tokenId}: ${text}`);
    return undefined;
  }

  /** Names what an edit changes. Only another token replaces. */
  async function diff(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.DiffResult> {
    if (olds.status === "alive") {
      await messages.warnOnce(`${olds.tokenId}: still alive when Datadog was last asked: up revokes it again`);
    }
    const changed = [...ARGUMENTS, "status" as const].filter((name) => !isDeepStrictEqual(olds[name], news[name]));
    return { changes: changed.length > 0, replaces: changed.filter((name) => name === "tokenId") };
  }

  /** Revokes. */
  async function create(inputs: Inputs): Promise<pulumi.dynamic.CreateResult> {
    const session = await run.connectToRevoke(inputs.tokenId);
    const act = await revokeOnce(session, inputs);
    return { id: inputs.tokenId, outs: toState(inputs, act, session.client.apiUrl) };
  }

  /** Changes what is recorded; asks Datadog only where the token was found alive, or is still to be verified. */
  async function update(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.UpdateResult> {
    const { tokenId, status, outcome, verifiedAt, snapshot, actor, apiUrl } = olds;
    const record: RevocationRecord = pick(olds, RECORD_FIELDS);
    if (status === "alive") {
      const session = await run.connectToRevoke(tokenId);
      const act = await revoke(session, news, { previous: record });
      return { outs: toState(news, act, session.client.apiUrl) };
    }
    if (news.serviceAccountId !== olds.serviceAccountId && outcome === "alreadyRevoked" && !snapshot) {
      const text = "nothing was asked by its other path: pulumi refresh asks there, and the next up revokes";
      await messages.warn(`${tokenId}: ${text}`);
    }
    const isDue = outcome === "revoked" && verifiedAt === undefined && snapshot !== undefined;
    const session = isDue && news.verify !== false ? await run.connectToVerify(tokenId) : undefined;
    const verified = session ? await verify(session, addressOf(olds), record) : record;
    return { outs: toState(news, { record: verified, actor }, apiUrl) };
  }

  /** Asks Datadog whether the token is still gone. What cannot be seen is left as it stands. */
  async function read(id: string, props: State): Promise<pulumi.dynamic.ReadResult> {
    const status = await presentStatus({ ...props, tokenId: id }).catch(async (error) => {
      await messages.warnOnce(notChecked(id, sentence(error)), "read");
      return props.status;
    });
    const { snapshot, ...inputs } = { ...pick(props, [...ARGUMENTS, "kind", "snapshot"]), status };
    return {
      id,
      props: compact({ ...props, status }),
      inputs: compact({ ...inputs, snapshot: snapshot && withoutLastUse(snapshot) }),
    };
  }

  async function presentStatus(record: State): Promise<Status> {
    const session = await run.connectToLook();
    return isAlive(await session.client.getToken(addressOf(record))) ? "alive" : "revoked";
  }

  /** Forgets the record. Nothing is sent: Datadog cannot restore a token. */
  async function forgetRecord(id: string, { status }: State): Promise<void> {
    const alive = status === "alive" ? " The token was alive when Datadog was last asked." : "";
    await messages.info(`${id}: removed from state only. Nothing was sent to Datadog and nothing is restored.${alive}`);
  }

  return { check, diff, create, update, read, delete: forgetRecord };
}

/** Joins inputs and record to what stands in state; fails the deployment, and is recorded, for a token still alive. */
function toState(inputs: Inputs, { record, actor }: Act, apiUrl: string): State {
  const outs = compact({ ...inputs, ...record, kind: record.snapshot?.kind ?? inputs.kind, actor, apiUrl });
  if (record.status !== "alive") return outs;
  const reason = stillAlive(record.tokenId);
  // The engine records a failed resource by these three fields.
  throw Object.assign(new NotRevokedError(reason), { id: record.tokenId, properties: outs, reasons: [reason] });
}
