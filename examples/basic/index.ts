/**
 * Revokes one token: write its id, which Datadog shows, in the place of the one below. In a clone of this repository, after
 * `npm pack`:
 *
 *     cp -r examples/basic ../revocations && cd ../revocations
 *     npm install ../pulumi-datadog-revocation/pulumi-datadog-revocation-0.1.0.tgz
 *     pulumi stack init main
 *     export DD_SITE=datadoghq.com                         # your site
 *     read -rs DD_BEARER_TOKEN && export DD_BEARER_TOKEN   # paste the access token, then Enter
 *     pulumi preview --diff    # whose is it?
 *     pulumi up
 *
 * The access token is best a service access token, with the scopes org_app_keys_read, org_app_keys_write and
 * user_access_read, of a service account that has the permissions of these names. Service accounts' tokens need
 * service_account_write (Datadog's API specification), or org_app_keys_read and org_app_keys_write (its page on service
 * access tokens). An API key and an application key, as DD_API_KEY and DD_APP_KEY, work too.
 */
import { TokenRevocation } from "pulumi-datadog-revocation";

const revocation = new TokenRevocation("leaked-ci-token", {
  tokenId: "0535fac7-4642-4abe-b6fc-cf15336df559",
  reason: "found in the log of a public CI job",
  ticket: "SEC-1042",
});

export const outcome = revocation.outcome;
export const verifiedAt = revocation.verifiedAt;
