import { type Page as ReadPage, readAllPages } from "../../../../provider/datadog/pages";
import { type Answer, json, type ScriptedServer, startServer } from "../../../support/server";
import { clientFor, describedToken, failureOf, tokenAnswer } from "./datadogClient";

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const numbered = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);

interface Asked {
  /** How many pages were asked for before this one. */
  readonly before: number;
  readonly page: number;
  readonly size: number;
}

/** What a page holds, by the tokens' numbers, and what it says of the total. */
type Page = (asked: Asked) => { tokens: number[]; total: number };

/** A page of a list as it is at that moment. */
const pageOf = (list: readonly number[], { page, size }: Asked): { tokens: number[]; total: number } => ({
  tokens: list.slice(page * size, (page + 1) * size),
  total: list.length,
});

async function serve(pageFor: Page, delay?: (page: number) => Promise<void>): Promise<ScriptedServer> {
  let before = 0;
  const respond: Answer = async (request, response) => {
    const query = new URL(request.url ?? "", "http://localhost").searchParams;
    const page = Number(query.get("page[number]"));
    const { tokens, total } = pageFor({ before: before++, page, size: Number(query.get("page[size]")) });
    await delay?.(page);
    const data = tokens.map((number) => tokenAnswer({ name: `token ${number}` }, id(number)).data);
    json(200, { data, meta: { page: { total_filtered_count: total } } })(request, response);
  };
  return startServer(respond);
}

async function list(server: ScriptedServer, within = 8_000): Promise<string[]> {
  return (await clientFor(server.url).listTokens(within)).tokens.map(({ tokenId }) => tokenId);
}

const pagesAsked = ({ received }: ScriptedServer): string[] =>
  received.map(({ url }) => new URL(url, "http://localhost").searchParams.get("page[number]") ?? "");

test("a list is read oldest first, a hundred at a time, with a few pages in flight, in the order of the pages", async () => {
  let inFlight = 0;
  let most = 0;
  // Each page waits until four are there, or the last has been asked for; the later pages answer first.
  const waiting: (() => void)[] = [];
  const server = await serve(
    (asked) => pageOf(numbered(850), asked),
    async (page) => {
      most = Math.max(most, ++inFlight);
      if (page > 0) {
        await new Promise<void>((resolve) => {
          waiting.unshift(resolve);
          if (waiting.length === 4) for (const answer of waiting.splice(0)) answer();
        });
      }
      inFlight--;
    },
  );
  expect(await list(server)).toEqual(numbered(850).map(id));
  expect(most).toBe(4);
  expect(pagesAsked(server).toSorted()).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
  expect(server.received[0]?.url).toBe(
    "/api/v2/personal_access_tokens?page%5Bsize%5D=100&page%5Bnumber%5D=0&sort=created_at&include=leak_information",
  );
});

test("a list of certain owners asks for theirs alone", async () => {
  const server = await serve((asked) => pageOf([1], asked));
  await clientFor(server.url).listTokens(8_000, ["a/b", "c"]);
  expect(server.received[0]?.url).toMatch(/&filter%5Bowned_by%5D=a%2Fb&filter%5Bowned_by%5D=c&/);
});

test("a list that holds nothing takes one request", async () => {
  const server = await serve(() => ({ tokens: [], total: 0 }));
  expect(await list(server)).toEqual([]);
  expect(server.received).toHaveLength(1);
});

test("a list from which a token went while it was read is read again, and nothing slips through", async () => {
  // The first token goes after page 0: what was first on page 1 is last on page 0 now, where nobody looks again.
  const server = await serve((asked) => pageOf(asked.before === 0 ? numbered(250) : numbered(249, 1), asked));
  expect(await list(server)).toEqual(numbered(249, 1).map(id));
  expect(server.received).toHaveLength(6);
});

test("a list to which a token came while it was read holds that too", async () => {
  const server = await serve((asked) => pageOf(numbered(asked.before === 0 ? 200 : 201), asked));
  expect(await list(server)).toEqual(numbered(201).map(id));
});

test("a list that never rests is all that was seen of it, each token once, after a few readings", async () => {
  const server = await serve((asked) => pageOf(numbered(150, asked.before), asked));
  const listed = await list(server);
  expect(new Set(listed).size).toBe(listed.length);
  // Readings begin at every other answer.
  expect(listed).toEqual(expect.arrayContaining(numbered(100).map(id)));
  expect(server.received.length).toBeLessThanOrEqual(12);
});

test("a list of a server that answers every page with the same tokens ends", async () => {
  const server = await serve(({ size }) => ({ tokens: numbered(size), total: 1e9 }));
  expect(await list(server)).toEqual(numbered(100).map(id));
  expect(server.received.length).toBeLessThanOrEqual(20);
});

test.each([-1, 0, 5, 100, 2.5, 1e300])("a list whose total is %s ends where its pages end", async (total) => {
  const server = await serve((asked) => ({ ...pageOf(numbered(250), asked), total }));
  expect(await list(server)).toEqual(numbered(250).map(id));
});

test("a list that never ends is given up at the deadline, whatever it is told again", async () => {
  const server = await serve(({ before, size }) => ({ tokens: numbered(size, before * size), total: 1e12 }));
  const start = performance.now();
  expect(await failureOf(clientFor(server.url).listTokens(400))).toMatchObject({ kind: "network" });
  expect(performance.now() - start).toBeLessThan(20_000);
});

test("a list without an end is given up before it fills the memory, however much time there is", async () => {
  const endless = async (page: number): Promise<ReadPage> => ({
    tokens: [describedToken({}, { id: id(page) })],
    unidentified: 0,
    total: 1e12,
  });
  await expect(readAllPages(endless)).rejects.toThrow(/^The list of tokens has no end: 10000 pages/);
});

test.each<unknown>(["", "../../../v1/validate", "7", `${id(1)}/x`, null, undefined, 7, [], {}])(
  "a row with %j as its token id is left out, as that would be part of a path, and hides no other",
  async (odd) => {
    const { data } = tokenAnswer({}, id(1));
    const rows = [{ ...data, id: odd }, data, odd];
    const server = await startServer(json(200, { data: rows, meta: { page: { total_filtered_count: 3 } } }));
    expect(await clientFor(server.url).listTokens(8_000)).toMatchObject({
      tokens: [{ tokenId: id(1) }],
      unidentified: 2,
    });
    // The list has not moved for that: it is read once, and to its end.
    expect(server.received.length).toBeLessThanOrEqual(2);
  },
);

test("a list without a total is read to its end", async () => {
  const server = await serve((asked) => pageOf(numbered(250), asked));
  const untold = await startServer(async (request, response) => {
    const answered = await fetch(server.url + request.url);
    const { data } = (await answered.json()) as { data: object[] };
    json(200, { data })(request, response);
  });
  expect(await list(untold)).toEqual(numbered(250).map(id));
});

test("a list of which one page is refused fails, and asks for no more", async () => {
  const server = await startServer(
    json(200, {
      data: numbered(100).map((number) => tokenAnswer({}, id(number)).data),
      meta: { page: { total_filtered_count: 5_000 } },
    }),
    json(403, { errors: ["Forbidden"] }),
  );
  expect(await failureOf(clientFor(server.url).listTokens(8_000))).toMatchObject({ status: 403 });
  expect(server.received.length).toBeLessThanOrEqual(5);
});

test.each([
  [45, 10],
  [200, 100],
  [201, 100],
  [7, 1],
])("a list of %i tokens in pages of %i is read to its end, each token once", async (count, size) => {
  const server = await serve((asked) => pageOf(numbered(count), { ...asked, size }));
  expect(await list(server)).toEqual(numbered(count).map(id));
});
