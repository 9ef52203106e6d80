/**
 * Rules for stacks that revoke Datadog access tokens. A preview that breaks one fails, before anything is revoked. In a
 * clone of this repository, with a project in ../revocations:
 *
 *     cp -r examples/policy ../revocations/policy && cd ../revocations/policy
 *     npm install ../../pulumi-datadog-revocation/pulumi-datadog-revocation-0.1.0.tgz
 *     cd ..
 *     pulumi preview --policy-pack policy --policy-pack-config policy/config.json
 *
 * They judge what the preview has looked up: whose a token is, and what a sweep matches. A preview knows only the ids of
 * a batch's tokens, so the last rule asks Datadog itself, with DD_BEARER_TOKEN of its environment (scope and permission
 * org_app_keys_read; or DD_API_KEY and DD_APP_KEY).
 */
import { PolicyPack, type ReportViolation, type ResourceValidation, type ResourceValidationArgs } from "@pulumi/policy";
import { getTokens } from "pulumi-datadog-revocation";

/** As Datadog described it to the preview. */
interface Token {
  readonly tokenId: string;
  readonly owner: { readonly id?: string; readonly handle?: string; readonly name?: string };
}

/** What the rules read of a TokenRevocation, of one of a TokenRevocationBatch's shards, and of a TokenSweep. */
interface Revocation {
  readonly reason?: string;
  readonly ticket?: string;
  readonly allowSelf?: boolean;
  readonly serviceAccountId?: string;
  /** Of a TokenRevocation; absent if Datadog did not show the token. */
  readonly snapshot?: Token;
  /** Of a shard. */
  readonly tokenIds?: readonly string[];
  readonly batch?: { readonly name: string; readonly maxRevocations: number };
  /** Of a sweep. */
  readonly enforce?: boolean;
  readonly maxRevocations?: number;
  readonly matched?: readonly Token[];
}

type Rule = (revocation: Revocation, report: ReportViolation, args: ResourceValidationArgs) => void | Promise<void>;

/** Which of this package's resources it is: a TypeScript program's, or one of the plugin's, for the other languages. */
function kindOf(type: string): string | undefined {
  return /^(?:pulumi-nodejs:dynamic\/datadog-revocation|datadog-revocation:index):(Token\w+)$/.exec(type)?.[1];
}

/** A sweep's own, where it names none. */
const DEFAULT_SWEEP_FUSE = 10;

/** Judges what will revoke: a sweep that only reports does not. What holds for a whole batch is said once. */
function whateverRevokes(rule: Rule): ResourceValidation {
  const said = new Set<string>();
  return async (args, report) => {
    const kind = kindOf(args.type);
    const isEnforced = kind === "TokenSweep" && args.props.enforce === true;
    if (kind !== "TokenRevocation" && kind !== "TokenRevocationShard" && !isEnforced) return;
    const once = (message: string) => {
      const key = `${kind === "TokenRevocationShard" ? args.opts.parent : args.urn} ${message}`;
      if (!said.has(key)) report(message);
      said.add(key);
    };
    await rule(args.props, once, args);
  };
}

let tokensOfProtected: Promise<Set<string>> | undefined;

/** The ids of the tokens that these users and service accounts have; asked once a run. Addresses are left out. */
function tokensOf(owners: readonly string[]): Promise<Set<string>> {
  const ownedBy = owners.filter((owner) => !owner.includes("@"));
  tokensOfProtected ??=
    ownedBy.length === 0
      ? Promise.resolve(new Set<string>())
      : getTokens({ ownedBy }).then((tokens) => new Set(tokens.map(({ tokenId }) => tokenId)));
  return tokensOfProtected;
}

/** `urn:pulumi:<stack>::<project>::…` */
const stackOf = (urn: string): string => urn.split("::", 1)[0]?.split(":")[2] ?? "";

new PolicyPack("datadog-revocation", {
  enforcementLevel: "mandatory",
  policies: [
    {
      name: "reason-and-ticket",
      description: "Every revocation says why, and where that was decided.",
      validateResource: whateverRevokes(({ reason, ticket }, report) => {
        if (!reason?.trim()) report("`reason` is missing: say why the token is revoked.");
        if (!ticket?.trim()) report("`ticket` is missing: say where that was decided.");
      }),
    },
    {
      name: "no-allow-self",
      description: "No run revokes the token that it runs with: nothing could be verified after it.",
      validateResource: whateverRevokes(({ allowSelf }, report) => {
        if (allowSelf) report("`allowSelf` is true: revoke this token in a run with other credentials.");
      }),
    },
    {
      name: "few-at-once",
      description: "The fuse of a batch or a sweep, `maxRevocations`, is not above the limit.",
      configSchema: { properties: { limit: { type: "integer", minimum: 1, default: 100 } } },
      validateResource: whateverRevokes(({ batch, maxRevocations }, report, args) => {
        if (kindOf(args.type) === "TokenRevocation") return;
        const { limit } = args.getConfig<{ limit: number }>();
        const fuse = batch?.maxRevocations ?? maxRevocations ?? DEFAULT_SWEEP_FUSE;
        if (fuse > limit) report(`\`maxRevocations\` is ${fuse}, the limit is ${limit}.`);
      }),
    },
    {
      name: "sweeps-enforce-on-main",
      description: "Only the main stack's sweeps revoke; those of other stacks report.",
      configSchema: { properties: { mainStack: { type: "string", default: "main" } } },
      validateResource: whateverRevokes((_sweep, report, { type, urn, getConfig }) => {
        const { mainStack } = getConfig<{ mainStack: string }>();
        const stack = stackOf(urn);
        if (kindOf(type) === "TokenSweep" && stack !== mainStack) {
          report(`\`enforce\` is true on the stack ${stack}; only ${mainStack} may revoke by a rule.`);
        }
      }),
    },
    {
      name: "protected-owners",
      // The owner of a token that Datadog does not show cannot be judged; `expect.ownerId` refuses such a token.
      description: "Nothing revokes the tokens of the owners on the list, as far as Datadog shows whose they are.",
      configSchema: {
        // Ids of users and service accounts. Addresses and names of service accounts too, but not for batches, nor where these keys may not read users.
        properties: { owners: { type: "array", items: { type: "string" }, default: [] } },
      },
      validateResource: whateverRevokes(
        async ({ snapshot, matched = [], serviceAccountId, tokenIds = [] }, report, args) => {
          const { owners } = args.getConfig<{ owners: string[] }>();
          const listed = (name?: string) => owners.find((owner) => owner.toLowerCase() === name?.toLowerCase());
          for (const { tokenId, owner } of snapshot ? [snapshot] : matched) {
            const found = listed(owner.id) ?? listed(owner.handle) ?? listed(owner.name);
            if (found) report(`Token ${tokenId} belongs to ${found}, who is protected.`);
          }
          if (!snapshot && listed(serviceAccountId)) report(`The service account ${serviceAccountId} is protected.`);
          if (kindOf(args.type) !== "TokenRevocationShard") return;
          try {
            const theirs = await tokensOf(owners);
            for (const id of tokenIds) if (theirs.has(id)) report(`Token ${id} belongs to an owner who is protected.`);
          } catch (error) {
            report(`Whose the tokens of the batch are cannot be judged: ${(error as Error).message}`);
          }
        },
      ),
    },
  ],
});
