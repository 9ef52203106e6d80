/**
 * Revokes the tokens that Datadog itself has found leaked, in a public repository for example. In a clone of this
 * repository, after `npm pack`:
 *
 *     cp -r examples/leaked ../leaked && cp pulumi-datadog-revocation-0.1.0.tgz ../leaked && cd ../leaked
 *     npm install ./pulumi-datadog-revocation-0.1.0.tgz
 *     pulumi stack init main
 *     pulumi config set organizationId <UUID of the Datadog organization>
 *     export DD_SITE=datadoghq.com                         # your site
 *     read -rs DD_BEARER_TOKEN && export DD_BEARER_TOKEN   # paste the access token, then Enter
 *     pulumi up --yes    # what a schedule runs, every night: .github/workflows/leaked.yml or .gitlab-ci.yml
 *
 * At first it only reports. See what it finds, and then let it revoke:
 *
 *     pulumi config set enforce true
 *     pulumi up --yes
 *
 * The access token is best a service access token, with the scopes org_app_keys_read, org_app_keys_write and
 * user_access_read, of a service account that has the permissions of these names. Service accounts' tokens need
 * service_account_write (Datadog's API specification), or org_app_keys_read and org_app_keys_write (its page on service
 * access tokens). An API key and an application key, as DD_API_KEY and DD_APP_KEY, work too.
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
