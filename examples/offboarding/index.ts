/**
 * Revokes every token of somebody who leaves. One stack a leaver, whose state and history are the record. In a clone of
 * this repository, after `npm pack`:
 *
 *     cp -r examples/offboarding ../offboarding && cd ../offboarding
 *     npm install ../pulumi-datadog-revocation/pulumi-datadog-revocation-0.1.0.tgz
 *     pulumi stack init ada
 *     pulumi config set leaver <the leaver's address in Datadog>
 *     pulumi config set organizationId <UUID of the Datadog organization>
 *     pulumi config set ticket HR-7
 *     export DD_SITE=datadoghq.com                         # your site
 *     read -rs DD_BEARER_TOKEN && export DD_BEARER_TOKEN   # paste the access token, then Enter
 *     pulumi preview --diff --save-plan plan.json    # all that is theirs
 *     pulumi up --plan plan.json
 *
 * Do it before the user is disabled: Datadog then revokes their tokens, and nobody learns any more which there were.
 *
 * The access token is best a service access token, with the scopes org_app_keys_read, org_app_keys_write and
 * user_access_read, of a service account that has the permissions of these names. Service accounts' tokens need
 * service_account_write (Datadog's API specification), or org_app_keys_read and org_app_keys_write (its page on service
 * access tokens). An API key and an application key, as DD_API_KEY and DD_APP_KEY, work too.
 */
import * as datadog from "@pulumi/datadog";
import * as pulumi from "@pulumi/pulumi";
import { TokenSweep } from "pulumi-datadog-revocation";

const config = new pulumi.Config();
const leaver = config.require("leaver");

// Service accounts have addresses too: often that of whoever made them.
const user = datadog.getUserOutput({ filter: leaver, exactMatch: true, excludeServiceAccounts: true });

// A rule, where a list of today's tokens would do for today: a token that the leaver makes after this is revoked by the
// next `up`, and the records of those that are gone, which no list has any more, stay.
const sweep = new TokenSweep("leaver", {
  where: {
    ownedBy: user.apply(({ id, email }) => {
      // An exact match is also one of the name, and everybody chooses their own.
      if (email.toLowerCase() === leaver.toLowerCase()) return id;
      throw new pulumi.RunError(`"${leaver}" is the name of ${email}, not an address: nothing is revoked`);
    }),
  },
  enforce: true,
  maxRevocations: config.requireNumber("maxRevocations"),
  expect: { organizationId: config.require("organizationId") },
  reason: "left the company",
  ticket: config.require("ticket"),
});

export const revoked = sweep.records.apply((records) =>
  records.map(({ tokenId, revokedAt, snapshot }) => ({ tokenId, name: snapshot?.name, revokedAt })),
);
