import * as pulumi from "@pulumi/pulumi";
import { TokenRevocation } from "pulumi-datadog-revocation";

const revocation = new TokenRevocation("leaked-ci-token", {
  tokenId: new pulumi.Config().require("tokenId"),
  reason: "found in the log of a public CI job",
  ticket: "SEC-1042",
});

export const outcome = revocation.outcome;
export const verifiedAt = revocation.verifiedAt;
