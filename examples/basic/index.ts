/**
 * Revokes one token. The run authenticates with a service access token as DD_BEARER_TOKEN, whose scopes are
 * org_app_keys_read, org_app_keys_write and user_access_read, and whose service account has the permissions of these names.
 * Service accounts' tokens need service_account_write (Datadog's API specification), or org_app_keys_read and
 * org_app_keys_write (its page on service access tokens).
 * The older way, DD_API_KEY and DD_APP_KEY, works too.
 *
 *     pulumi config set tokenId <the token's id>
 *     pulumi preview --diff    # whose is it?
 *     pulumi up
 */
import * as pulumi from "@pulumi/pulumi";
import { TokenRevocation } from "pulumi-datadog-revocation";

const revocation = new TokenRevocation("leaked-ci-token", {
  tokenId: new pulumi.Config().require("tokenId"),
  reason: "found in the log of a public CI job",
  ticket: "SEC-1042",
});

export const outcome = revocation.outcome;
export const verifiedAt = revocation.verifiedAt;
