import { type Account, createAccount } from "../support/account";
import { face } from "../support/face";

let account: Account;

test("a sweep that fails in part: the deployment fails, the others are recorded, and the next up tries only what is left", async () => {
  const beside = "00000001-0000-4000-8000-000000000001";
  const after = "00000002-0000-4000-8000-000000000002";
  account = await createAccount(
    () => `
      import { TokenSweep } from "pulumi-datadog-revocation";
      const hygiene = new TokenSweep("hygiene", { where: { namePattern: "hygiene/*" }, enforce: true });
      new TokenRevocation("beside", { tokenId: "${beside}" });
      new TokenRevocation("after", { tokenId: "${after}" }, { dependsOn: hygiene });`,
    () => ({ "datadog:httpClientRetryBackoffBase": "0.01" }),
    { tokens: 5 },
  );
  const { simulator, project } = account;
  for (const id of [beside, after]) simulator.addToken({ id, name: "beside" });
  const matching = ["a", "b", "c", "d"].map((name) => simulator.addToken({ name: `hygiene/${name}` }).id);
  const [refused = "", broken = "", ...others] = matching;
  const strike = (tokenId: string, fault: Parameters<typeof simulator.fault>[1]) =>
    simulator.fault({ method: "DELETE", path: new RegExp(tokenId), times: Number.POSITIVE_INFINITY }, fault);
  const faults = [
    strike(refused, { kind: "status", status: 403, body: { errors: ["Forbidden"] } }),
    strike(broken, { kind: "resetAfter" }),
  ];
  const inState = async () => (await project.resources(":TokenSweep"))[0];
  const sweep = async () => (await inState())?.outputs ?? {};

  const failing = await project.up("--skip-preview");
  expect(failing.code).not.toBe(0);
  expect(failing.output).toMatch(/(error:|\*) TokenSweep "hygiene": 2 failed; the next pulumi up tries again/);
  expect(failing.output).toMatch(new RegExp(`${refused}: not revoked: DELETE .* 403: "Forbidden".*org_app_keys_write`));
  expect(failing.output).toContain(`${broken}: outcome unknown: Datadog may have revoked it. Run pulumi up again.`);
  expect(failing.output).not.toMatch(/^\s+at .*\.[jt]s/m);
  const first = await sweep();
  expect(first.records).toEqual(
    others.toSorted().map((tokenId) => expect.objectContaining({ tokenId, outcome: "revoked", status: "revoked" })),
  );
  expect(first.failures).toEqual(
    [refused, broken].toSorted().map((tokenId) => expect.objectContaining({ tokenId, message: expect.any(String) })),
  );
  // What stands beside it in the program is not held up.
  expect((await account.record("beside")).outcome).toBe("revoked");
  // The plugin's sweep is what failed, and what depends on it waits; of the package's, the program says that it did.
  const isFailed = face === "plugin";
  expect((await inState())?.initErrors !== undefined).toBe(isFailed);
  expect(account.deleted().includes(after)).toBe(!isFailed);

  for (const fault of faults) fault.remove();
  const finished = await project.up("--skip-preview");
  expect(finished.code).toBe(0);
  // The other one is gone, and no rule matches it any more: it is recorded all the same.
  expect(account.deleted()).toEqual(isFailed ? [refused, after] : [refused]);
  expect(await inState()).not.toHaveProperty("initErrors");
  const second = await sweep();
  expect(second.failures).toEqual([]);
  const outcomes = (second.records as { tokenId: string; outcome: string }[]).map((record) => [
    record.tokenId,
    record.outcome,
  ]);
  expect(outcomes).toEqual(
    matching.toSorted().map((tokenId) => [tokenId, tokenId === broken ? "alreadyRevoked" : "revoked"]),
  );
  for (const tokenId of matching) expect(simulator.find(tokenId)?.revokedAt).not.toBeNull();

  const quiet = await project.up("--skip-preview");
  expect(quiet.code).toBe(0);
  expect(quiet.output).toContain("4 unchanged");
});
