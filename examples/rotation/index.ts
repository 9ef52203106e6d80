/**
 * Rotates a service account's token: a new one is made and handed over, and only then the old one is revoked. In a clone
 * of this repository, after `npm pack`:
 *
 *     cp -r examples/rotation ../rotation && cd ../rotation
 *     npm install ../pulumi-datadog-revocation/pulumi-datadog-revocation-0.1.0.tgz
 *     pulumi stack init main
 *     pulumi config set serviceAccountId <UUID of the service account>
 *     pulumi config set file <where the consumer reads its token, absolute>
 *     pulumi config set name "exporter 2026-12"
 *     pulumi config set --path 'retired["exporter"]' <the id of the token in use, which is named "exporter">
 *     export DD_SITE=datadoghq.com                         # your site
 *     read -rs DD_BEARER_TOKEN && export DD_BEARER_TOKEN   # paste the access token, then Enter
 *     pulumi preview --diff
 *     pulumi up
 *
 * Service accounts' tokens need service_account_write (Datadog's API specification), or org_app_keys_read and
 * org_app_keys_write (its page on service access tokens).
 * A token as DD_BEARER_TOKEN needs the scopes of the same names, and those that it gives to the new token, metrics_read here:
 * Datadog lets no token make one that may do more, or lives longer: the new one here never expires.
 *
 * The next time, too: another name, and the token that was in use, whose id is `pulumi stack output tokenId`.
 */
import * as datadog from "@pulumi/datadog";
import * as pulumi from "@pulumi/pulumi";
import { TokenRevocation } from "pulumi-datadog-revocation";
import { HandOver } from "./handOver";

const config = new pulumi.Config();
const serviceAccountId = config.require("serviceAccountId");
const name = config.require("name");
const retired = config.requireObject<Record<string, string>>("retired");
if (name in retired)
  throw new pulumi.RunError(`"${name}" is in use and cannot retire: give the new token another name`);

// Another resource each time, so that the new token is made while the old one works. That one is in the program no more:
// Pulumi deletes it at the very end of a run in which all else succeeded. By then it is revoked, and recorded.
const token = new datadog.ServiceAccessToken(name, { serviceAccountId, name, scopes: ["metrics_read"] });

const handedOver = new HandOver("exporter", { value: token.key, file: config.require("file") });

for (const [name, tokenId] of Object.entries(retired)) {
  new TokenRevocation(
    name,
    {
      tokenId,
      serviceAccountId,
      // A mixed-up id, that of the token in use for example, is refused in the preview.
      expect: { name, ownerId: serviceAccountId },
      reason: "rotated",
    },
    // The order that matters: if handing over fails, the old token stays alive.
    { dependsOn: handedOver },
  );
}

export const tokenId = token.id;
