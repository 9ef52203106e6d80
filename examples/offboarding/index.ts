/**
 * Revokes every token of somebody who leaves. One stack a leaver, whose state and history are the record:
 *
 *     pulumi stack init ada
 *     pulumi config set leaver ada@example.com     # and organizationId, ticket
 *     pulumi preview --diff --save-plan plan.json  # all that is theirs
 *     pulumi up --plan plan.json
 *
 * Do it before the user is disabled: Datadog then revokes their tokens, and nobody learns any more which there were.
 * The credentials, best a service access token as DD_BEARER_TOKEN, need the permissions org_app_keys_read,
 * org_app_keys_write and user_access_read, and a token the scopes of the same names, or other people are not found.
 * Service accounts' tokens need service_account_write (Datadog's API specification), or org_app_keys_read and
 * org_app_keys_write (its page on service access tokens).
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
