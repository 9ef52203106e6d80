import * as pulumi from "@pulumi/pulumi";
import { plainLine } from "./datadog/errors";
import { parseToken, type TokenName } from "./datadog/tokenIds";
import { declareToken } from "./declared";
import { ArgumentError, findRule, RULES, type Rule, syntax } from "./host/arguments";

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

/** Why an argument cannot be used. */
export interface ArgumentProblem {
  /** The argument, e.g. `"expect.name"`. */
  readonly path: string;
  /** A phrase that follows its name. Holds no value, which may be a secret. */
  readonly problem: string;
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
  const entries = given(args ?? {});
  const problems = entries.filter(([, input]) => isPlain(input)).flatMap(([name, input]) => read(name, input).problems);
  const tokens = entries.filter(([name]) => name === "token" || name === "tokenId");
  if (tokens.length === 0)
    problems.push({ path: "tokenId", problem: "and token are both missing: which token is it?" });
  if (tokens.length === 2) problems.push({ path: "tokenId", problem: "and token are both given: give one of them" });
  return problems;
}

/** Reads an argument by its rule: its value as it is registered, or what is wrong with it. */
function read(name: string, given: unknown): { value?: unknown; problems: ArgumentProblem[] } {
  try {
    return { value: findRule(PROGRAM_RULES, name)(given), problems: [] };
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const { path, problem } = error.within(name);
    return { problems: [{ path: plainLine(path.join(".")), problem }] };
  }
}

/**
 * Reduces a token to its id, and checks everything before it leaves the program.
 *
 * @param label the resource, for errors
 * @throws pulumi.RunError
 */
export function toInputs(label: string, args: object): pulumi.Inputs {
  const refuse = (problems: ArgumentProblem[]): void => {
    if (problems.length === 0) return;
    throw new pulumi.RunError(`${label}: ${problems.map(({ path, problem }) => `${path} ${problem}`).join("; ")}`);
  };
  refuse(checkArguments(args));
  const checked = given(args).map(([name, input]) => {
    const check = (given: unknown): unknown => {
      const { value, problems } = read(name, given);
      refuse(problems);
      return value;
    };
    return [name, isPlain(input) ? check(input) : pulumi.output(input as pulumi.Input<string>).apply(check)];
  });

  const { token, tokenId, ...others } = Object.fromEntries(checked);
  const literal = token === undefined ? tokenId : token.tokenId;
  if (typeof literal === "string") declareToken(literal, label);
  if (token === undefined) return { ...others, tokenId: pulumi.unsecret(pulumi.output(tokenId)) };
  const named = pulumi.unsecret(pulumi.output<TokenName>(token)) as pulumi.Output<TokenName>;
  return { ...others, tokenId: named.apply((token) => token.tokenId), kind: named.apply((token) => token.kind) };
}

function given(args: object): [string, unknown][] {
  return Object.entries(args).filter(([, input]) => input !== undefined && input !== null);
}

function isPlain(input: unknown): boolean {
  if (typeof input !== "object" || input === null) return true;
  return !pulumi.Output.isInstance(input) && !(input instanceof Promise) && Object.values(input).every(isPlain);
}
