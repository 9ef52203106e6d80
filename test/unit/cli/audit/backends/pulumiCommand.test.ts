import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBackend } from "../../../../../cli/audit/backends/backend";
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

test("not being logged in to a backend is an error that says how to log in", async () => {
  const json = () => Promise.reject(new Error("error: PULUMI_ACCESS_TOKEN must be set for login"));
  const said = "Pulumi is not logged in to a backend. Run pulumi login";
  await expect(findBackend({ json } as unknown as Pulumi)).rejects.toThrow(said);
});
