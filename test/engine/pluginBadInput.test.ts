import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { createProject, type Project, type ProjectOptions } from "../support/engine";
import { builtPlugin } from "../support/face";
import { simulate } from "../support/simulator";
import { yamlProgram } from "../support/yaml";

type Resources = Record<string, { type: string; properties?: object; options?: object }>;

/** A program in YAML. JSON is YAML. */
const program = (resources: Resources, more: object = {}): Record<string, string> =>
  yamlProgram(`resources: ${JSON.stringify(resources)}\nconfig: ${JSON.stringify(more)}`, {
    "datadog-revocation": builtPlugin,
  });

/** Refers to a resource or a value of the configuration. */
const the = (name: string): string => `\${${name}}`;

const revocation = (properties: object, options: object = {}) => ({
  type: "datadog-revocation:TokenRevocation",
  properties,
  options,
});
const batch = (properties: object, options: object = {}) => ({
  type: "datadog-revocation:TokenRevocationBatch",
  properties,
  options,
});
const provider = ({ url, apiKey, appKey }: Simulator) => ({
  type: "pulumi:providers:datadog-revocation",
  properties: { apiUrl: url, apiKey, appKey },
});

const keys = ({ url, apiKey, appKey }: Simulator) => ({ DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey });
const deletes = (simulator: Simulator, since = 0) =>
  simulator.requests(since).filter(({ method }) => method === "DELETE");

const start = (options: Omit<ProjectOptions, "program">): Promise<Project> =>
  createProject({ ...options, program: program({}) });

/** Runs a program that must fail; the output, on one line. */
async function refusal(project: Project, resources: Resources, more?: object): Promise<string> {
  project.write(program(resources, more));
  const { code, output } = await project.up("--skip-preview");
  expect(code).not.toBe(0);
  return output.replace(/\s+/g, " ");
}

test("a whole value is refused with the way to shorten it, wherever it stands, and shown and stored nowhere", async () => {
  const simulator = await simulate({ tokens: 0 });
  const { value } = simulator.addToken();
  const project = await start({ env: keys(simulator), config: { "project:leaked": { secret: value } } });
  const advice =
    "is a whole token value, a secret: give its first 28 characters alone, the public portion (Python and Go: value[:28]; C#: value[..28]; YAML: write them out)";
  const config = { leaked: { type: "string", secret: true } };

  const outputs = [
    await refusal(project, { a: revocation({ token: value }) }),
    await refusal(project, { a: revocation({ token: the("leaked") }) }, config),
    await refusal(project, { a: batch({ tokens: [value] }) }),
    await refusal(project, { a: batch({ tokens: [the("leaked")] }) }, config),
  ];
  expect(outputs.map((output) => output.includes(advice))).toEqual([true, true, true, true]);
  outputs.push(await refusal(project, { a: revocation({ token: value.slice(0, 28), reason: `it was ${value}` }) }));
  expect(outputs.at(-1)).toContain("reason holds a token value, a secret: describe the token instead");
  outputs.push(await refusal(project, { a: batch({ tokenIds: [value] }) }));
  expect(outputs.at(-1)).toContain("tokenIds holds members that name no token: [0]");

  expect(deletes(simulator)).toEqual([]);
  project.write(program({}));
  expect([...outputs, project.stateText(), JSON.stringify(await project.history())].join("\n")).not.toContain(value);
});

test("what the schema does not have, YAML itself refuses before any request", async () => {
  const simulator = await simulate({ tokens: 1 });
  const tokenId = simulator.tokens[0]?.id;
  const project = await start({ env: keys(simulator) });
  const sweep = (where: object) => ({ a: { type: "datadog-revocation:TokenSweep", properties: { where } } });

  expect(await refusal(project, { a: revocation({ tokenId, because: "it leaked" }) })).toContain(
    "Property because does not exist on 'datadog-revocation:index:TokenRevocation'",
  );
  expect(await refusal(project, sweep({ leakd: true }))).toContain("Property leakd does not exist");
  // One kind is written as a list, too.
  expect(await refusal(project, sweep({ kind: "service" }))).toContain(
    "kind: Cannot assign type 'string' to type 'List<datadog-revocation:index:TokenKind>'",
  );
  expect(
    await refusal(project, { p: { type: "pulumi:providers:datadog-revocation", properties: { apiKy: "x" } } }),
  ).toContain("Property apiKy does not exist on 'pulumi:providers:datadog-revocation'");
  expect(simulator.requests()).toEqual([]);
});

test("a batch that cannot be used, and one whose tokens fail, say so in a sentence that names it", async () => {
  const simulator = await simulate({ tokens: 0 });
  const { id } = simulator.addToken();
  const gone = "0535fac7-4642-4abe-b6fc-cf15336df559";
  const project = await start({ env: keys(simulator) });

  expect(await refusal(project, { b: batch({ tokenIds: ["abc"], maxRevocations: 0 }) })).toContain(
    `resource 'b' has a problem: TokenRevocationBatch "b": maxRevocations must be a whole number of 1 or more; tokenIds holds members that name no token: [0] is not a token id (it has 3 characters)`,
  );
  expect(await refusal(project, { b: batch({ reason: "leaked" }) })).toContain(
    `TokenRevocationBatch "b": tokenIds and tokens are both missing: set one of them`,
  );
  expect(deletes(simulator)).toEqual([]);

  expect(await refusal(project, { b: batch({ tokenIds: [id, gone], onNotFound: "fail" }) })).toMatch(
    new RegExp(`TokenRevocationBatch "b": 1 failed; the next pulumi up tries again. ${gone}: not revoked: `),
  );
  // The other one is revoked, and recorded.
  const { records, failures } = await project.recorded();
  expect(records).toMatchObject([{ tokenId: id, outcome: "revoked" }]);
  expect(failures).toMatchObject([{ tokenId: gone }]);
});

test("keys of the stack's configuration: plain and unknown ones are refused, those of datadog: are not seen", async () => {
  const simulator = await simulate({ tokens: 1 });
  const tokenId = simulator.tokens[0]?.id;
  const project = await start({
    env: { DD_HOST: simulator.url },
    config: { "datadog:apiKey": { secret: simulator.apiKey }, "datadog:appKey": { secret: simulator.appKey } },
  });
  const resources = { a: revocation({ tokenId }) };
  const missing = await refusal(project, resources);
  expect(missing).toContain("no Datadog credentials: set DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY;");
  expect(missing).toContain(
    "Keys of the configuration datadog: are not handed to this provider: set them again under datadog-revocation:, or give them to a provider of its own in the program",
  );

  const plain = [`datadog-revocation:apiKey=${simulator.apiKey}`, `datadog-revocation:appKey=${simulator.appKey}`];
  await project.run("config", "set-all", ...plain.flatMap((pair) => ["--plaintext", pair]));
  expect(await refusal(project, resources)).toContain(
    "the configuration key datadog-revocation:apiKey holds a secret in plain text: set it again with pulumi config set --secret datadog-revocation:apiKey",
  );
  await project.run("config", "rm-all", "datadog-revocation:apiKey", "datadog-revocation:appKey");
  await project.run("config", "set", "datadog-revocation:apiUlr", simulator.url);
  expect(await refusal(project, resources)).toContain(
    "datadog-revocation:apiUlr is not a configuration key: did you mean datadog-revocation:apiUrl?",
  );
  expect(simulator.requests()).toEqual([]);

  // Wrong keys: the advice names the setting as it is called here.
  await project.run("config", "rm", "datadog-revocation:apiUlr");
  const wrong = [`datadog-revocation:apiKey=${"1".repeat(32)}`, `datadog-revocation:appKey=${"1".repeat(40)}`];
  await project.run("config", "set-all", ...wrong.flatMap((pair) => ["--secret", pair]));
  expect(await refusal(project, resources)).toContain("another site (DD_SITE, DD_HOST, datadog-revocation:apiUrl)");
});

test("two providers of one organization: keys that are written out are encrypted, and the rate limit holds for both", async () => {
  const simulator = await simulate({ tokens: 0, rateLimit: { limit: 20, periodSeconds: 1 }, deleteAnswers204For: 0 });
  const [shared, ...tokens] = Array.from({ length: 81 }, () => simulator.addToken().id);
  const project = await start({});
  const [one, other] = [{ provider: the("one") }, { provider: the("other") }];
  project.write(
    program({
      one: provider(simulator),
      other: provider(simulator),
      first: revocation({ tokenId: shared }, one),
      second: revocation({ tokenId: shared }, { ...other, dependsOn: [the("first")] }),
      half: batch({ tokenIds: tokens.slice(0, 40) }, one),
      rest: batch({ tokenIds: tokens.slice(40) }, other),
    }),
  );
  const { code, output } = await project.up("--skip-preview");
  expect(code).toBe(0);
  // The second finds it gone, and says what it knows.
  expect(output).toContain(`${shared}: alreadyRevoked, Datadog does not know it; this stack never saw it`);
  const { records, failures } = await project.recorded();
  expect(failures).toEqual([]);
  expect(records.filter(({ outcome }) => outcome === "revoked")).toHaveLength(81);
  expect(records.filter(({ outcome }) => outcome === "alreadyRevoked")).toMatchObject([{ tokenId: shared }]);
  const refused = simulator.requests().filter(({ status }) => status === 429);
  expect(refused.length).toBeLessThan(simulator.requests().length / 3);

  project.write(program({}));
  const text = project.stateText();
  expect([simulator.apiKey, simulator.appKey].filter((key) => text.includes(key))).toEqual([]);
});
