import { identityOf } from "../../../../cli/audit/storedTypes";
import { asPlugins, record, revocation, StackHistory, shard, sweep, tokenId, urn } from "../../../support/stackHistory";
import { only, reportOf } from "./stackInMemory";

const BACKENDS = [true, false];
const gone = (id: string, at: string): object => record(id, at, { outcome: "alreadyRevoked", httpStatus: 404 });

test.each(BACKENDS)(
  "with checkpoints %s, a record that went from a dynamic resource to the plugin's is one, of the deployment that revoked",
  async (keeps) => {
    const history = new StackHistory();
    history.deploy([
      revocation("a", record(tokenId(1), history.at(1))),
      shard("leak", "0", { records: [record(tokenId(2), history.at(2))] }),
      sweep("stale", { records: [record(tokenId(3), history.at(3))] }),
    ]);
    const before = await reportOf(history, keeps);
    history.move();
    history.deploy([...history.resources.values()]);
    const { records, findings } = await reportOf(history, keeps);
    expect(findings).toEqual([]);
    expect(records.map(({ version, resourceType }) => [version, resourceType])).toEqual([
      [1, "TokenRevocation"],
      [1, "TokenRevocationBatch"],
      [1, "TokenSweep"],
    ]);
    const named = (name: string) => urn(`datadog-revocation:index:${name}`, name === "TokenSweep" ? "stale" : "a");
    const resources = [named("TokenRevocation"), urn("datadog-revocation:index:TokenRevocationBatch", "leak")];
    expect(records).toEqual(
      before.records.map((each, index) => ({ ...each, resource: [...resources, named("TokenSweep")][index] })),
    );
  },
);

test("what a deployment gave for the first time as it moved a resource was given by that one", async () => {
  const history = new StackHistory();
  const fields = record(tokenId(1), history.at(), { act: { apiUrl: "https://api.datadoghq.eu" } });
  history.deploy([revocation("a", fields)]);
  history.move();
  history.deploy([asPlugins(revocation("a", { ...fields, ticket: "SEC-1" }))]);
  expect(only(await reportOf(history)).unknown.ticket).toBe('given later, deployment 2: "SEC-1"');
});

test("a create that was killed, and was carried out by the plugin, is not pending; it is named beside what was found gone", async () => {
  const history = new StackHistory();
  const leak = shard("leak", "0", {});
  const { outputs: _, ...resource } = leak;
  history.pending = [{ type: "creating", resource: { ...resource, inputs: { tokenIds: [tokenId(1)] } } }];
  history.deploy([], { result: "failed" });
  history.deploy([asPlugins(shard("leak", "0", { records: [gone(tokenId(1), history.at())] }))]);
  const report = await reportOf(history);
  expect(report.findings).toEqual([]);
  expect(only(report).interruptedRun).toEqual({ operation: "creating", resource: leak.urn, before: 2 });
});

test("a resource is the same whatever its type and the types of its parents, and none that is another's", () => {
  const chain = (types: string) => `urn:pulumi:dev::shop::${types}::a::b`;
  const dynamic = "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation";
  const plugin = "datadog-revocation:index:TokenRevocation";
  expect(identityOf(chain(`test:index:Team$${plugin}$${plugin}`))).toBe(chain(`test:index:Team$${dynamic}$${dynamic}`));
  expect(identityOf(chain(dynamic))).toBe(chain(dynamic));
  const other = chain("datadog-revocation:index:TokenRevocationBatch$other:index:TokenSweep");
  expect(identityOf(other)).toBe(other);
  expect(identityOf("not a URN")).toBe("not a URN");
});
