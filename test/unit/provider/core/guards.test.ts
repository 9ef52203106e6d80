import type { Revocation } from "../../../../provider/core/arguments";
import { guard, guardRun } from "../../../../provider/core/guards";
import type { LookUp } from "../../../../provider/core/lookUp";
import { NotRevokedError } from "../../../../provider/core/notRevokedError";
import { TOKEN_ID } from "../datadog/datadogClient";
import {
  ACCOUNT,
  ACTOR,
  askedAboutTokens,
  FORBIDDEN,
  ORGANIZATION_ID,
  PERSON,
  sessionWith,
  snapshotOf,
  WHO,
} from "./sessionFor";

const OTHER = "99999999-0000-4000-8000-000000000000";
/** Its id in base62 is that of {@link TOKEN_ID}. */
const OWN_VALUE = ["ddpat_1vCPtzKGJML79G0rwH3qpw", "0123456789abcdefghijklmnopqrstuvwxyz"].join("_");
const personal: LookUp = { found: "alive", snapshot: snapshotOf(PERSON) };
const service: LookUp = { found: "alive", snapshot: snapshotOf(ACCOUNT) };
const undescribed: LookUp = { found: "alive", snapshot: { tokenId: TOKEN_ID, owner: {} } };
const ownerless: LookUp = { found: "alive", snapshot: { tokenId: TOKEN_ID, kind: "service", owner: {} } };
const gone: LookUp = { found: "gone" };
const unseen: LookUp = { found: "unseen", why: "nobody may look" };

/** A session whose token is looked up by nobody: what is seen of it is given. */
const start = (who = ACTOR) => sessionWith({ [WHO]: who }, { retry: { maxRetries: 0 } });

test.each<[string, Omit<Revocation, "tokenId">, LookUp, string]>([
  [
    "another name",
    { expect: { name: "other" } },
    personal,
    'its name is "ci-deploy", but expect.name is "other": check',
  ],
  [
    "another owner",
    { expect: { ownerId: OTHER } },
    personal,
    `its owner is ${PERSON.id}, but expect.ownerId is ${OTHER}: check tokenId and expect.ownerId`,
  ],
  [
    "an account, and is a person's",
    { serviceAccountId: PERSON.id },
    personal,
    "correct serviceAccountId, or leave it out",
  ],
  ["another account", { serviceAccountId: OTHER }, service, `but serviceAccountId is ${OTHER}: correct`],
  ["a name, and cannot be seen", { expect: { name: "ci-deploy" } }, unseen, "cannot read the token: nobody may look"],
  [
    "an owner, and cannot be seen",
    { expect: { ownerId: PERSON.id } },
    unseen,
    "cannot read the token: nobody may look",
  ],
  [
    "a name, and has none that is known",
    { expect: { name: "ci-deploy" } },
    undescribed,
    "does not say its name, but expect.name is",
  ],
  [
    "an owner, and has none",
    { expect: { ownerId: PERSON.id } },
    undescribed,
    "Datadog does not say whose it is, but expect.ownerId is",
  ],
  ["nothing, and is a service account's that is not said", {}, ownerless, "set serviceAccountId"],
  ["a service account by its prefix, and its owner is not said", { kind: "service" }, undescribed, "whose it is"],
  ["a service account by its prefix, and is not shown", { kind: "service" }, gone, "set serviceAccountId"],
  ["a service account by its prefix, and is unseen", { kind: "service" }, unseen, "nobody may look"],
])("a token of which the program says %s is refused", async (_, given, seen, why) => {
  const { session } = await start();
  const judged = guard(session, { tokenId: TOKEN_ID, ...given }, { seen });
  await expect(judged).rejects.toThrow(NotRevokedError);
  await expect(judged).rejects.toThrow(`${TOKEN_ID}: refused, not revoked: `);
  await expect(judged).rejects.toThrow(why);
});

test.each<[string, Omit<Revocation, "tokenId">, LookUp, string | undefined]>([
  ["is as expected", { expect: { name: "ci-deploy", ownerId: PERSON.id } }, personal, undefined],
  ["is gone, whatever was expected", { expect: { name: "other" } }, gone, undefined],
  ["cannot be seen, and nothing is expected", {}, unseen, undefined],
  ["is seen to be a service account's", {}, service, ACCOUNT.id],
  ["is seen, and whose it is not said", {}, undescribed, undefined],
  ["is given with its account, and whose it is not said", { serviceAccountId: ACCOUNT.id }, ownerless, ACCOUNT.id],
  ["is given with its account", { serviceAccountId: ACCOUNT.id }, gone, ACCOUNT.id],
  ["is given with its account, and is unseen", { serviceAccountId: ACCOUNT.id }, unseen, ACCOUNT.id],
])("a token that %s is let through, by its own path", async (_, given, seen, serviceAccountId) => {
  const { session } = await start();
  const admitted = await guard(session, { tokenId: TOKEN_ID, ...given }, { seen });
  expect(admitted).toEqual({ seen, address: { tokenId: TOKEN_ID, serviceAccountId } });
});

test.each<[string, LookUp]>([
  ["gone", gone],
  ["unseen", unseen],
])("a token that was seen to be a service account's and is %s goes by its account's path", async (_, seen) => {
  const { session } = await start();
  const { address } = await guard(session, { tokenId: TOKEN_ID }, { seen, recorded: snapshotOf(ACCOUNT) });
  expect(address.serviceAccountId).toBe(ACCOUNT.id);
});

test("which organization answers is judged also for a token that the run has looked up already", async () => {
  const { session, server } = await start();
  const judged = (organizationId: string) =>
    guard(session, { tokenId: TOKEN_ID, expect: { organizationId } }, { seen: personal });
  await expect(judged(OTHER)).rejects.toThrow(
    `organization ${ORGANIZATION_ID} answers, but expect.organizationId is ${OTHER}: use credentials of that organization`,
  );
  expect(await judged(ORGANIZATION_ID)).toMatchObject({ seen: personal });
  expect(askedAboutTokens(server)).toEqual([]);
});

test("an organization that Datadog does not tell is none that is expected", async () => {
  const { session } = await start(FORBIDDEN);
  const expected = { expect: { organizationId: ORGANIZATION_ID } };
  await expect(guard(session, { tokenId: TOKEN_ID, ...expected }, { seen: personal })).rejects.toThrow(
    /does not say which organization answers, so expect.organizationId cannot be checked: .* answered 403/,
  );
  await expect(guardRun(session, [OTHER, TOKEN_ID], expected)).rejects.toThrow(
    `${OTHER} and all others: refused, not revoked: `,
  );
});

test("the token that authenticates the run is refused, alone and among others, unless it is allowed", async () => {
  const { server, session } = await sessionWith({}, { credentials: { kind: "bearer", token: OWN_VALUE } });
  await expect(guard(session, { tokenId: TOKEN_ID })).rejects.toThrow("this run authenticates with it");
  await expect(guardRun(session, [OTHER, TOKEN_ID], {})).rejects.toThrow(`${TOKEN_ID}: refused`);
  expect(server.received).toEqual([]);
  await guardRun(session, [OTHER, TOKEN_ID], { allowSelf: true });
  expect(await guard(session, { tokenId: TOKEN_ID, allowSelf: true }, { seen: personal })).toHaveProperty("address");
});
