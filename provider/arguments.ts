import * as pulumi from "@pulumi/pulumi";
import { parseToken, type TokenName } from "./datadog/tokenIds";
import { declareToken } from "./declared";
import { RULES, type Rule, syntax } from "./host/arguments";
import { type ArgumentProblem, findProblems, given, readInputs, refuse } from "./inputs";

/** The arguments of a `TokenRevocation`. */
export interface TokenRevocationArgs {
  /** The token's UUID. Exactly one of `tokenId` and `token` is given. */
  tokenId?: pulumi.Input<string> | undefined;
  /**
   * The token's value (`ddpat_…`), or its public portion, with or without the prefix. It is reduced to the token id in
   * the program: the value itself reaches neither state nor logs nor the network.
   */
  token?: pulumi.Input<string> | undefined;
  /**
   * UUID of the service account that owns the token. Needed only where Datadog does not show the owner: a service
   * account's token is never sent by the path of personal ones.
   */
  serviceAccountId?: pulumi.Input<string> | undefined;
  /** Why it is revoked. Stands in state and history for good. */
  reason?: pulumi.Input<string> | undefined;
  /** Where that was decided, e.g. `"INC-1234"` or a URL. */
  ticket?: pulumi.Input<string> | undefined;
  /** Who asked for it. */
  requestedBy?: pulumi.Input<string> | undefined;
  /** When the leak or the leaving was reported: RFC 3339, not in the future. Gives the time to revoke. */
  reportedAt?: pulumi.Input<string> | undefined;
  /** What the token must be like; when Datadog says otherwise, or cannot say, it is not revoked. */
  expect?:
    | pulumi.Input<{
        /** Its exact name. */
        name?: pulumi.Input<string> | undefined;
        /** UUID of the user or service account that owns it. */
        ownerId?: pulumi.Input<string> | undefined;
        /** UUID of the organization that the credentials belong to. */
        organizationId?: pulumi.Input<string> | undefined;
      }>
    | undefined;
  /**
   * What a token is that Datadog does not know (404): `"accept"` records it as `alreadyRevoked`, `"fail"` makes it an
   * error. Default `"accept"`.
   */
  onNotFound?: pulumi.Input<"accept" | "fail"> | undefined;
  /** Whether to see afterwards that Datadog does not know the token any more, for 30 s at most. Default true. */
  verify?: pulumi.Input<boolean> | undefined;
  /**
   * Whether to revoke the token even if it authenticates this very run. Default false. Nothing can be asked afterwards:
   * make the resource depend on all others, and its record stays unverified.
   */
  allowSelf?: pulumi.Input<boolean> | undefined;
}

/** A program's rules: `token` is its alone. */
const PROGRAM_RULES: Record<string, Rule> = { token: syntax(parseToken), ...RULES };

/**
 * Checks arguments without declaring anything, for programs that read them from a file. Outputs pass: they are checked
 * when their values are known.
 *
 * @returns every problem; none when the arguments can be used
 */
export function checkArguments(args: object): ArgumentProblem[] {
  return [
    ...findProblems(PROGRAM_RULES, args ?? {}),
    ...demandOne(args ?? {}, "token", "tokenId", "which token is it?"),
  ];
}

/** Of two arguments exactly one is to be given. */
export function demandOne(args: object, one: string, other: string, question: string): ArgumentProblem[] {
  const count = given(args).filter(([name]) => name === one || name === other).length;
  if (count === 1) return [];
  const problem =
    count === 0 ? `and ${one} are both missing: ${question}` : `and ${one} are both given: give one of them`;
  return [{ path: other, problem }];
}

/**
 * Reduces a token to its id, and checks everything before it leaves the program.
 *
 * @param label the resource, for errors
 * @throws pulumi.RunError
 */
export function toInputs(label: string, args: object): pulumi.Inputs {
  refuse(label, checkArguments(args));
  const { token, tokenId, ...others } = readInputs(label, PROGRAM_RULES, args);
  const literal = token === undefined ? tokenId : (token as TokenName).tokenId;
  if (typeof literal === "string") declareToken(literal, label);
  if (token === undefined) return { ...others, tokenId: pulumi.unsecret(pulumi.output(tokenId)) };
  const named = pulumi.unsecret(pulumi.output(token as pulumi.Input<TokenName>)) as pulumi.Output<TokenName>;
  return { ...others, tokenId: named.apply((token) => token.tokenId), kind: named.apply((token) => token.kind) };
}
