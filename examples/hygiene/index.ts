/**
 * Revokes tokens that nobody has used for 90 days. A schedule runs it, every night for example, with a service access
 * token as DD_BEARER_TOKEN, whose scopes are org_app_keys_read, org_app_keys_write and user_access_read, and whose service
 * account has the permissions of these names (or with DD_API_KEY and DD_APP_KEY of somebody who has them):
 *
 *     pulumi up --yes
 *
 * Service accounts' tokens need service_account_write (Datadog's API specification), or org_app_keys_read and
 * org_app_keys_write (its page on service access tokens).
 *
 * At first it reports alone. Read that for some weeks, exempt what is needed, and then let it act:
 *
 *     pulumi config set enforce true
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
