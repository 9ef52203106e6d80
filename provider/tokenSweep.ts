import * as pulumi from "@pulumi/pulumi";
import { admit } from "./admit";
import { checkRule, type ExemptArgs, type WhereArgs } from "./criteria";
import type { Actor } from "./datadog/client";
import { reportFailures } from "./failures";
import type { Expectation } from "./host/arguments";
import type { Exempt, Where } from "./host/criteria";
import type { RevocationRecord, Snapshot } from "./host/record";
import type { Failure } from "./host/revokeMany";
import { SWEEP_RULES } from "./host/sweepArguments";
import { HostedResource } from "./hostedResource";
import { findProblems, readInputs, refuse } from "./inputs";

/** The arguments of a `TokenSweep`. */
export interface TokenSweepArgs {
  /** What a token must be like: all that is given must hold, and something must be given. */
  where: pulumi.Input<WhereArgs>;
  /** Tokens that never match. */
  exempt?: pulumi.Input<ExemptArgs> | undefined;
  /** Whether to revoke what matches. Default false: it is reported, and nothing is revoked. */
  enforce?: pulumi.Input<boolean> | undefined;
  /** Fuse: the most tokens that one run may revoke; if more match, it revokes none. Only with `enforce`. Default 10. */
  maxRevocations?: pulumi.Input<number> | undefined;
  /** What the credentials must be like; otherwise nothing is reported or revoked. */
  expect?:
    | pulumi.Input<{
        /** UUID of the organization that the credentials belong to. */
        organizationId?: pulumi.Input<string> | undefined;
      }>
    | undefined;
  /** Why the tokens are revoked. Stands in state and history for good. */
  reason?: pulumi.Input<string> | undefined;
  /** Where that was decided, e.g. `"SEC-12"` or a URL. */
  ticket?: pulumi.Input<string> | undefined;
  /** Who asked for it. */
  requestedBy?: pulumi.Input<string> | undefined;
}

/**
 * Declares a rule that no Datadog access token may meet. `pulumi preview` prints a table of those that do. Without
 * `enforce` that report is all that happens; with it `pulumi up` revokes exactly the tokens that were shown, and records
 * each. The token that authenticates the run never matches.
 *
 * ```ts
 * new TokenSweep("unused", {
 *   where: { unusedFor: "90d" },
 *   exempt: { names: ["break-glass"] },
 *   enforce: true,
 * });
 * ```
 *
 * Every run lists the tokens anew. One that finds nothing to revoke, or nothing to report but what it reported before,
 * changes nothing. A token that could not be revoked stops nothing: the deployment fails at its end, and the next `up`
 * tries again.
 */
export class TokenSweep extends HostedResource {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/datadog-revocation:TokenSweep";

  declare public readonly where: pulumi.Output<Where>;
  declare public readonly exempt: pulumi.Output<Exempt | undefined>;
  declare public readonly enforce: pulumi.Output<boolean | undefined>;
  declare public readonly maxRevocations: pulumi.Output<number | undefined>;
  declare public readonly expect: pulumi.Output<Pick<Expectation, "organizationId"> | undefined>;
  declare public readonly reason: pulumi.Output<string | undefined>;
  declare public readonly ticket: pulumi.Output<string | undefined>;
  declare public readonly requestedBy: pulumi.Output<string | undefined>;
  /** What matched in the last run that changed something, the oldest first. Previews of changes pass it on as unknown. */
  declare public readonly matched: pulumi.Output<Snapshot[]>;
  /** Everything that this sweep ever revoked, sorted by token id. */
  declare public readonly records: pulumi.Output<RevocationRecord[]>;
  /** Matches that could not be revoked, sorted by token id. */
  declare public readonly failures: pulumi.Output<Failure[]>;
  /** RFC 3339, UTC: the last run that changed something. */
  declare public readonly lastSweptAt: pulumi.Output<string>;
  /** Whom the credentials of the last run that revoked some belong to. Absent: none was, or Datadog did not say. */
  declare public readonly actor: pulumi.Output<Actor | undefined>;
  /** The address of the API that was asked. */
  declare public readonly apiUrl: pulumi.Output<string>;

  /**
   * @param name the resource's name in the stack
   * @param args which tokens, and whether to revoke them
   * @param opts as of every resource; `protect: true` keeps the records from being removed by mistake
   * @throws pulumi.RunError naming the resource and the argument that cannot be used
   */
  constructor(name: string, args: TokenSweepArgs, opts?: pulumi.CustomResourceOptions) {
    const label = admit("TokenSweep", name, "the rule");
    super("TokenSweep", "host/tokenSweep", name, { ...OUTPUTS, ...toInputs(label, args ?? {}) }, opts);
    // What a preview knows of them lacks the last use; passed on as known, it would make a plan fail after the act.
    this.matched = pulumi.all([this.matched, this.lastSweptAt]).apply(([matched]) => matched);
    this.failures.apply((failures) => reportFailures(failures, label, this));
  }
}

function toInputs(label: string, args: Partial<TokenSweepArgs>): pulumi.Inputs {
  const missing = { path: "where", problem: "is missing: which tokens is the rule about?" };
  refuse(label, [...findProblems(SWEEP_RULES, args), ...(args.where == null ? [missing] : [])]);
  const inputs = readInputs(label, SWEEP_RULES, args);
  checkRule(label, inputs);
  return inputs as pulumi.Inputs;
}

/** Named for the SDK, which makes an output of each property that is there. */
const OUTPUTS = Object.fromEntries(
  [...Object.keys(SWEEP_RULES), "matched", "records", "failures", "lastSweptAt", "actor", "apiUrl"].map((property) => [
    property,
    undefined,
  ]),
);
