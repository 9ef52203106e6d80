/**
 * Revokes every Datadog token in a file: the leaked log itself, or what a secret scanner reported of it. One stack an
 * incident, whose state and history are its record. In a clone of this repository, after `npm pack`:
 *
 *     cp -r examples/incident ../incident && cd ../incident
 *     npm install ../pulumi-datadog-revocation/pulumi-datadog-revocation-0.1.0.tgz
 *     pulumi stack init INC-1234
 *     pulumi config set report <path of the file, absolute>
 *     pulumi config set organizationId <UUID of the Datadog organization>
 *     pulumi config set ticket INC-1234
 *     pulumi config set reportedAt <when the leak was reported, like 2026-11-24T09:30:00Z>
 *     pulumi config set requestedBy <who asked for it>
 *     export DD_SITE=datadoghq.com                         # your site
 *     read -rs DD_BEARER_TOKEN && export DD_BEARER_TOKEN   # paste the access token, then Enter
 *     pulumi preview --diff --save-plan plan.json    # whose are they?
 *     pulumi up --plan plan.json
 *
 * Keep the file until the incident is closed, and out of the repository: it may hold whole values. Each `up` reads it
 * again, and revokes what was added to it.
 *
 * The access token is best a service access token, with the scopes org_app_keys_read, org_app_keys_write and
 * user_access_read, of a service account that has the permissions of these names. Service accounts' tokens need
 * service_account_write (Datadog's API specification), or org_app_keys_read and org_app_keys_write (its page on service
 * access tokens). An API key and an application key, as DD_API_KEY and DD_APP_KEY, work too.
 */
import * as pulumi from "@pulumi/pulumi";
import { TokenRevocationBatch } from "pulumi-datadog-revocation";
import { readReport } from "./report";

const config = new pulumi.Config();

const batch = new TokenRevocationBatch("leaked", {
  tokens: readReport(config.require("report")),
  reason: "found in a leaked file",
  ticket: config.require("ticket"),
  reportedAt: config.require("reportedAt"),
  requestedBy: config.require("requestedBy"),
  // A token of another organization looks like one that was revoked before: without this it would be recorded as one.
  expect: { organizationId: config.require("organizationId") },
  maxRevocations: config.requireNumber("maxRevocations"),
});

export const summary = batch.summary;

/** Whose programs have lost their access: tell them. */
export const owners = pulumi.all(batch.shards.map(({ records }) => records)).apply((shards) => {
  const owners = shards.flat().flatMap((record) => record?.snapshot?.owner ?? []);
  return [...new Set(owners.map(({ name, handle, id }) => name ?? handle ?? id ?? "unknown"))].sort();
});
