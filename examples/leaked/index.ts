/**
 * Revokes the tokens that Datadog itself has found leaked, in a public repository for example. A schedule runs it every
 * night (.github/workflows/leaked.yml or .gitlab-ci.yml), with a service access token as DD_BEARER_TOKEN:
 *
 *     pulumi up --yes
 *
 * Until the package is published, put the tarball that `npm pack` makes of it into this folder, and once:
 *
 *     npm install ./pulumi-datadog-revocation-0.1.0.tgz
 *     pulumi config set organizationId <UUID of the Datadog organization>
 *
 * At first it only reports. See what it finds, and then let it revoke:
 *
 *     pulumi config set enforce true
 */
import * as pulumi from "@pulumi/pulumi";
import { TokenSweep } from "pulumi-datadog-revocation";

const config = new pulumi.Config();

const sweep = new TokenSweep("leaked", {
  // The token that this very run uses is never matched: if that one has leaked, the run warns of it, and the schedule fails
  // until a new one is used. Then revoke the old one.
  where: { leaked: true },
  enforce: config.requireBoolean("enforce"),
  // More in one night is an incident for people to look at: none of them is revoked, and the run fails.
  maxRevocations: 10,
  expect: { organizationId: config.require("organizationId") },
  reason: "found leaked by Datadog",
});

/** What the sweep matched last: where and when Datadog found each token, and whether it is revoked by now. */
export const leaked = pulumi.all([sweep.matched, sweep.records]).apply(([matched, records]) => {
  const revoked = records.filter(({ status }) => status === "revoked").map(({ tokenId }) => tokenId);
  return matched.map(({ tokenId, name, owner, leak }) => ({
    tokenId,
    name,
    owner: owner.name ?? owner.handle ?? owner.id ?? "unknown",
    ...leak,
    revoked: revoked.includes(tokenId),
  }));
});
/** The ids of those that are not revoked. The schedule fails while there are any, so that somebody looks. */
export const alive = leaked.apply((tokens) => tokens.filter(({ revoked }) => !revoked).map(({ tokenId }) => tokenId));
