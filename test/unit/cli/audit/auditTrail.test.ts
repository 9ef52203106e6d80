import { type FoundEvents, searchAuditTrail } from "../../../../cli/audit/auditTrail";
import { type Answer, hang, json, startServer } from "../../../support/server";
import { clientFor, failureOf } from "../../provider/datadog/datadogClient";

const WITHIN = 5_000;

describe("the Audit Trail", () => {
  const filter = { query: "@http.method:DELETE", from: "now-1d", to: "now" };
  const event = (hour: number) => ({ attributes: { timestamp: `2026-11-24T0${hour}:00:00Z` } });
  const events = (...hours: number[]) => hours.map(event);

  /** A server that keeps what it was asked, and answers in this order. */
  async function start(...answers: unknown[]): Promise<{ url: string; asked: unknown[]; paths: string[] }> {
    const asked: unknown[] = [];
    const paths: string[] = [];
    const scripted = answers.map((body): Answer => {
      return (request, response) => {
        const parts: Buffer[] = [];
        request.on("data", (part: Buffer) => parts.push(part));
        request.on("end", () => {
          paths.push(`${request.method} ${request.url}`);
          asked.push(JSON.parse(Buffer.concat(parts).toString()));
          if (typeof body === "function") body(request, response);
          else json(200, body)(request, response);
        });
      };
    });
    const server = await startServer(...(scripted as [Answer, ...Answer[]]));
    return { url: server.url, asked, paths };
  }
  const page = (after: unknown, ...hours: number[]) => ({ data: events(...hours), meta: { page: { after } } });
  const search = (url: string, within = WITHIN): Promise<FoundEvents> =>
    searchAuditTrail(clientFor(url, { retry: { enabled: false } }), filter, within);

  test("is read page by page, the oldest event first", async () => {
    const { url, asked, paths } = await start(page("one", 1, 2), page("two", 3), page(null, 4));
    expect(await search(url)).toEqual({ events: events(1, 2, 3, 4), doubts: [] });
    const sort = "timestamp";
    expect(asked).toEqual([
      { filter, page: { limit: 1000 }, sort },
      { filter, page: { limit: 1000, cursor: "one" }, sort },
      { filter, page: { limit: 1000, cursor: "two" }, sort },
    ]);
    expect(new Set(paths)).toEqual(new Set(["POST /api/v2/audit/events/search"]));
  });

  const done = { status: "done" };
  test.each<[string, object[], number[]]>([
    ["no more is told", [{ data: events(1) }], [1]],
    ["no page is told", [{ data: events(1), meta: {} }], [1]],
    ["there is nothing", [{ data: [], meta: done }], []],
    ["a cursor is empty", [page("", 1)], [1]],
    ["a later page has null for data, as documented", [page("one", 1), { data: null, meta: done }], [1]],
    ["a page is empty", [page("one", 1), page(null)], [1]],
    ["a page is empty and leads to itself", [page("one", 1), page("one")], [1]],
    [
      "two pages are empty, wherever the second one leads",
      [page("one", 1), page("two"), page("three"), page(null, 4)],
      [1],
    ],
  ])("is read whole where %s", async (_, pages, hours) => {
    const { url } = await start(...pages);
    expect(await search(url)).toEqual({ events: events(...hours), doubts: [] });
  });

  test("goes on after an empty page that leads on", async () => {
    const { url } = await start(page("one", 1), page("two"), page(null, 3));
    expect(await search(url)).toEqual({ events: events(1, 3), doubts: [] });
  });

  const timedOut = (...hours: number[]) => ({ data: events(...hours), meta: { status: "timeout" } });
  const warned = (warnings: unknown) => ({ data: events(1), meta: { status: "done", warnings } });
  const full = { data: Array.from({ length: 1000 }, () => event(1)), meta: done };

  test.each<[string, unknown, string]>([
    ["timed out", timedOut(1), "timed out"],
    ["timed out without anything", { data: null, meta: { status: "timeout" } }, "timed out"],
    ["has a status that nobody knows", { data: [], meta: { status: "running" } }, "status running"],
    ["has a status that is no text", { data: [], meta: { status: { odd: 1 } } }, 'status {"odd":1}'],
    [
      "has a warning",
      warned([{ code: "shards", title: "Partial results", detail: "2 of 3 shards answered" }]),
      "Datadog warns: Partial results: 2 of 3 shards answered",
    ],
    ["has a warning with a code alone", warned([{ code: "unknown_index" }]), "Datadog warns: unknown_index"],
    ["has a warning that is a text", warned("slow"), "Datadog warns: slow"],
    ["has a warning without words", warned([{}]), "Datadog warns: {}"],
    ["has no data", { meta: done }, "an answer without a list of events"],
    ["has null for data, and is the first", { data: null, meta: done }, "an answer without a list of events"],
    ["has a meta that is a text", { data: [], meta: "done" }, "an answer whose meta cannot be read"],
    ["has a cursor that is a number", { data: events(1), meta: { page: { after: 7 } } }, "an unreadable cursor"],
    ["has a page that is a text", { data: events(1), meta: { page: "next" } }, "an unreadable cursor"],
    ["is full and names no next one", full, "a full page that names no next one"],
  ])("is asked for a page once more that %s, and is then not read whole", async (_, answer, doubt) => {
    const { url, asked } = await start(answer);
    const { events, doubts } = await search(url);
    expect([asked.length, doubts[0]]).toEqual([2, doubt]);
    expect(events).toEqual((answer as { data?: unknown[] }).data ?? []);

    const recovered = await start(answer, { data: [event(2)], meta: done });
    expect(await search(recovered.url)).toEqual({ events: [event(2)], doubts: [] });
    expect(recovered.asked[1]).toEqual(recovered.asked[0]);
  });

  test("shows what either try of a page found, once, and goes on by its cursor", async () => {
    const partial = { data: events(1, 2), meta: { status: "timeout", page: { after: "one" } } };
    const { url, asked } = await start(partial, timedOut(2, 3), page(null, 4));
    expect(await search(url)).toEqual({ events: events(1, 2, 3, 4), doubts: ["timed out"] });
    expect(asked).toHaveLength(3);
  });

  test("is not read whole where a cursor leads back, to its own page or to an earlier one", async () => {
    const back = { doubts: ["a page that leads back to itself"] };
    const itself = await start(page("one", 1), page("one", 2));
    expect(await search(itself.url)).toEqual({ events: events(1, 2), ...back });
    const round = await start(page("one", 1), page("two", 2), page("one", 3));
    expect(await search(round.url)).toEqual({ events: events(1, 2, 3), ...back });
    expect([itself.asked.length, round.asked.length]).toEqual([3, 4]);
  });

  test.each<[string, Answer, RegExp]>([
    ["is refused", json(403, { errors: ["Forbidden"] }), /answered 403: "Forbidden"/],
    ["is none of Datadog's", json(200, { data: 7 }), /its field data is not what the API promises/],
    ["does not come in time", hang, /gave no answer: it took too long/],
  ])("shows the pages before one that %s", async (_, failing, words) => {
    const { url } = await start(page("one", 1), page("two", 2), failing);
    const { events: found, doubts } = await search(url, 500);
    expect([found, doubts]).toEqual([events(1, 2), [expect.stringMatching(words)]]);
    const again = await start(timedOut(1), failing);
    expect(await search(again.url, 500)).toEqual({
      events: events(1),
      doubts: ["timed out", expect.stringMatching(words)],
    });
  });

  test("shows the events beside odd ones, and of odd ones what can be read", async () => {
    const odd = [null, 7, "event", {}, { attributes: null }, { attributes: { timestamp: null, attributes: [] } }];
    const half = { attributes: { timestamp: 7, attributes: { usr: "ann", http: { url_details: { path: "/a" } } } } };
    const { url } = await start({ data: [event(1), ...odd, half, event(2)], meta: done });
    const { events: found, doubts } = await search(url);
    expect(doubts).toEqual([]);
    expect(found).toHaveLength(9);
    expect([found[0], found[7], found[8]]).toMatchObject([
      event(1),
      { attributes: { attributes: { http: { url_details: { path: "/a" } } } } },
      event(2),
    ]);
  });

  test("that cannot be read, or in time, is an error that names the request", async () => {
    const refused = await startServer(json(403, { errors: ["Forbidden"] }));
    const { message, status } = await failureOf(search(refused.url));
    expect([message, status]).toEqual([
      expect.stringMatching(/^POST \/api\/v2\/audit\/events\/search at .* answered 403: "Forbidden"/),
      403,
    ]);
    const malformed = await startServer(json(200, { data: 7 }));
    const { message: words } = await failureOf(search(malformed.url));
    expect(words).toMatch(/^POST \/api\/v2\/audit\/events\/search at .* its field data is not what the API promises/);
    const late = await startServer(hang);
    expect((await failureOf(search(late.url, 300))).message).toMatch(/gave no answer: it took too long/);
  });
});
