import type { AuditReport } from "../../cli/audit/auditReport";
import { createAccount } from "../support/account";
import { audit } from "../support/auditCommand";

test("a record that the engine replaced is superseded by the one that found the token gone, which --verify calls gone", async () => {
  const account = await createAccount(
    ([token]) => `new TokenRevocation("leaked", { tokenId: "${token?.id}", reason: "first", ticket: "SEC-1" });`,
  );
  const { project, simulator, tokens } = account;
  const id = tokens[0]?.id ?? "";
  const never = "00000000-0000-4000-8000-00000000dead";
  expect((await project.up("--skip-preview")).code).toBe(0);
  account.setProgram(`
    new TokenRevocation("leaked", { tokenId: "${id}", reason: "second", ticket: "SEC-1", requestedBy: "ann" });
    new TokenRevocation("never", { tokenId: "${never}" });`);
  const urn = "urn:pulumi:test::project::pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation::leaked";
  expect((await project.up("--skip-preview", "--replace", urn)).code).toBe(0);

  const { apiKey, appKey, url } = simulator;
  Object.assign(project.env, { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey });
  const asked = await audit(project, "--verify", "--format", "json", "--fail-on", "unverified");
  const { records, findings }: AuditReport = JSON.parse(asked.stdout);
  const rows = records.map(({ tokenId, outcome, reason, supersededBy, verification }) => {
    return [tokenId, outcome, reason, supersededBy?.version, verification];
  });
  expect(rows).toEqual(
    expect.arrayContaining([
      [id, "revoked", "first", 2, { alive: false }],
      [id, "alreadyRevoked", "second", undefined, { alive: false }],
      [never, "alreadyRevoked", null, undefined, { alive: null, why: "never seen" }],
    ]),
  );
  expect(rows).toHaveLength(3);
  expect(findings).toEqual([]);
  expect(asked).toMatchObject({
    code: 2,
    stderr: `--fail-on unverified: cannot be judged for 1: ${never} (not known: never seen)\n`,
  });
});
