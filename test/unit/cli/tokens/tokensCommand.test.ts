import { tmpdir } from "node:os";
import type { Simulator } from "../../../../simulator";
import { runCli } from "../../../support/command";
import { simulatorFor } from "../../simulator/useSimulator";

const DAY = 86_400_000;

const environment = ({ url, apiKey, appKey }: Simulator) => ({ DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey });

/** Ids, and ages that a table shows. */
function threeTokens(simulator: Simulator) {
  const [account] = simulator.serviceAccounts;
  const daysAgo = (days: number): number => Date.now() - days * DAY - 1_000;
  const add = (name: string, days: number, more: object) =>
    simulator.addToken({ name: `team/${name}`, createdAt: daysAgo(days), ...more });
  return {
    old: add("old", 200, { lastUsedAt: daysAgo(100), expiresAt: daysAgo(-30) }),
    unused: add("unused", 95, { ownerId: account?.id ?? "", expiresAt: null }),
    busy: add("\u001b[31mbusy", 300, { lastUsedAt: daysAgo(1) }),
  };
}

test("tokens lists everything with whose it is, how old, last used when and until when it is good", async () => {
  const simulator = await simulatorFor({ tokens: 0 });
  const { old, unused, busy } = threeTokens(simulator);
  const { handle } = simulator.keyOwner;
  const account = simulator.serviceAccounts[0]?.name;
  const { code, stdout, stderr } = await runCli(["tokens"], environment(simulator));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "3 tokens of 2 owners that these credentials can see.\n" });
  expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["TOKEN ID", "NAME", "OWNER", "AGE", "USED", "EXPIRES"],
    [busy.id, "team/ [31mbusy", handle, "300d", "1d ago", "in 89d"],
    [old.id, "team/old", handle, "200d", "100d ago", "in 29d"],
    [unused.id, "team/unused", `${account} (service)`, "95d", "never", "never"],
    [""],
  ]);
});

test("tokens lists what a rule is about, and what is exempt from it never", async () => {
  const simulator = await simulatorFor({ tokens: 30 });
  const { old, unused } = threeTokens(simulator);
  const env = environment(simulator);
  const rule = ["--unused-for", "90d", "--name-pattern", "team/*", "--format", "json"];
  const matched = await runCli(["tokens", ...rule], env);
  expect(JSON.parse(matched.stdout)).toEqual([
    expect.objectContaining({ tokenId: old.id, kind: "personal", owner: { ...simulator.keyOwner, type: "users" } }),
    expect.objectContaining({ tokenId: unused.id, kind: "service", lastUsedAt: null, expiresAt: null }),
  ]);
  expect(matched.stderr).toMatch(/^2 of 33 tokens of \d+ owners that these credentials can see match\.\n$/);

  const names = ["team/old", "other"].flatMap((name) => ["--exempt-names", name]);
  const exempt = [...names, "--exempt-token-ids", unused.id.toUpperCase()];
  const none = await runCli(["tokens", ...rule, ...exempt], env);
  expect({ code: none.code, stdout: none.stdout }).toEqual({ code: 0, stdout: "[]\n" });
  expect(none.stderr).toMatch(/^0 of 33 tokens/);
});

test("tokens --leaked lists what Datadog found leaked, when and where; where it tells nothing, that is an error", async () => {
  const simulator = await simulatorFor({ tokens: 5 });
  const { old } = threeTokens(simulator);
  simulator.leak(old.id, { detectedAt: Date.now() - 2 * DAY - 1_000, source: "github" });
  const found = await runCli(["tokens", "--leaked"], environment(simulator));
  expect(found.code).toBe(0);
  const [heading = "", ...rows] = found.stdout.trim().split("\n");
  expect(heading).toMatch(/EXPIRES +LEAKED$/);
  expect(rows).toEqual([expect.stringMatching(new RegExp(`^${old.id} .* 2d ago, github$`))]);
  expect(found.stderr).toMatch(/^1 of 8 tokens/);

  const silent = await simulatorFor({ tokens: 5, leakInformation: false });
  const unknown = await runCli(["tokens", "--leaked"], environment(silent));
  expect({ code: unknown.code, stdout: unknown.stdout }).toEqual({ code: 2, stdout: "" });
  expect(unknown.stderr).toMatch(/^where\.leaked cannot be judged: Datadog's answer does not say/);
});

test("tokens ends quietly when nobody reads the rest", async () => {
  const simulator = await simulatorFor({ tokens: 2_000 });
  // More than a pipe holds.
  const { stdout, stderr } = await runCli(["tokens", "--format", "json"], environment(simulator), "| head -n 1");
  expect(stdout).toBe("[\n");
  expect(stderr).toMatch(/^(2,000 tokens .*\n)?$/);
});

test.each<[string[], string]>([
  [["--unused-for", "90"], '--unused-for is not a duration: write a whole number and s, m, h, d or w, like "90d".'],
  [["--older-than=-1d"], '--older-than is not a duration: write a whole number and s, m, h, d or w, like "90d".'],
  [["--owned-by", "ada"], "--owned-by is not a UUID: write the id that Datadog shows, not a name or an address."],
  [["--kind", "human", "--kind", "service"], '--kind must be "personal" or "service".'],
  [
    ["--name-pattern", "ci", "--exempt-names", "ci"],
    "--name-pattern and --exempt-names contradict each other: the only name is exempt. Change one of them.",
  ],
  [["--format", "yaml"], 'Unknown format "yaml": use table or json.'],
])("answers %j with one plain sentence", async (args, sentence) => {
  expect(await runCli(["tokens", ...args])).toMatchObject({ code: 2, stdout: "", stderr: `${sentence}\n` });
});

test.each([
  ["no credentials", {}, "No Datadog credentials"],
  [
    "keyless authentication, which is not supported",
    { DD_CLOUD_PROVIDER_TYPE: "aws" },
    "Keyless authentication (DD_CLOUD_PROVIDER_TYPE) is not supported by this package",
  ],
])("with %s, where no project is, it names both ways to give credentials", async (_, env, why) => {
  const { code, stderr } = await runCli(["tokens", "--cwd", tmpdir()], env);
  const toDo =
    "set DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY, in the environment; or give with --stack a stack whose " +
    "configuration has them, and with --cwd its project's folder";
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `${why}: ${toDo}. There is no Pulumi project here: run this in its folder, or give that folder with --cwd.\n`,
  });
});

test("tokens says which permission is missing, and shows no credentials", async () => {
  const simulator = await simulatorFor();
  const keys = simulator.createKeys([]);
  const { code, stdout, stderr } = await runCli(["tokens"], environment({ ...simulator, ...keys }));
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(
    /^GET \/api\/v2\/personal_access_tokens.* answered 403: .*org_app_keys_read for anyone's.*\n$/,
  );
  for (const secret of [keys.apiKey, keys.appKey]) expect(stderr).not.toContain(secret);
});
