import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAccount } from "../support/account";
import { audit } from "../support/auditCommand";

test("a statement is made of a report, and later tells a deployment from an edit by hand", async () => {
  const account = await createAccount(
    ([first]) => `new TokenRevocation("first", { tokenId: "${first?.id}", ticket: "SEC-1" });`,
  );
  const { project, tokens } = account;
  const [first, second] = tokens.map(({ id }) => id);
  const file = (name: string): string => join(project.folder, name);
  const check = (...args: string[]) => audit(project, "--check", "audit.intoto.json", ...args);
  expect((await project.up("--skip-preview")).code).toBe(0);

  const files = ["--output", "audit.intoto.json", "--report", "audit.json", "--report", "audit.html"];
  expect(await audit(project, "--format", "intoto", ...files)).toMatchObject({
    code: 0,
    output: "Wrote audit.json.\nWrote audit.html.\nWrote audit.intoto.json.\n",
  });
  const statement = JSON.parse(readFileSync(file("audit.intoto.json"), "utf8"));
  expect(statement.subject).toEqual(
    ["audit.json", "audit.html"].map((name) => ({
      name,
      digest: {
        sha256: createHash("sha256")
          .update(readFileSync(file(name)))
          .digest("hex"),
      },
    })),
  );
  expect(JSON.parse(readFileSync(file("audit.json"), "utf8"))).toEqual(statement.predicate.report);
  expect(statement.predicate.report.records).toMatchObject([{ tokenId: first, ticket: "SEC-1" }]);

  const quiet = await check();
  expect(quiet.stdout).toMatch(/^project\/test: unchanged$/m);
  expect(quiet.code).toBe(0);

  account.setProgram(`
    new TokenRevocation("first", { tokenId: "${first}", ticket: "SEC-1" });
    new TokenRevocation("second", { tokenId: "${second}" });`);
  expect((await project.up("--skip-preview")).code).toBe(0);
  const ran = await check();
  expect(ran.stdout).toMatch(
    /^project\/test: deployment 2 \(update, .*\) ran since; the history and records before are unchanged$/m,
  );
  expect(ran.code).toBe(0);

  const following = ["--format", "intoto", "--previous", "audit.intoto.json", "--output", "next.intoto.json"];
  expect(await audit(project, ...following)).toMatchObject({ code: 0 });
  const folder = fileURLToPath(project.env.PULUMI_BACKEND_URL ?? "");
  const [state = ""] = globSync(join(folder, ".pulumi/stacks/*/test.json"));
  writeFileSync(state, readFileSync(state, "utf8").replaceAll("SEC-1", "SEC-2"));
  const next = ["--check", "next.intoto.json", "--previous", "audit.intoto.json"];
  const edited = await audit(project, ...next);
  expect(edited.stdout).toMatch(
    /^project\/test: CHANGED: the state was edited: it differs, and no deployment ran since/m,
  );
  expect(edited.code).toBe(1);
  const asJson = await audit(project, ...next, "--format", "json");
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    broken: [],
    stacks: [
      { stack: "project/test", since: [], unchecked: [], changed: [expect.stringContaining("the state was edited")] },
    ],
  });

  writeFileSync(file("audit.intoto.json"), "{}");
  const damaged = await check();
  expect(damaged).toMatchObject({ code: 2, stdout: "" });
  expect(damaged.stderr).toContain("audit.intoto.json is not an in-toto statement of version 1");
});
