import type * as pulumi from "@pulumi/pulumi";
import type { Act, Actor, Failure, RevocationRecord, Status } from "../core/records";
import { RESOURCE_TYPES, RESULTS } from "../core/resourceTypes";
import { HostedResource } from "./hostedResource";

/** A batch's tokens whose ids begin with one hex digit. Programs declare a `TokenRevocationBatch` instead. */
export class TokenRevocationShard extends HostedResource {
  /** @internal */
  static readonly __pulumiType = RESOURCE_TYPES.TokenRevocationShard;

  declare public readonly tokenIds: pulumi.Output<string[]>;
  /** What became of each token that is not among the failures, sorted by token id. */
  declare public readonly records: pulumi.Output<RevocationRecord[]>;
  /** Who acted, where, and what was declared then: `act` of each record is an index in this list. */
  declare public readonly acts: pulumi.Output<Act[] | undefined>;
  /** The tokens that the next `up` tries again, sorted by token id. */
  declare public readonly failures: pulumi.Output<Failure[]>;
  /** `"alive"` when Datadog was last seen to know one of them still. */
  declare public readonly status: pulumi.Output<Status>;
  /** Whom the credentials of the last run that revoked some belong to. Absent: Datadog did not say. */
  declare public readonly actor: pulumi.Output<Actor | undefined>;
  /** The address of the API that was asked. */
  declare public readonly apiUrl: pulumi.Output<string | undefined>;

  /** @internal */
  constructor(name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    const outputs = ["status", ...RESULTS.TokenRevocationShard];
    super(name, { kind: "TokenRevocationShard", outputs, inputs }, opts);
  }
}
