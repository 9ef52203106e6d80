import { audit } from "../support/auditCommand";
import { createProject } from "../support/engine";
import { s3Backend } from "../support/stores/testBackends";

const denied = { status: 403, code: "AccessDenied", message: "Object is WORM protected and cannot be overwritten" };

test("a bucket that refuses every deletion locks the stack; one that keeps histories alone does not", async () => {
  const { server, url, env } = await s3Backend();
  const project = await createProject({ program: "", env: { ...env, PULUMI_BACKEND_URL: url } });
  server.answer = (method, key) => (method === "DELETE" && key.includes(".pulumi/history/") ? denied : undefined);
  for (let run = 0; run < 2; run++) expect((await project.up("--skip-preview")).code).toBe(0);

  server.answer = (method) => (method === "DELETE" ? denied : undefined);
  expect((await project.up("--skip-preview")).output).toContain("there was a problem deleting the lock");
  expect((await project.up("--skip-preview")).output).toContain("the stack is currently locked");
  // Whoever held it is known to have ended, and is not taken for a run.
  const { code, stdout } = await audit(project, "--format", "json");
  expect([code, JSON.parse(stdout).findings]).toEqual([0, []]);
});
