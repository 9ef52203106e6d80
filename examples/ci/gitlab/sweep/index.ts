import { TokenSweep } from "pulumi-datadog-revocation";

// Without `enforce` it reports what matches, and revokes nothing.
new TokenSweep("unused", { where: { unusedFor: "90d" } });
