import { createAccount } from "../support/account";
import { face, namespace } from "../support/face";

const stackTrace = /^\s+at .*\.js/m;

test("a guard refuses before anything is revoked, in a preview too; without credentials a preview says what it could not see", async () => {
  const { project, tokens, sent } = await createAccount(
    ([token]) => `
      new TokenRevocation("guarded", { tokenId: "${token?.id}", expect: { name: "${token?.name}-staging" } });`,
  );
  const name = tokens[0]?.name;
  const preview = await project.preview();
  expect(preview.code).not.toBe(0);
  expect(preview.output).toContain(
    `its name is "${name}", but expect.name is "${name}-staging": check tokenId and expect.name`,
  );
  const up = await project.up("--skip-preview");
  expect(up.code).not.toBe(0);
  expect(sent()).toEqual(["GET 200", "GET 200"]);

  for (const key of ["datadog:apiKey", "datadog:appKey"]) await project.run("config", "rm", key);
  const blind = await project.preview();
  expect(blind.code).toBe(0);
  expect(blind.output).toContain("no Datadog credentials: set DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY");
  const refused = await project.up("--skip-preview");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain(`${tokens[0]?.id}: not revoked: no Datadog credentials`);
  expect(sent()).toEqual([]);
  expect(await project.resources(":TokenRevocation")).toEqual([]);
});

test("a token that a batch and another resource name is refused before anything is sent, and both are named", async () => {
  const { project, tokens, sent } = await createAccount(
    ([one, two]) => `
      new TokenRevocation("single", { tokenId: "${one?.id}" });
      new TokenRevocationBatch("leak", { tokenIds: ["${two?.id}", "${one?.id}"] });`,
  );
  const { code, output } = await project.preview();
  expect(code).not.toBe(0);
  expect(output).toMatch(
    new RegExp(`token ${tokens[0]?.id} is declared twice, first by TokenRevocation\\S* "\\w+": remove`),
  );
  for (const name of ["single", "leak"]) expect(output).toContain(name);
  expect(sent().filter((each) => each.startsWith("DELETE"))).toEqual([]);
});

test("a preview does not refuse a batch for what it does not know yet, wherever that comes from", async () => {
  const { project } = await createAccount(
    ([token]) => `
      const later: any = pulumi.output(require("@pulumi/pulumi/output").unknown);
      new TokenRevocationBatch("whole", { tokenIds: later });
      new TokenRevocationBatch("part", { tokenIds: ["${token?.id}", later], reason: later });`,
  );
  const { code, output } = await project.preview();
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("whole-f") });
});

test("an error names the token, Datadog's own words and what to do, and leaves no record", async () => {
  const { project, simulator, tokens } = await createAccount(
    ([token]) => `new TokenRevocation("forbidden", { tokenId: "${token?.id}" });`,
  );
  const forbidden = { kind: "status", status: 403, body: { errors: ["Forbidden"] } } as const;
  simulator.fault({ method: "DELETE", times: Number.POSITIVE_INFINITY }, forbidden);
  const { code, output } = await project.up("--skip-preview");
  const id = tokens[0]?.id;
  expect(code).not.toBe(0);
  expect(output).toContain(`${id}: not revoked: DELETE /api/v2/personal_access_tokens/${id} at 127.0.0.1`);
  expect(output).toContain('answered 403: "Forbidden". The credentials need the permission');
  expect(output).not.toMatch(stackTrace);
  expect(await project.resources(":TokenRevocation")).toEqual([]);
});

test("what an output brings is checked in the program, and so are keys in plain configuration: one sentence, no stack trace, no secret, no request", async () => {
  const { project, simulator, tokens } = await createAccount(
    () => `new TokenRevocation("leaked", { tokenId: new pulumi.Config().requireSecret("leaked") });`,
    ([token]) => ({ leaked: { secret: token?.value ?? "" } }),
  );
  const misplaced = await project.preview();
  expect(misplaced.code).not.toBe(0);
  expect(misplaced.output).toContain(
    face === "plugin"
      ? "TokenRevocation resource 'leaked' has a problem: tokenId is a whole token value, a secret"
      : 'TokenRevocation "leaked": tokenId is not a token id but looks like a token value',
  );
  expect(misplaced.output).not.toContain(tokens[0]?.value);

  await project.run("config", "set", "--plaintext", "datadog:appKey", simulator.appKey);
  const plain = await project.preview();
  expect(plain.code).not.toBe(0);
  expect(plain.output).toContain(`the configuration key ${namespace}:appKey holds a secret in plain text`);
  expect(plain.output).not.toContain(simulator.appKey);
  for (const { output } of [misplaced, plain]) expect(output).not.toMatch(stackTrace);
  expect(simulator.requests()).toEqual([]);
});
