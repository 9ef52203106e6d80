/**
 * The half of a token revocation that the engine's dynamic-provider process runs. The module itself is the provider: its
 * path stands in users' state, and the engine calls these functions by name.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/dynamic-providers/
 */
import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import type { Actor } from "../datadog/client";
import { ConfigurationError, sentence } from "../datadog/errors";
import { isAlive } from "../datadog/schemas";
import { UNKNOWN } from "../datadog/tokenIds";
import { ArgumentError, applyRules, type RevocationArguments, type RevocationInputs, RULES } from "./arguments";
import { connect, connectFor, connectToAct, NO_CREDENTIALS, setConfiguration } from "./connection";
import { info, warn, warnOnce } from "./engine";
import { NotRevokedError, notFound, review } from "./guards";
import { checked, type Provided, splitUnknown } from "./inputs";
import { whoAmI } from "./lookUp";
import { compact, pick } from "./objects";
import { addressOf, RECORD_FIELDS, type RevocationRecord, type Snapshot, type Status, withoutLastUse } from "./record";
import { type Act, earlierAct, revoke, revokeOnce, seenBefore, stillAlive, verify } from "./revoke";

/** What a program asks for, in a preview perhaps with unknown values. */
type Inputs = RevocationInputs & Provided;

/** What stands in state: the arguments, where they were carried out, and the record. */
type State = Inputs & RevocationRecord & { readonly apiUrl: string; readonly actor?: Actor };

const ARGUMENTS = Object.keys(RULES) as (keyof RevocationArguments)[];

/** Takes the stack's configuration. */
export async function configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
  setConfiguration(request);
}

/**
 * Checks the arguments and shows the reviewer the token: adds `snapshot`, `kind` and `status` to the inputs, and judges
 * the guards by them. What was revoked already is not looked up again.
 */
export async function check(olds: Partial<Inputs>, news: Partial<Inputs>): Promise<pulumi.dynamic.CheckResult> {
  return checked(news, () => toInputs(olds, news));
}

async function toInputs(olds: Partial<Inputs>, news: Partial<Inputs>): Promise<object> {
  const { __provider, kind, snapshot: _snapshot, status: _status, ...given } = news;
  const { known, unknown } = splitUnknown(given);
  const args: Partial<RevocationArguments> = applyRules(RULES, known);
  const { tokenId } = args;
  const inputs = { ...args, ...unknown, status: "revoked", __provider };

  // Named as unknown, they may differ at `up` without making a reviewed plan stale.
  if ("tokenId" in unknown || "serviceAccountId" in unknown) return { ...inputs, kind: UNKNOWN, snapshot: UNKNOWN };
  if (tokenId === undefined) throw new ArgumentError("is missing", ["tokenId"]);

  if (olds.tokenId === tokenId && olds.status === "revoked") {
    return compact({ ...inputs, kind: olds.kind, snapshot: olds.snapshot });
  }
  const recorded = olds.tokenId === tokenId ? olds.snapshot : undefined;
  const snapshot = await showToken({ ...args, tokenId, kind, status: "revoked" }, recorded);
  return compact({ ...inputs, kind: snapshot?.kind ?? kind, snapshot: snapshot && withoutLastUse(snapshot) });
}

/** Looks the token up as far as it can be seen, says what cannot, and throws what a guard has against it. */
async function showToken(inputs: RevocationInputs, recorded: Snapshot | undefined): Promise<Snapshot | undefined> {
  const { tokenId } = inputs;
  const client = await connect();
  if (!client) {
    await warnOnce(`${tokenId}: neither looked up nor checked, nor any other token: ${NO_CREDENTIALS}`, NO_CREDENTIALS);
    return undefined;
  }
  const done = await earlierAct(client, tokenId);
  const { seen } = await review(client, inputs, done && seenBefore(done), recorded);
  if (seen.found === "unseen") {
    await warnOnce(`${tokenId}: its name and owner cannot be shown: ${seen.why}`);
  } else if (seen.found === "gone") {
    await warnOnce(`${tokenId}: ${notFound(client, inputs, await whoAmI(client), seen)}`);
  }
  return seen.found === "alive" ? seen.snapshot : undefined;
}

/** Names what an edit changes. Only another token replaces. */
export async function diff(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.DiffResult> {
  if (olds.status === "alive") {
    await warnOnce(`${olds.tokenId}: Datadog was last seen to know this token still: up revokes it again`);
  }
  const changed = [...ARGUMENTS, "status" as const].filter((name) => !isDeepStrictEqual(olds[name], news[name]));
  return { changes: changed.length > 0, replaces: changed.filter((name) => name === "tokenId") };
}

/** Revokes. */
export async function create(inputs: Inputs): Promise<pulumi.dynamic.CreateResult> {
  const client = await connectToAct(inputs.tokenId);
  return { id: inputs.tokenId, outs: settle(inputs, await revokeOnce(client, inputs), client.apiUrl) };
}

/** Changes what is recorded; asks Datadog only where the token was found alive, or is still to be verified. */
export async function update(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.UpdateResult> {
  const { tokenId, status, outcome, verifiedAt, snapshot, actor, apiUrl } = olds;
  const record: RevocationRecord = pick(olds, RECORD_FIELDS);
  if (status === "alive") {
    const client = await connectToAct(tokenId);
    return { outs: settle(news, await revoke(client, news, { previous: record }), client.apiUrl) };
  }
  if (news.serviceAccountId !== olds.serviceAccountId && outcome === "alreadyRevoked" && !snapshot) {
    await warn(`${tokenId}: nothing was asked by its other path: pulumi refresh asks there, and the next up revokes`);
  }
  const isDue = outcome === "revoked" && verifiedAt === undefined && snapshot !== undefined;
  const client = isDue && news.verify !== false ? await connectFor(tokenId, "not verified") : undefined;
  const verified = client ? await verify(client, addressOf(olds), record) : record;
  return { outs: settle(news, { record: verified, actor }, apiUrl) };
}

/** Asks Datadog whether the token is still gone. What cannot be seen is left as it stands. */
export async function read(id: string, props: State): Promise<pulumi.dynamic.ReadResult> {
  const status = await presentStatus({ ...props, tokenId: id }).catch(async (error) => {
    await warnOnce(`${id}: left as recorded, as every token that cannot be seen: ${sentence(error)}`, "read");
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
  const client = await connect();
  if (!client) throw new ConfigurationError(NO_CREDENTIALS);
  return isAlive(await client.getToken(addressOf(record))) ? "alive" : "revoked";
}

/** Forgets the record. Nothing is sent: Datadog cannot restore a token. */
async function forgetRecord(id: string, props: State): Promise<void> {
  const alive = props.status === "alive" ? " The token was alive when it was last seen." : "";
  await info(`${id}: removed from state only. Nothing was sent to Datadog and nothing is restored.${alive}`);
}

export { forgetRecord as delete };

/** Joins arguments and record to what stands in state; fails the deployment, and is recorded, for a token still alive. */
function settle(inputs: Inputs, { record, actor }: Act, apiUrl: string): object {
  const outs = compact({ ...inputs, ...record, kind: record.snapshot?.kind ?? inputs.kind, actor, apiUrl });
  if (record.status !== "alive") return outs;
  const reason = stillAlive(record.tokenId);
  // The engine records a failed resource by these three fields.
  throw Object.assign(new NotRevokedError(reason), { id: record.tokenId, properties: outs, reasons: [reason] });
}
