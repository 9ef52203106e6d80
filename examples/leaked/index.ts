/**
 * Revokes the tokens that Datadog itself has found leaked, in a public repository for example. A schedule runs it every
 * night (.github/workflows/leaked.yml or .gitlab-ci.yml), with a service access token as DD_BEARER_TOKEN:
 *
 *     pulumi up --yes
 *
 * At first it only reports. See what it finds, and then let it revoke:
 *
 *     pulumi config set enforce true
 */
import * as pulumi from "@pulumi/pulumi";
import { TokenSweep } from "pulumi-datadog-revocation";

const sweep = new TokenSweep("leaked", {
  // The token that this very run uses is never matched: if that one has leaked, replace it, then revoke it.
  where: { leaked: true },
  enforce: new pulumi.Config().requireBoolean("enforce"),
  // More in one night is an incident for people to look at: none of them is revoked, and the run fails.
  maxRevocations: 10,
  reason: "found leaked by Datadog",
});

/** What Datadog found, when and where. */
export const leaked = sweep.matched.apply((tokens) =>
  tokens.map(({ tokenId, name, owner, leak }) => ({
    tokenId,
    name,
    owner: owner.name ?? owner.handle ?? owner.id,
    ...leak,
  })),
);
/** The ids of those that are not revoked. The schedule fails while there are any, so that somebody looks. */
export const alive = pulumi.all([sweep.matched, sweep.records]).apply(([matched, records]) => {
  const revoked = records.filter(({ status }) => status === "revoked").map(({ tokenId }) => tokenId);
  return matched.map(({ tokenId }) => tokenId).filter((tokenId) => !revoked.includes(tokenId));
});
