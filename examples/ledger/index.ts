import { join } from "node:path";
import { readLedger, TokenRevocation } from "pulumi-datadog-revocation";

for (const { tokenId, args } of readLedger(join(__dirname, "../../revocations.yaml"))) {
  new TokenRevocation(tokenId, args);
}
