/**
 * Revokes tokens that nobody has used for 90 days. In a clone of this repository, after `npm pack`:
 *
 *     cp -r examples/hygiene ../hygiene && cd ../hygiene
 *     npm install ../pulumi-datadog-revocation/pulumi-datadog-revocation-0.1.0.tgz
 *     pulumi stack init main
 *     pulumi config set organizationId <UUID of the Datadog organization>
 *     export DD_SITE=datadoghq.com                         # your site
 *     read -rs DD_BEARER_TOKEN && export DD_BEARER_TOKEN   # paste the access token, then Enter
 *     pulumi up --yes    # what a schedule runs, every night for example
 *
 * At first it only reports. Read that for some weeks, exempt what is needed, and then let it act:
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

const sweep = new TokenSweep("unused", {
  // One that was never used counts from its creation.
  where: { unusedFor: "90d" },
  // What must be there in spite of its not being used. Here, not in the configuration: it is worth a review.
  exempt: { names: ["break-glass"] },
  enforce: config.requireBoolean("enforce"),
  // A night that would revoke more is not like other nights: it revokes nothing, and fails.
  maxRevocations: 5,
  expect: { organizationId: config.require("organizationId") },
  reason: "not used for 90 days",
});

// For a dashboard, or a message to the owners: `pulumi stack output --json`. A night without news changes none of it.

/** What the rule matched at last, and who would miss it. */
export const matched = sweep.matched.apply((tokens) =>
  tokens.map(({ tokenId, name, owner, lastUsedAt }) => ({
    tokenId,
    name,
    owner: owner.name ?? owner.handle ?? owner.id ?? "unknown",
    lastUsedAt: lastUsedAt ?? "never",
  })),
);
/** How many were revoked, all nights together. */
export const revoked = sweep.records.apply((records) => records.length);
/** How many could not be. The next night tries again. */
export const failed = sweep.failures.apply((failures) => failures.length);
export const { lastSweptAt } = sweep;
