import type { Snapshot } from "../../../../provider/core/records";
import { warnOfRights, warnOfSight } from "../../../../provider/core/rights";
import type { Token } from "../../../../provider/datadog/token";
import { json } from "../../../support/server";
import { describedToken } from "../datadog/datadogClient";
import { ACCOUNT, FORBIDDEN, idOf, PERSON, sessionWith, snapshotOf, WHO } from "./sessionFor";

const ACTOR_ID = "22222222-2222-3333-4444-555555555555";
/** Whom the credentials belong to, and with which permissions. */
const who = (permissions: readonly unknown[] | undefined, attributes: object = { handle: "grace@example.com" }) =>
  json(200, {
    data: {
      type: "users",
      id: ACTOR_ID,
      attributes,
      relationships: { org: { data: { type: "orgs", id: "aaaaaaaa-0000-4000-8000-000000000000" } } },
    },
    included: permissions?.map((name, index) => ({ type: "permissions", id: String(index), attributes: { name } })),
  });

const theirs = snapshotOf(PERSON, idOf(1));
const own = snapshotOf({ id: ACTOR_ID.toUpperCase(), type: "users" }, idOf(2));
const service = snapshotOf(ACCOUNT, idOf(3));
const undescribed: Snapshot = { tokenId: idOf(4), owner: {} };

test.each<[string, Snapshot, string[], string | undefined]>([
  ["another's with the right to one's own", theirs, ["user_app_keys", "org_app_keys_read"], "org_app_keys_write"],
  ["another's with the right to all", theirs, ["org_app_keys_write"], undefined],
  ["one's own with the right to these", own, ["user_app_keys"], undefined],
  ["one's own with the right to all", own, ["org_app_keys_write"], undefined],
  ["one's own with another right", own, ["dashboards_read"], "user_app_keys or org_app_keys_write"],
  ["a service account's by the specification", service, ["service_account_write"], undefined],
  ["a service account's by the documentation", service, ["org_app_keys_write"], undefined],
  ["a service account's otherwise", service, ["user_app_keys"], "service_account_write or org_app_keys_write"],
  ["one of an owner who is not known, who may be oneself", undescribed, ["user_app_keys"], undefined],
  [
    "one of an owner who is not known with no such right",
    undescribed,
    ["org_app_keys_read"],
    "user_app_keys or service_account_write or org_app_keys_write",
  ],
  [
    "a service account's of which no more is known",
    { tokenId: idOf(5), kind: "service", owner: {} },
    ["user_app_keys"],
    "service_account_write or org_app_keys_write",
  ],
])("revoking %s", async (_, token, permissions, missing) => {
  const { session, said } = await sessionWith({ [WHO]: who(permissions) });
  await warnOfRights(session, [token]);
  const text =
    `WARNING ${token.tokenId}: the owner of these credentials, grace@example.com, lacks the permission ` +
    `${missing} (for a token or a scoped application key, also the scope of the same name): Datadog will refuse the revocation. ` +
    "Add the permission to one of the owner's roles, or use other credentials";
  expect(said).toEqual(missing === undefined ? [] : [text]);
});

test("of many tokens each right that is missing is said once a run", async () => {
  const { server, session, said } = await sessionWith({
    [WHO]: who(["audit_logs_read"], { handle: ACTOR_ID, name: "bot" }),
  });
  for (let time = 0; time < 2; time++) await warnOfRights(session, [theirs, service, { ...theirs, tokenId: idOf(9) }]);
  expect(said).toEqual([
    expect.stringMatching(
      `^WARNING ${idOf(1)} and 1 other: the owner of these credentials, bot, lacks the permission org_app_keys_write `,
    ),
    expect.stringMatching(
      `^WARNING ${idOf(3)}: the owner of these credentials, bot, lacks the permission service_account_write or org_app_keys_write `,
    ),
  ]);
  expect(server.received).toHaveLength(1);
});

test.each([
  ["lists no permissions", who(undefined)],
  ["lists none at all", who([])],
  ["does not say who it is", FORBIDDEN],
])("where Datadog %s, nothing is said", async (_, answer) => {
  const { session, said } = await sessionWith({ [WHO]: answer });
  await warnOfRights(session, [theirs]);
  expect(said).toEqual([]);
});

test.each<[string, object[], string[] | undefined, boolean]>([
  ["one owner's, and the right to see no others", [theirs], ["user_app_keys"], true],
  ["none, and the right to see no others", [], ["user_app_keys"], true],
  ["one owner's, and the right to see all", [theirs], ["org_app_keys_read"], false],
  ["one owner's, and nobody knows which rights", [theirs], undefined, false],
  ["two owners', whatever the rights", [theirs, service], ["user_app_keys"], false],
])("of a list with %s", async (_, listed, permissions, isWarned) => {
  const { session, said } = await sessionWith({ [WHO]: who(permissions) });
  await warnOfSight(session, listed as Token[]);
  expect(said).toEqual(
    isWarned ? [expect.stringMatching(/^WARNING these credentials see only .* org_app_keys_read \(for a token/)] : [],
  );
});

test("what the run's own token may see is told by its scopes, without a request", async () => {
  const value = ["ddpat_1vCPtzKGJML79G0rwH3qpw", "0123456789abcdefghijklmnopqrstuvwxyz"].join("_");
  for (const [scopes, warnings] of [
    [["user_app_keys"], 1],
    [["org_app_keys_read"], 0],
  ] as const) {
    const { server, session, said } = await sessionWith({}, { credentials: { kind: "bearer", token: value } });
    await warnOfSight(session, [describedToken({ scopes })]);
    expect([said.length, server.received.length]).toEqual([warnings, 0]);
  }
});

test("nothing is asked where there is nothing to revoke", async () => {
  const { server, session } = await sessionWith({});
  await warnOfRights(session, []);
  expect(server.received).toEqual([]);
});
