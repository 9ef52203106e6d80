import * as pulumi from "@pulumi/pulumi";
import { refusePlainSecrets } from "./configuration";
import type { Actor } from "./datadog/client";
import { plainLine } from "./datadog/errors";
import { holdsTokenValue, parseToken, type TokenKind, type TokenName } from "./datadog/tokenIds";
import { declareToken } from "./declared";
import { ArgumentError, type Expectation, findRule, RULES, type Rule, syntax } from "./host/arguments";
import type { Outcome, Snapshot, Status } from "./host/record";
import * as provider from "./host/tokenRevocation";
import { requireInstalled } from "./installed";

/** The arguments of a {@link TokenRevocation}. */
export interface TokenRevocationArgs {
  /** The token's UUID. Exactly one of `tokenId` and `token` is given. */
  tokenId?: pulumi.Input<string>;
  /**
   * The token's value (`ddpat_…`), or its public portion, with or without the prefix. It is reduced to the token id in
   * the program: the value itself reaches neither state nor logs nor the network.
   */
  token?: pulumi.Input<string>;
  /**
   * UUID of the service account that owns the token. Needed only where Datadog does not show the owner: a service
   * account's token is never sent by the path of personal ones.
   */
  serviceAccountId?: pulumi.Input<string>;
  /** Why it is revoked. Stands in state and history for good. */
  reason?: pulumi.Input<string>;
  /** Where that was decided, e.g. `"INC-1234"` or a URL. */
  ticket?: pulumi.Input<string>;
  /** Who asked for it. */
  requestedBy?: pulumi.Input<string>;
  /** When the leak or the leaving was reported: RFC 3339, not in the future. Gives the time to revoke. */
  reportedAt?: pulumi.Input<string>;
  /** What the token must be like; when Datadog says otherwise, or cannot say, it is not revoked. */
  expect?: pulumi.Input<{
    /** Its exact name. */
    name?: pulumi.Input<string>;
    /** UUID of the user or service account that owns it. */
    ownerId?: pulumi.Input<string>;
    /** UUID of the organization that the credentials belong to. */
    organizationId?: pulumi.Input<string>;
  }>;
  /**
   * What a token is that Datadog does not know (404): `"accept"` records it as `alreadyRevoked`, `"fail"` makes it an
   * error. Default `"accept"`.
   */
  onNotFound?: pulumi.Input<"accept" | "fail">;
  /** Whether to see afterwards that Datadog does not know the token any more, for 30 s at most. Default true. */
  verify?: pulumi.Input<boolean>;
  /**
   * Whether to revoke the token even if it authenticates this very run. Default false. Nothing can be asked afterwards:
   * make the resource depend on all others, and its record stays unverified.
   */
  allowSelf?: pulumi.Input<boolean>;
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
export class TokenRevocation extends pulumi.dynamic.Resource {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation";

  /** The token's UUID, lowercase; also the resource's id. */
  declare public readonly tokenId: pulumi.Output<string>;
  declare public readonly serviceAccountId: pulumi.Output<string | undefined>;
  declare public readonly reason: pulumi.Output<string | undefined>;
  declare public readonly ticket: pulumi.Output<string | undefined>;
  declare public readonly requestedBy: pulumi.Output<string | undefined>;
  declare public readonly reportedAt: pulumi.Output<string | undefined>;
  declare public readonly expect: pulumi.Output<Expectation | undefined>;
  declare public readonly onNotFound: pulumi.Output<"accept" | "fail" | undefined>;
  declare public readonly verify: pulumi.Output<boolean | undefined>;
  declare public readonly allowSelf: pulumi.Output<boolean | undefined>;
  /** Whose the token is, as Datadog says, or else as the prefix of `token` says. */
  declare public readonly kind: pulumi.Output<TokenKind | undefined>;
  /** `"revoked"` as declared, or `"alive"` when Datadog was last seen to know the token still. */
  declare public readonly status: pulumi.Output<Status>;
  /** What happened: `"revoked"` by this stack, or `"alreadyRevoked"`: Datadog did not know the token. */
  declare public readonly outcome: pulumi.Output<Outcome>;
  /** RFC 3339, UTC: when Datadog accepted the revocation; for `alreadyRevoked`, when this stack found the token gone. */
  declare public readonly revokedAt: pulumi.Output<string>;
  /** Of Datadog's answer: 204, or 404. */
  declare public readonly httpStatus: pulumi.Output<number>;
  /** RFC 3339, UTC: when Datadog was seen not to know the token any more. Absent: nobody saw it. */
  declare public readonly verifiedAt: pulumi.Output<string | undefined>;
  /** What Datadog said about the token while it was still there. */
  declare public readonly snapshot: pulumi.Output<Snapshot | undefined>;
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
    const label = plainLine(`TokenRevocation ${JSON.stringify(name)}`);
    requireInstalled(label);
    refusePlainSecrets(label);
    if (holdsTokenValue(name)) {
      throw new pulumi.RunError(`${label}: its name holds a token value, a secret: name it after the token id`);
    }
    super(provider, name, { ...OUTPUTS, ...toInputs(label, args) }, opts, "datadog-revocation", "TokenRevocation");
  }
}

/** Named for the SDK, which makes an output of each property that is there. */
const OUTPUTS = Object.fromEntries(
  [
    ...Object.keys(RULES),
    "kind",
    "status",
    "outcome",
    "revokedAt",
    "httpStatus",
    "verifiedAt",
    "snapshot",
    "actor",
    "apiUrl",
  ].map((property) => [property, undefined]),
);

/** A program's rules: `token` is its alone. */
const PROGRAM_RULES: Record<string, Rule> = { token: syntax(parseToken), ...RULES };

/** Checks the arguments, and reduces a token to its id, before anything leaves the program. */
function toInputs(label: string, args: TokenRevocationArgs): pulumi.Inputs {
  const refuse = (problem: string): never => {
    throw new pulumi.RunError(plainLine(`${label}: ${problem}`));
  };
  const checked = ([argument, input]: [string, unknown]): [string, unknown] => {
    const check = (value: unknown): unknown => {
      try {
        return findRule(PROGRAM_RULES, argument)(value);
      } catch (error) {
        if (!(error instanceof ArgumentError)) throw error;
        return refuse(error.within(argument).message);
      }
    };
    return [argument, whenKnown(input, check)];
  };

  const given = Object.entries(args ?? {}).filter(([, input]) => input !== undefined && input !== null);
  const { token, tokenId, ...others } = Object.fromEntries(given.map(checked));
  if (token === undefined && tokenId === undefined) refuse("neither tokenId nor token is given: which token is it?");
  if (token !== undefined && tokenId !== undefined) refuse("tokenId and token are both given: give one of them");
  const literal = typeof tokenId === "string" ? tokenId : (token as Partial<TokenName>)?.tokenId;
  if (typeof literal === "string") declareToken(literal, label);
  if (token === undefined) return { ...others, tokenId: pulumi.unsecret(pulumi.output(tokenId)) };
  const named: pulumi.Output<TokenName> = pulumi.unsecret(pulumi.output(token as TokenName));
  return { ...others, tokenId: named.apply((token) => token.tokenId), kind: named.apply((token) => token.kind) };
}

/** Calls at once for a plain value, so that the constructor throws; for an output when its value is known. */
function whenKnown(input: unknown, check: (value: unknown) => unknown): unknown {
  return isPlain(input) ? check(input) : pulumi.output(input as pulumi.Input<string>).apply(check);
}

function isPlain(input: unknown): boolean {
  if (typeof input !== "object" || input === null) return true;
  return !pulumi.Output.isInstance(input) && !(input instanceof Promise) && Object.values(input).every(isPlain);
}
