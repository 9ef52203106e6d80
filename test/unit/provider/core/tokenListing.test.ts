import { listing, withHandles } from "../../../../provider/core/tokenListing";
import { simulatorFor } from "../../simulator/useSimulator";
import { sessionFor } from "./sessionFor";

const TOKENS = "/api/v2/personal_access_tokens";

test("everybody shares one listing a run; one that failed is asked for again", async () => {
  const simulator = await simulatorFor({ tokens: 12 });
  simulator.fault({ path: TOKENS, times: 1 }, { kind: "status", status: 403 });
  const { session } = sessionFor(simulator);
  expect(await listing(session)).toEqual({ why: expect.stringMatching(/answered 403.*org_app_keys_read/) });

  const listings = await Promise.all([listing(session), listing(session), listing(session)]);
  const ids = simulator.tokens.map(({ id }) => id).toSorted();
  for (const { tokens } of listings) expect([...(tokens?.keys() ?? [])].toSorted()).toEqual(ids);
  expect(simulator.requests().map(({ path }) => path)).toEqual([TOKENS, TOKENS]);
});

test("handles are asked for once an owner, for fifty owners at most, and may stay unknown", async () => {
  const simulator = await simulatorFor({ tokens: 12 });
  const { session } = sessionFor(simulator);
  const { tokens = new Map() } = await listing(session);
  const [token] = tokens.values();
  const ownedBy = (id: string) => ({ ...token, relationships: { owned_by: { data: { id, type: "users" } } } });
  const since = simulator.requests().length;
  const asked = (): number => simulator.requests(since).length;

  const snapshots = await withHandles(session, [...tokens.values()], new Set());
  const owners = new Set(snapshots.map(({ owner }) => owner.id));
  expect(snapshots.map(({ tokenId }) => tokenId)).toEqual([...tokens.keys()]);
  for (const { tokenId, owner } of snapshots) expect(owner).toEqual(simulator.find(tokenId)?.owner);
  expect(asked()).toBe(owners.size);

  const strangers = Array.from({ length: 70 }, (_, index) => ownedBy(`nobody-${index}`));
  const described = await withHandles(session, [...strangers, ...strangers]);
  expect(described.map(({ owner }) => owner)).toEqual(
    [...strangers, ...strangers].map(({ relationships }) => relationships.owned_by.data),
  );
  await withHandles(session, strangers);
  expect(asked()).toBe(owners.size + 50);
});
