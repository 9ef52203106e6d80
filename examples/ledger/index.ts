import { join } from "node:path";
import { TokenRevocation } from "pulumi-datadog-revocation";
import { readLedger } from "./ledger";

for (const { tokenId, args } of readLedger(join(__dirname, "../../revocations.yaml"))) {
  new TokenRevocation(tokenId, args);
}
