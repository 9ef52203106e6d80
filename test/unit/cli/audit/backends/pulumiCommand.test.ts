import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pulumi } from "../../../../../cli/audit/backends/pulumiCommand";

test("a missing pulumi command is an error that says where to get it", async () => {
  const path = process.env.PATH;
  process.env.PATH = join(tmpdir(), "no such folder");
  try {
    await expect(Pulumi.find(".")).rejects.toThrow("The pulumi command is not on the PATH. Install it: https://");
  } finally {
    process.env.PATH = path;
  }
});
