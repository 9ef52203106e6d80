/**
 * Revokes every Datadog token in a file: the leaked log itself, or what a secret scanner reported of it. One stack an
 * incident, whose state and history are its record:
 *
 *     pulumi stack init INC-1234
 *     pulumi config set ticket INC-1234              # and the others that Pulumi.yaml lists
 *     pulumi preview --diff --save-plan plan.json    # whose are they?
 *     pulumi up --plan plan.json
 *
 * The credentials, best a service access token as DD_BEARER_TOKEN, need the permissions org_app_keys_read, org_app_keys_write
 * and user_access_read, and a token the scopes of the same names.
 * Service accounts' tokens need service_account_write (Datadog's API specification), or org_app_keys_read and
 * org_app_keys_write (its page on service access tokens).
 *
 * Keep the file until the incident is closed, and out of the repository: it may hold whole values. Each `up` reads it
 * again, and revokes what was added to it.
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
