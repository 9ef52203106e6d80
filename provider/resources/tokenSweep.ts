import * as pulumi from "@pulumi/pulumi";
import { type OrganizationExpectation, SWEEP_VALIDATORS } from "../core/arguments";
import type { Act, Actor, Failure, RevocationRecord, Snapshot } from "../core/records";
import { RESOURCE_TYPES, RESULTS } from "../core/resourceTypes";
import { admit } from "./admission";
import {
  checkCriteria,
  type Exempt,
  type ExemptArgs,
  type OrganizationExpectationArgs,
  type Where,
  type WhereArgs,
  type WhyArgs,
} from "./commonArguments";
import { HostedResource } from "./hostedResource";
import { secretArguments, toInputs } from "./programArguments";
import { reportFailures } from "./reportFailures";

/** The arguments of a `TokenSweep`. */
export interface TokenSweepArgs extends WhyArgs {
  /** What a token must be like: all that is given must hold, and something must be given. */
  where: pulumi.Input<WhereArgs>;
  /** Tokens that never match. */
  exempt?: pulumi.Input<ExemptArgs> | undefined;
  /** Whether to revoke what matches. Default false: it is reported, and nothing is revoked. */
  enforce?: pulumi.Input<boolean> | undefined;
  /** Fuse: the most tokens that one run may revoke; if more match, it revokes none. Only with `enforce`. Default 10. */
  maxRevocations?: pulumi.Input<number> | undefined;
  /** What the credentials must be like; otherwise nothing is reported or revoked. */
  expect?: pulumi.Input<OrganizationExpectationArgs> | undefined;
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
  static readonly __pulumiType = RESOURCE_TYPES.TokenSweep;

  declare public readonly where: pulumi.Output<Where>;
  declare public readonly exempt: pulumi.Output<Exempt | undefined>;
  declare public readonly enforce: pulumi.Output<boolean | undefined>;
  declare public readonly maxRevocations: pulumi.Output<number | undefined>;
  declare public readonly expect: pulumi.Output<OrganizationExpectation | undefined>;
  declare public readonly reason: pulumi.Output<string | undefined>;
  declare public readonly ticket: pulumi.Output<string | undefined>;
  declare public readonly requestedBy: pulumi.Output<string | undefined>;
  /** What matched in the last run that changed something, the oldest first. Previews of changes pass it on as unknown. */
  declare public readonly matched: pulumi.Output<Snapshot[]>;
  /** Everything that this sweep ever revoked, sorted by token id. */
  declare public readonly records: pulumi.Output<RevocationRecord[]>;
  /** Who acted, where, and what was declared then: `act` of each record is an index in this list. */
  declare public readonly acts: pulumi.Output<Act[] | undefined>;
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
    const label = admit("TokenSweep", name, opts);
    const inputs = readCriteria(label, args ?? {});
    super(name, { kind: "TokenSweep", outputs: OUTPUTS, inputs }, opts);
    // What a preview knows of them lacks the last use; passed on as known, it would make a plan fail after the act.
    this.matched = pulumi.all([this.matched, this.lastSweptAt]).apply(([matched]) => matched);
    this.failures.apply((failures) => reportFailures(failures, label, this));
  }
}

const OUTPUTS = [...Object.keys(SWEEP_VALIDATORS), ...RESULTS.TokenSweep];

function readCriteria(label: string, args: Partial<TokenSweepArgs>): pulumi.Inputs {
  const missing = { path: "where", problem: 'is missing: set at least one criterion, like { unusedFor: "90d" }' };
  const inputs = toInputs(label, SWEEP_VALIDATORS, args, args.where == null ? [missing] : []);
  checkCriteria(label, inputs);
  return { ...inputs, ...secretArguments(inputs) } as pulumi.Inputs;
}
