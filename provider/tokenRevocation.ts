import * as pulumi from "@pulumi/pulumi";
import { admit } from "./admit";
import { type TokenRevocationArgs, toInputs } from "./arguments";
import type { Actor } from "./datadog/client";
import type { TokenKind } from "./datadog/tokenIds";
import { type Expectation, RULES } from "./host/arguments";
import { type Outcome, RECORD_FIELDS, type Snapshot, type Status } from "./host/record";
import { HostedResource } from "./hostedResource";

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
  /** What Datadog said about the token while it was still there. Previews show it, and pass it on as unknown. */
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
    const label = admit("TokenRevocation", name, "the token id");
    super("TokenRevocation", "host/tokenRevocation", name, { ...OUTPUTS, ...toInputs(label, args ?? {}) }, opts);
    // What a preview knows of it lacks the last use; passed on as known, it would make a plan fail after the act.
    this.snapshot = pulumi.all([this.snapshot, this.revokedAt]).apply(([snapshot]) => snapshot);
  }
}

/** Named for the SDK, which makes an output of each property that is there. */
const OUTPUTS = Object.fromEntries(
  [...Object.keys(RULES), "kind", ...RECORD_FIELDS, "actor", "apiUrl"].map((property) => [property, undefined]),
);
