import { insistWhoAmI, listing, lookUp, whoAmI, withOwners } from "../../../../provider/core/lookUp";
import { revoke } from "../../../../provider/core/revoke";
import type { Token } from "../../../../provider/datadog/token";
import type { TokenState } from "../../../../simulator";
import { type Answer, answer, json, reset } from "../../../support/server";
import { simulatorFor } from "../../simulator/useSimulator";
import { TOKEN_ID, TOKEN_PATH } from "../datadog/datadogClient";
import {
  ACCOUNT,
  ACTOR,
  askedAboutTokens,
  FORBIDDEN,
  LISTING,
  listed,
  ORGANIZATION_ID,
  PERSON,
  sessionFor,
  sessionWith,
  snapshotOf,
  tokenOf,
  WHO,
} from "./sessionFor";

const ACCOUNT_PATH = `/api/v2/service_accounts/${ACCOUNT.id}/access_tokens/${TOKEN_ID}`;
const token = (owner = PERSON, attributes = {}): Answer => {
  const { attributes: usual, ...data } = tokenOf(owner);
  return json(200, { data: { ...data, attributes: { ...usual, ...attributes } } });
};
const LISTED = listed(tokenOf(ACCOUNT));
const alive = (owner = PERSON) => ({ found: "alive", snapshot: snapshotOf(owner) });

test.each<[string, Record<string, Answer>, object]>([
  ["that its path shows is alive", { [`GET ${TOKEN_PATH}`]: token() }, alive()],
  ["that somebody revoked is gone", { [`GET ${TOKEN_PATH}`]: token(PERSON, { revoker_uuid: "x" }) }, { found: "gone" }],
  ["that nothing shows is gone", { [LISTING]: listed() }, { found: "gone" }],
  ["that a listing shows, and its own path not, is gone", { [LISTING]: listed(tokenOf(PERSON)) }, { found: "gone" }],
  [
    "that no listing may show may be a service account's",
    { [LISTING]: FORBIDDEN },
    { found: "gone", unlisted: expect.stringMatching(/answered 403/) },
  ],
  [
    "whose path may not be seen is unseen",
    { [`GET ${TOKEN_PATH}`]: FORBIDDEN },
    { found: "unseen", why: expect.stringMatching(/answered 403.*user_app_keys/) },
  ],
  [
    "listed as a service account's is seen by its account's path",
    { [LISTING]: LISTED, [`GET ${ACCOUNT_PATH}`]: token(ACCOUNT) },
    alive(ACCOUNT),
  ],
  [
    "that its path does not know, and that is listed without an owner, is alive: no path's answer says that it is gone",
    { [LISTING]: listed({ ...tokenOf(ACCOUNT), relationships: {} }) },
    { found: "alive", snapshot: { ...snapshotOf(ACCOUNT), kind: undefined, owner: {} } },
  ],
  ["that its account's path does not know any more is gone", { [LISTING]: LISTED }, { found: "gone" }],
])("a token %s", async (_, answers, expected) => {
  const { session } = await sessionWith(answers);
  expect(await lookUp(session, { tokenId: TOKEN_ID })).toEqual(expected);
});

test.each<[string, Answer]>([
  ["403", FORBIDDEN],
  ["500", answer(500)],
  ["503 with HTML", answer(503, "<html>")],
  ["a reset connection", reset],
])(
  "a listed service account's token whose path answers %s is alive, and no DELETE goes by the personal path",
  async (_, failure) => {
    const paths = { [`GET ${ACCOUNT_PATH}`]: failure, [`DELETE ${ACCOUNT_PATH}`]: answer(204) };
    const answers = { [WHO]: ACTOR, [LISTING]: listed(tokenOf(ACCOUNT)), ...paths };
    const { server, session } = await sessionWith(answers, { retry: { maxRetries: 1, backoffBase: 1 } });
    expect(await lookUp(session, { tokenId: TOKEN_ID })).toEqual(alive(ACCOUNT));
    const { record } = await revoke(session, { tokenId: TOKEN_ID, verify: false });
    expect(record).toMatchObject({ status: "revoked", outcome: "revoked", snapshot: snapshotOf(ACCOUNT) });
    const deletes = askedAboutTokens(server).filter((route) => route.startsWith("DELETE"));
    expect(deletes).toEqual([`DELETE ${ACCOUNT_PATH}`]);
  },
);

test("a token is looked up once a run, and again only when it could not be seen", async () => {
  const { server, session } = await sessionWith({ [`GET ${TOKEN_PATH}`]: [FORBIDDEN, token()] });
  const found = [];
  for (let look = 0; look < 3; look++) found.push((await lookUp(session, { tokenId: TOKEN_ID })).found);
  expect(found).toEqual(["unseen", "alive", "alive"]);
  expect(askedAboutTokens(server)).toHaveLength(2);
});

test("whose credentials these are is asked once, and by a guard again when it is not known", async () => {
  const { server, session } = await sessionWith({ [WHO]: [FORBIDDEN, ACTOR] });
  expect(await whoAmI(session)).toEqual({ why: expect.stringMatching(/answered 403/) });
  expect(await whoAmI(session)).toHaveProperty("why");
  for (let time = 0; time < 2; time++) {
    expect(await insistWhoAmI(session)).toMatchObject({ actor: { organizationId: ORGANIZATION_ID } });
  }
  expect(server.received).toHaveLength(2);
});

const TOKENS = "/api/v2/personal_access_tokens";

/** A person goes by the address; a service account, whose handle is its id, by its name. */
const calledAs = ({ id, type, handle }: TokenState["owner"]): object =>
  type === "users" ? { id, type, handle } : { id, type, name: expect.stringMatching(/-/) };

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

test("what owners are called is asked for once an owner, for fifty owners at most, and may stay unknown", async () => {
  const simulator = await simulatorFor({ tokens: 12 });
  const { session } = sessionFor(simulator);
  const { tokens = new Map() } = await listing(session);
  const [token] = tokens.values();
  const ownedBy = (id: string): Token => ({ ...(token as Token), owner: { id, type: "users" } });
  const since = simulator.requests().length;
  const asked = (): number => simulator.requests(since).length;

  const snapshots = await withOwners(session, [...tokens.values()], new Set());
  const owners = new Set(snapshots.map(({ owner }) => owner?.id));
  expect(snapshots.map(({ tokenId }) => tokenId)).toEqual([...tokens.keys()]);
  for (const { tokenId, owner } of snapshots)
    expect(owner).toMatchObject(calledAs((simulator.find(tokenId) as TokenState).owner));
  expect(asked()).toBe(owners.size);

  const strangers = Array.from({ length: 70 }, (_, index) => ownedBy(`nobody-${index}`));
  const described = await withOwners(session, [...strangers, ...strangers]);
  expect(described.map(({ owner }) => owner)).toEqual([...strangers, ...strangers].map(({ owner }) => owner));
  await withOwners(session, strangers);
  expect(asked()).toBe(owners.size + 50);
});
