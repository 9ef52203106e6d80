import * as pulumi from "@pulumi/pulumi";
import { type Expectation, type OnNotFound, REVOCATION_VALIDATORS } from "../core/arguments";
import type { Act, Actor, Outcome, Snapshot, Status } from "../core/records";
import { RESOURCE_TYPES, RESULTS } from "../core/resourceTypes";
import { type ArgumentProblem, demandOne, tokenSyntax, type Validators } from "../core/validators";
import type { TokenKind } from "../tokens/syntax";
import { parseToken, type TokenName } from "../tokens/tokenIds";
import { admit } from "./admission";
import type { ExpectationArgs, ReportArgs } from "./commonArguments";
import { declareToken } from "./deployment";
import { HostedResource } from "./hostedResource";
import { secretArguments, toInputs, validateKnown } from "./programArguments";

/** The arguments of a `TokenRevocation`: which token, and how it is revoked. */
export type TokenRevocationArgs = (ById | ByValue) & HowArgs;

interface ById {
  /** The token's UUID. Exactly one of `tokenId` and `token` is given. */
  tokenId: pulumi.Input<string>;
  token?: undefined;
}

interface ByValue {
  /**
   * The token's value (`ddpat_…`), or its public portion, with or without the prefix. It is reduced to the token id in
   * the program: the value itself reaches neither state nor logs nor the network.
   */
  token: pulumi.Input<string>;
  tokenId?: undefined;
}

interface HowArgs extends ReportArgs {
  /**
   * UUID of the service account that owns the token. Needed only where Datadog does not show the owner: a service
   * account's token is never sent by the path of personal ones.
   */
  serviceAccountId?: pulumi.Input<string> | undefined;
  /** What the token must be like; when Datadog says otherwise, or cannot say, it is not revoked. */
  expect?: pulumi.Input<ExpectationArgs> | undefined;
  /**
   * What a token is that Datadog does not know (404): `"accept"` records it as `alreadyRevoked`, `"fail"` makes it an
   * error. Default `"accept"`.
   */
  onNotFound?: pulumi.Input<OnNotFound> | undefined;
  /** Whether to see afterwards that Datadog does not know the token any more, for 30 s at most. Default true. */
  verify?: pulumi.Input<boolean> | undefined;
  /**
   * Whether to revoke the token even if it authenticates this very run. Default false. Nothing can be asked afterwards:
   * make the resource depend on all others, and its record stays unverified.
   */
  allowSelf?: pulumi.Input<boolean> | undefined;
}

/**
 * Declares that a Datadog access token is revoked. `pulumi preview --diff` shows its name and owner, `pulumi up` sends
 * `DELETE /api/v2/personal_access_tokens/{token_id}`, and the record stays in state and in the stack's history.
 *
 * Revoking cannot be undone. Removing the resource, or destroying the stack, forgets the record and sends nothing.
 *
 * ```ts
 * new TokenRevocation("leaked-ci-token", {
 *   tokenId: "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10",
 *   reason: "found in a public build log",
 *   ticket: "INC-1234",
 * });
 * ```
 *
 * @see https://docs.datadoghq.com/api/latest/key-management/#revoke-a-personal-access-token
 */
export class TokenRevocation extends HostedResource {
  /** @internal */
  static readonly __pulumiType = RESOURCE_TYPES.TokenRevocation;

  /** The token's UUID, lowercase; also the resource's id. */
  declare public readonly tokenId: pulumi.Output<string>;
  declare public readonly serviceAccountId: pulumi.Output<string | undefined>;
  declare public readonly reason: pulumi.Output<string | undefined>;
  declare public readonly ticket: pulumi.Output<string | undefined>;
  declare public readonly requestedBy: pulumi.Output<string | undefined>;
  declare public readonly reportedAt: pulumi.Output<string | undefined>;
  declare public readonly expect: pulumi.Output<Expectation | undefined>;
  declare public readonly onNotFound: pulumi.Output<OnNotFound | undefined>;
  declare public readonly verify: pulumi.Output<boolean | undefined>;
  declare public readonly allowSelf: pulumi.Output<boolean | undefined>;
  /** Whose the token is, as Datadog says, or else as the prefix of `token` says. */
  declare public readonly kind: pulumi.Output<TokenKind | undefined>;
  /** `"revoked"` as declared, or `"alive"` when Datadog still knew the token when it was last asked. */
  declare public readonly status: pulumi.Output<Status>;
  /** What happened: `"revoked"` by this stack, or `"alreadyRevoked"`: Datadog did not know the token. */
  declare public readonly outcome: pulumi.Output<Outcome>;
  /** RFC 3339, UTC: when Datadog accepted the revocation; for `alreadyRevoked`, when this stack found the token gone. */
  declare public readonly revokedAt: pulumi.Output<string>;
  /** Of Datadog's answer: 204, or 404. */
  declare public readonly httpStatus: pulumi.Output<number>;
  /** RFC 3339, UTC: when Datadog was seen not to know the token any more. Absent: nobody saw it. */
  declare public readonly verifiedAt: pulumi.Output<string | undefined>;
  /** What Datadog said about the token while it was still there. Previews show it, and pass it on as unknown. */
  declare public readonly snapshot: pulumi.Output<Snapshot | undefined>;
  /** Who acted, where, and what was declared then: later edits change nothing of it. Absent in records of 0.1.0. */
  declare public readonly act: pulumi.Output<Act | undefined>;
  /** Whom the credentials of the run that revoked it belong to. Absent: Datadog did not say. */
  declare public readonly actor: pulumi.Output<Actor | undefined>;
  /** The address of the API that was asked. */
  declare public readonly apiUrl: pulumi.Output<string>;

  /**
   * @param name the resource's name in the stack
   * @param args which token, and why
   * @param opts as of every resource; `protect: true` keeps the record from being removed by mistake
   * @throws pulumi.RunError naming the resource and the argument that cannot be used
   */
  constructor(name: string, args: TokenRevocationArgs, opts?: pulumi.CustomResourceOptions) {
    const label = admit("TokenRevocation", name, opts);
    const inputs = readToken(label, args ?? {});
    super(name, { kind: "TokenRevocation", outputs: OUTPUTS, inputs }, opts);
    // What a preview knows of it lacks the last use; passed on as known, it would make a plan fail after the act.
    this.snapshot = pulumi.all([this.snapshot, this.revokedAt]).apply(([snapshot]) => snapshot);
  }
}

const OUTPUTS = [...Object.keys(REVOCATION_VALIDATORS), "kind", "status", ...RESULTS.TokenRevocation];

/** `token` is the program's alone: it is reduced here, and reaches nothing else. */
const VALIDATORS: Validators = { token: tokenSyntax(parseToken), ...REVOCATION_VALIDATORS };

/**
 * Checks arguments without declaring anything, for programs that read them from a file. Outputs pass: they are checked
 * when their values are known.
 *
 * @returns every problem; none when the arguments can be used
 */
export function checkArguments(args: object): ArgumentProblem[] {
  return [...validateKnown(VALIDATORS, args ?? {}).problems, ...demandOne(args ?? {}, "token", "tokenId")];
}

/** Reduces a token to its id, and checks everything before it leaves the program. */
function readToken(label: string, args: object): pulumi.Inputs {
  const { token, tokenId, ...others } = toInputs(label, VALIDATORS, args, demandOne(args, "token", "tokenId"));
  const literal = token === undefined ? tokenId : (token as TokenName).tokenId;
  if (typeof literal === "string") declareToken(literal, label);
  Object.assign(others, secretArguments(others));
  if (token === undefined) return { ...others, tokenId: pulumi.unsecret(pulumi.output(tokenId)) };
  const named = pulumi.unsecret(pulumi.output(token as pulumi.Input<TokenName>)) as pulumi.Output<TokenName>;
  return { ...others, tokenId: named.apply(({ tokenId }) => tokenId), kind: named.apply(({ kind }) => kind) };
}
