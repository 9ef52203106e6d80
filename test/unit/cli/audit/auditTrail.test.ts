import { searchAuditTrail } from "../../../../cli/audit/auditTrail";
import { type Answer, json, startServer } from "../../../support/server";
import { clientFor, failureOf } from "../../provider/datadog/datadogClient";

const WITHIN = 5_000;

describe("the Audit Trail", () => {
  const filter = { query: "@http.method:DELETE", from: "now-1d", to: "now" };
  const event = (hour: number) => ({ attributes: { timestamp: `2026-11-24T0${hour}:00:00Z` } });

  /** A server that keeps what it was asked. */
  async function start(...pages: [object, ...object[]]): Promise<{ url: string; asked: unknown[]; paths: string[] }> {
    const asked: unknown[] = [];
    const paths: string[] = [];
    const answers = pages.map(
      (page): Answer =>
        (request, response) => {
          const parts: Buffer[] = [];
          request.on("data", (part: Buffer) => parts.push(part));
          request.on("end", () => {
            paths.push(`${request.method} ${request.url}`);
            asked.push(JSON.parse(Buffer.concat(parts).toString()));
            response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(page));
          });
        },
    );
    const server = await startServer(...(answers as [Answer, ...Answer[]]));
    return { url: server.url, asked, paths };
  }
  const page = (after: unknown, ...hours: number[]) => ({ data: hours.map(event), meta: { page: { after } } });

  test("is read page by page, the oldest event first", async () => {
    const { url, asked, paths } = await start(page("one", 1, 2), page("two", 3), page(null, 4));
    expect(await searchAuditTrail(clientFor(url), filter, WITHIN)).toEqual([1, 2, 3, 4].map(event));
    const sort = "timestamp";
    expect(asked).toEqual([
      { filter, page: { limit: 1000 }, sort },
      { filter, page: { limit: 1000, cursor: "one" }, sort },
      { filter, page: { limit: 1000, cursor: "two" }, sort },
    ]);
    expect(new Set(paths)).toEqual(new Set(["POST /api/v2/audit/events/search"]));
  });

  test.each<[string, object[], number]>([
    ["no more is told", [{ data: [event(1)] }], 1],
    ["no page is told", [{ data: [event(1)], meta: {} }], 1],
    ["the cursor leads to itself", [page("one", 1), page("one", 2)], 2],
    ["a page is empty, whatever comes after", [page("one", 1), page("two"), page(null, 3)], 1],
    ["a page has no data", [page("one", 1), { meta: { page: { after: "two" } } }, page(null, 3)], 1],
  ])("ends where %s", async (_, pages, count) => {
    const { url } = await start(...(pages as [object, ...object[]]));
    expect(await searchAuditTrail(clientFor(url), filter, WITHIN)).toEqual([1, 2].slice(0, count).map(event));
  });

  test("that cannot be read, or in time, is an error that names the request", async () => {
    const refused = await startServer(json(403, { errors: ["Forbidden"] }));
    const { message, status } = await failureOf(searchAuditTrail(clientFor(refused.url), filter, WITHIN));
    expect([message, status]).toEqual([
      expect.stringMatching(/^POST \/api\/v2\/audit\/events\/search at .* answered 403: "Forbidden"/),
      403,
    ]);
    const malformed = await startServer(json(200, { data: 7 }));
    const { message: words } = await failureOf(searchAuditTrail(clientFor(malformed.url), filter, WITHIN));
    expect(words).toMatch(/^POST \/api\/v2\/audit\/events\/search at .* its field data is not what the API promises/);
    const endless = await startServer(page0("a"), page0("b"), page0("c"), (_, response) => void response);
    const late = searchAuditTrail(clientFor(endless.url, { retry: { enabled: false } }), filter, 300);
    expect((await failureOf(late)).message).toMatch(/gave no answer: it took too long/);
  });

  const page0 = (after: string): Answer => json(200, page(after, 1));
});
