import { lookUp } from "../../../../provider/core/lookUp";
import { lookUpMany } from "../../../../provider/core/lookUpMany";
import { type Answer, json } from "../../../support/server";
import { askedAboutTokens, FORBIDDEN, get, idOf, LISTING, listed, PERSON, sessionWith, tokenOf } from "./sessionFor";

const addresses = (...numbers: number[]) => numbers.map((number) => ({ tokenId: idOf(number) }));

/** A Datadog that shows the tokens 1 and 2, and says that it lists so many. */
async function start(total: number, listing?: Answer) {
  const [one, two] = [tokenOf(PERSON, idOf(1)), tokenOf(PERSON, idOf(2))];
  const page = json(200, { data: [one, two], meta: { page: { total_filtered_count: total } } });
  const answers = { [get(1)]: json(200, { data: one }), [get(2)]: json(200, { data: two }) };
  return sessionWith({ ...answers, [LISTING]: listing ?? page }, { retry: { maxRetries: 0 } });
}

const kinds = (found: ReadonlyMap<string, { found: string }>) => [...found.values()].map((each) => each.found);

test("a token alone takes one request, and what was looked up takes none", async () => {
  const { session, server } = await start(2);
  await lookUp(session, { tokenId: idOf(1) });
  expect(kinds(await lookUpMany(session, addresses(1), 8))).toEqual(["alive"]);
  expect(askedAboutTokens(server)).toEqual([get(1)]);
});

test("no more tokens than the listing has pages take a request each", async () => {
  const { session, server } = await start(150);
  expect(kinds(await lookUpMany(session, addresses(1, 2), 1))).toEqual(["alive", "alive"]);
  // The first tells how many pages there are.
  expect(askedAboutTokens(server)).toEqual([LISTING, get(1), get(2)]);
});

test("more tokens than pages are looked for in one listing, which the whole run shares", async () => {
  const { session, server } = await start(2, listed(tokenOf(PERSON, idOf(1)), tokenOf(PERSON, idOf(2))));
  expect(kinds(await lookUpMany(session, addresses(1, 2, 3), 8))).toEqual(["alive", "alive", "gone"]);
  const asked = askedAboutTokens(server);
  expect(new Set(asked)).toEqual(new Set([LISTING]));
  expect(kinds(await lookUpMany(session, addresses(2, 3, 4, 5), 8))).toEqual(["alive", "gone", "gone", "gone"]);
  expect(askedAboutTokens(server)).toEqual(asked);
});

test("where no listing may be read, all are unseen but those that were looked up already", async () => {
  const { session } = await start(2, FORBIDDEN);
  await lookUp(session, { tokenId: idOf(1) });
  const found = await lookUpMany(session, addresses(1, 2, 3), 8);
  expect(kinds(found)).toEqual(["alive", "unseen", "unseen"]);
  expect(found.get(idOf(2))).toMatchObject({ why: expect.stringMatching(/answered 403/) });
});

test("none are looked for in vain", async () => {
  const { session, server } = await start(2);
  expect((await lookUpMany(session, [], 8)).size).toBe(0);
  expect(server.received).toEqual([]);
});
