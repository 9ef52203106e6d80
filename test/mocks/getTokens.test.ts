import * as pulumi from "@pulumi/pulumi";
import {
  getTokens,
  getTokensOutput,
  type Snapshot,
  TokenRevocation,
  TokenRevocationBatch,
} from "pulumi-datadog-revocation";
import { type Simulator, startSimulator } from "pulumi-datadog-revocation/simulator";

const tokenId = "0535fac7-4642-4abe-b6fc-cf15336df559";
const found: Snapshot = { tokenId, name: "ci-deploy", owner: { id: "00000000-0000-1234-0000-00000000000a" } };

let datadog: Simulator;
const before = { ...process.env };

// A developer's environment: credentials that work, and a Datadog that would answer.
beforeAll(async () => {
  datadog = await startSimulator();
  Object.assign(process.env, { DD_HOST: datadog.url, DD_API_KEY: datadog.apiKey, DD_APP_KEY: datadog.appKey });
});

afterAll(async () => {
  for (const key of ["DD_HOST", "DD_API_KEY", "DD_APP_KEY"]) {
    if (before[key] === undefined) delete process.env[key];
    else process.env[key] = before[key];
  }
  await datadog.stop();
});

afterEach(() => expect(datadog.requests()).toEqual([]));

/** What a test of a user's has in place of the engine. */
async function mock(call: pulumi.runtime.Mocks["call"]): Promise<void> {
  await pulumi.runtime.setMocks({ newResource: ({ inputs }) => ({ id: "made", state: inputs }), call });
}

function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

test("under mocks the test's own call answers for the tokens, and learns what was asked", async () => {
  const asked: pulumi.runtime.MockCallArgs[] = [];
  await mock((args) => {
    asked.push(args);
    return { tokens: [found] };
  });
  expect(await getTokens({ unusedFor: "90d" }, { exempt: { names: ["break-glass"] } })).toEqual([found]);
  expect(await known(getTokensOutput({ ownedBy: pulumi.output(tokenId) }))).toEqual([found]);
  expect(asked.map(({ token, inputs }) => [token, inputs])).toEqual([
    ["datadog-revocation:index:getTokens", { where: { unusedFor: "90d" }, exempt: { names: ["break-glass"] } }],
    ["datadog-revocation:index:getTokens", { where: { ownedBy: tokenId } }],
  ]);
});

test.each<[string, pulumi.runtime.Mocks["call"]]>([
  ["nothing", () => ({})],
  ["its inputs, as in Pulumi's own pages", ({ inputs }) => inputs],
])("mocks that answer every call with %s have no tokens", async (_, call) => {
  await mock(call);
  expect(await getTokens({ leaked: true })).toEqual([]);
  expect(await getTokens()).toEqual([]);
});

test("an answer of another shape, and criteria that cannot be used, are errors as in a run", async () => {
  await mock(() => ({ tokens: { [tokenId]: found } }));
  await expect(getTokens()).rejects.toThrow(
    "getTokens: the mocks' call must answer datadog-revocation:index:getTokens with { tokens: [...] }",
  );
  await expect(getTokens({ unusedFor: "soon" })).rejects.toThrow("unusedFor");
});

test("a program's resources send nothing under mocks either", async () => {
  await mock(() => ({}));
  const { value } = datadog.addToken();
  await known(new TokenRevocation("leaked", { token: value }).urn);
  await known(new TokenRevocationBatch("batch", { tokenIds: [tokenId] }).summary);
});
