import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Account, createAccount } from "../support/account";
import type { CommandResult } from "../support/processes";

const pack = join(__dirname, "../../examples/policy");
const why = 'reason: "found in a log", ticket: "SEC-1042"';

let account: Account;

beforeAll(async () => {
  account = await createAccount(() => "", undefined, { tokens: 20 });
  const { url, apiKey, appKey } = account.simulator;
  Object.assign(account.project.env, { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey });
});

/** Previews the program under the policies; no preview revokes anything. */
async function preview(program: string, config: object): Promise<CommandResult> {
  const file = join(account.project.folder, "policy.json");
  writeFileSync(file, JSON.stringify(config));
  account.setProgram(`import { TokenRevocationBatch, TokenSweep } from "pulumi-datadog-revocation";\n${program}`);
  const result = await account.project.preview("--policy-pack", pack, "--policy-pack-config", file);
  expect(account.sent().filter((request) => request.startsWith("DELETE"))).toEqual([]);
  return result;
}

/** What was said of the resources of this name, sorted, as shards come in any order: `"rule: message"`. */
function violations({ output }: CommandResult, name: string): string[] {
  const found = output.matchAll(new RegExp(`- \\[mandatory\\] +(\\S+) +\\(\\S+: ${name}\\)\n.*\n +(.*)`, "g"));
  return [...found].map(([, rule, message]) => `${rule}: ${message}`).sort();
}

test("a preview that breaks a rule fails, with the rule, the resource and what to do", async () => {
  const { tokens, simulator } = account;
  const [ana, ben, other] = owners();
  const extra = simulator.addToken({ ownerId: ana.id });
  const result = await preview(
    `
    new TokenRevocation("bare", { tokenId: "${other.tokenId}" });
    new TokenRevocation("blank", { tokenId: "${tokens.at(-1)?.id}", reason: " ", ticket: "SEC-1", allowSelf: true });
    new TokenRevocation("protected", { tokenId: "${ana.tokenId}", ${why} });
    new TokenRevocationBatch("batch", { tokenIds: ["${extra.id}", "${newId}"], ${why}, serviceAccountId: "${ana.id}" });
    new TokenSweep("sweep", { where: { ownedBy: "${ben.id}" }, enforce: true, ${why} });
    `,
    {
      "few-at-once": { limit: 7 },
      "sweeps-enforce-on-main": { mainStack: "production" },
      "protected-owners": { owners: [ana.id.toUpperCase(), ben.handle.toUpperCase()] },
    },
  );
  expect(result.code).not.toBe(0);
  expect(violations(result, "bare")).toEqual([
    "reason-and-ticket: `reason` is missing: say why the token is revoked.",
    "reason-and-ticket: `ticket` is missing: say where that was decided.",
  ]);
  expect(violations(result, "blank")).toEqual([
    "no-allow-self: `allowSelf` is true: revoke this token in a run with other credentials.",
    "reason-and-ticket: `reason` is missing: say why the token is revoked.",
  ]);
  expect(violations(result, "protected")).toEqual([
    `protected-owners: Token ${ana.tokenId} belongs to ${ana.id.toUpperCase()}, who is protected.`,
  ]);
  // Once for the batch, by whichever of its shards came first; but for each token.
  expect(violations(result, "batch-.")).toEqual([
    "few-at-once: `maxRevocations` is 1000, the limit is 7.",
    `protected-owners: The service account ${ana.id} is protected.`,
    `protected-owners: Token ${extra.id} belongs to an owner who is protected.`,
  ]);
  const bens = tokens.filter(({ id }) => simulator.find(id)?.owner.id === ben.id);
  expect(violations(result, "sweep")).toEqual(
    [
      "few-at-once: `maxRevocations` is 10, the limit is 7.",
      "sweeps-enforce-on-main: `enforce` is true on the stack test; only production may revoke by a rule.",
      ...bens.map(
        ({ id }) => `protected-owners: Token ${id} belongs to ${ben.handle.toUpperCase()}, who is protected.`,
      ),
    ].toSorted(),
  );
});

test("what keeps the rules passes, and so does a sweep that only reports", async () => {
  const config = JSON.parse(readFileSync(join(pack, "config.json"), "utf8"));
  const [ana, ben, other] = owners();
  const { code, output } = await preview(
    `
    new TokenRevocation("one", { tokenId: "${other.tokenId}", ${why} });
    new TokenRevocationBatch("batch", { tokenIds: ["${newId}"], maxRevocations: 100, ${why} });
    new TokenSweep("report", { where: { ownedBy: "${ana.id}" }, maxRevocations: 1000 });
    new TokenSweep("enforced", { where: { ownedBy: "${ben.id}" }, maxRevocations: 100, enforce: true, ${why} });
    `,
    { ...config, "sweeps-enforce-on-main": { mainStack: "test" }, "protected-owners": { owners: [ana.id] } },
  );
  expect(output).toContain("✅ datadog-revocation@v");
  expect(code).toBe(0);
});

test("a batch is refused if nobody can be asked whose its tokens are", async () => {
  // Those of the stack's configuration reach the program alone.
  delete account.project.env.DD_API_KEY;
  delete account.project.env.DD_APP_KEY;
  const result = await preview(
    `new TokenRevocationBatch("batch", { tokenIds: ["${newId}"], maxRevocations: 100, ${why} });`,
    { "protected-owners": { owners: [owners()[0].id] } },
  );
  expect(result.code).not.toBe(0);
  expect(violations(result, "batch-.").join()).toMatch(
    /^protected-owners: Whose the tokens of the batch are cannot be judged: getTokens: .*DD_API_KEY/,
  );
});

/** Of nobody. */
const newId = "0535fac7-4642-4abe-b6fc-cf15336df559";

/** Three people with a token of each. */
function owners() {
  const { tokens, simulator } = account;
  const found = new Map(tokens.map(({ id }) => [simulator.find(id)?.owner.id, id]));
  const [one, two, three] = [...found.values()].map((tokenId) => {
    const { id = "", handle = "" } = simulator.find(tokenId)?.owner ?? {};
    return { id, handle, tokenId };
  });
  if (!one || !two || !three) throw new Error("too few owners");
  return [one, two, three] as const;
}
