import { findBackend } from "../../../../cli/audit/backend";
import type { Pulumi } from "../../../../cli/audit/pulumiCommand";

test("not being logged in to a backend is an error that says how to log in", async () => {
  const pulumi: Pick<Pulumi, "json"> = {
    json: async () => {
      throw new Error("error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions");
    },
  };
  await expect(findBackend(pulumi as Pulumi)).rejects.toThrow("Pulumi is not logged in to a backend. Run pulumi login");
});
