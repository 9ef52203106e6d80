import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Account, createAccount } from "../support/account";
import type { CommandResult } from "../support/processes";

const pack = join(__dirname, "../../examples/policy");
const why = 'reason: "found in a log", ticket: "SEC-1042"';

let account: Account;

beforeAll(async () => {
  account = await createAccount(() => "", undefined, { tokens: 20 });
});

afterAll(() => account.dispose());

/** Previews the program under the policies; no preview revokes anything. */
async function preview(program: string, config: object): Promise<CommandResult> {
  const file = join(account.project.folder, "policy.json");
  writeFileSync(file, JSON.stringify(config));
  account.setProgram(standIns + program);
  const result = await account.project.preview("--policy-pack", pack, "--policy-pack-config", file);
  expect(account.sent().filter((request) => request.startsWith("DELETE"))).toEqual([]);
  return result;
}

/** What was said of the resources of this name, in order: `"rule: message"`. */
function violations({ output }: CommandResult, name: string): string[] {
  const found = output.matchAll(new RegExp(`- \\[mandatory\\] +(\\S+) +\\(\\S+: ${name}\\)\n.*\n +(.*)`, "g"));
  return [...found].map(([, rule, message]) => `${rule}: ${message}`);
}

test("a preview that breaks a rule fails, with the rule, the resource and what to do", async () => {
  const { tokens, simulator } = account;
  const owned = simulator.find(tokens[0]?.id ?? "");
  const other = tokens.find(({ id }) => simulator.find(id)?.owner.id !== owned?.owner.id);
  const result = await preview(
    `
    new TokenRevocation("bare", { tokenId: "${other?.id}" });
    new TokenRevocation("blank", { tokenId: "${tokens.at(-1)?.id}", reason: " ", ticket: "SEC-1", allowSelf: true });
    new TokenRevocation("protected", { tokenId: "${owned?.id}", ${why} });
    new TokenRevocationBatch("batch", { tokenIds: ["${tokens.at(-2)?.id}", "${tokens.at(-3)?.id}"], ${why}, serviceAccountId: "${owned?.owner.id}" });
    new Sweep("sweep", { matched: [
      { tokenId: "${other?.id}", owner: { id: "a", handle: "Ada@example.com" } }, { tokenId: "b", owner: { id: "b" } },
    ], ${why}, enforce: true });
    `,
    {
      "few-at-once": { limit: 7 },
      "sweeps-enforce-on-main": { mainStack: "production" },
      "protected-owners": { owners: [owned?.owner.id.toUpperCase(), "ada@example.com"] },
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
    `protected-owners: Token ${owned?.id} belongs to ${owned?.owner.id.toUpperCase()}, who is protected.`,
  ]);
  // Once for the batch, by whichever of its shards came first.
  expect(violations(result, "batch-.")).toEqual([
    "few-at-once: `maxRevocations` is 1000, the limit is 7.",
    `protected-owners: The service account ${owned?.owner.id} is protected.`,
  ]);
  expect(violations(result, "sweep")).toEqual([
    "few-at-once: `maxRevocations` is 10, the limit is 7.",
    `protected-owners: Token ${other?.id} belongs to ada@example.com, who is protected.`,
    "sweeps-enforce-on-main: `enforce` is true on the stack test; only production may revoke by a rule.",
  ]);
});

test("what keeps the rules passes, and so does a sweep that only reports", async () => {
  const config = JSON.parse(readFileSync(join(pack, "config.json"), "utf8"));
  const { code, output } = await preview(
    `
    new TokenRevocation("one", { tokenId: "${account.tokens[0]?.id}", ${why} });
    new Sweep("report", { matched: [{ tokenId: "b", owner: { id: "protected" } }], maxRevocations: 1000 });
    new Sweep("enforced", { matched: [{ tokenId: "b", owner: { id: "b" } }], maxRevocations: 100, enforce: true, ${why} });
    `,
    { ...config, "sweeps-enforce-on-main": { mainStack: "test" }, "protected-owners": { owners: ["protected"] } },
  );
  expect(output).toContain("✅ datadog-revocation@v");
  expect(code).toBe(0);
});

const standIns = `
import { TokenRevocationBatch } from "pulumi-datadog-revocation";
class Sweep extends pulumi.dynamic.Resource {
  constructor(name: string, props: object) { super({ create: async () => ({ id: "a" }) }, name, props, {}, "datadog-revocation", "TokenSweep"); }
}
`;
