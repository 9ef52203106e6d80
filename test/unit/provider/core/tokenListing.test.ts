import { listing, withHandles } from "../../../../provider/core/tokenListing";
import { type Simulator, startSimulator } from "../../../../simulator";
import { clientFor } from "../datadog/datadogClient";

let simulator: Simulator;

afterEach(() => simulator.stop());

const client = (keys: { apiKey: string; appKey: string } = simulator) =>
  clientFor(simulator.url, { credentials: { kind: "keys", ...keys } });
const paths = (since = 0): string[] => simulator.requests(since).map(({ path }) => path);

test("everybody shares one listing a run; one that failed is asked for again", async () => {
  simulator = await startSimulator({ tokens: 12 });
  const forbidden = client(simulator.createKeys(["user_access_read"]));
  expect(await listing(forbidden)).toEqual({ why: expect.stringMatching(/answered 403.*org_app_keys_read/) });

  const listings = await Promise.all([listing(client()), listing(client()), listing(client())]);
  const ids = simulator.tokens.map(({ id }) => id).toSorted();
  for (const { tokens } of listings) expect([...(tokens?.keys() ?? [])].toSorted()).toEqual(ids);
  expect(paths().filter((path) => path.endsWith("personal_access_tokens"))).toHaveLength(2);
});

test("handles are asked for once an owner, for fifty owners at most, and may stay unknown", async () => {
  simulator = await startSimulator({ tokens: 12 });
  const { tokens = new Map() } = await listing(client());
  const [token] = tokens.values();
  const ownedBy = (id: string) => ({ ...token, relationships: { owned_by: { data: { id, type: "users" } } } });
  const since = simulator.requests().length;

  const snapshots = await withHandles(client(), [...tokens.values()], new Set());
  const owners = new Set(snapshots.map(({ owner }) => owner.id));
  expect(snapshots.map(({ tokenId }) => tokenId)).toEqual([...tokens.keys()]);
  for (const { tokenId, owner } of snapshots) expect(owner).toEqual(simulator.find(tokenId)?.owner);
  expect(paths(since)).toHaveLength(owners.size);

  const strangers = Array.from({ length: 70 }, (_, index) => ownedBy(`nobody-${index}`));
  const asked = new Set<string>();
  const described = await withHandles(client(), [...strangers, ...strangers], asked);
  expect(described.map(({ owner }) => owner)).toEqual(
    [...strangers, ...strangers].map(({ relationships }) => relationships.owned_by.data),
  );
  expect(paths(since)).toHaveLength(owners.size + 50);
  await withHandles(client(), strangers, asked);
  expect(paths(since)).toHaveLength(owners.size + 50);
});
