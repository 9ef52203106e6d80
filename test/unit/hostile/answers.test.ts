import { runInNewContext } from "node:vm";
import type { GenericSchema, InferOutput } from "valibot";
import { searchAuditTrail } from "../../../cli/audit/auditTrail";
import type { Where } from "../../../provider/core/criteria";
import { toSnapshot } from "../../../provider/core/records";
import { select } from "../../../provider/core/selection";
import { tokenTable } from "../../../provider/core/tokenTable";
import { CurrentUserAnswer, TokenAnswer, TokenListAnswer, UserAnswer } from "../../../provider/datadog/answers";
import type { DatadogClient } from "../../../provider/datadog/client";
import { errorWords } from "../../../provider/datadog/errorBody";
import { DatadogError } from "../../../provider/datadog/errors";
import { type Answer, Http } from "../../../provider/datadog/http";
import { RateLimit } from "../../../provider/datadog/rateLimit";
import { redactWhole } from "../../../provider/datadog/redactSecrets";
import { readToken, type Token } from "../../../provider/datadog/token";
import { toTable } from "../../../provider/text/textTable";
import { ANSWERS } from "../../support/arbitraryAnswers";
import { hostileBody, hostileText } from "../../support/arbitraryText";
import { expectHarmless, NASTY_NAMES, PLANTED_SECRET, PLANTED_VALUE } from "../../support/nastyNames";
import { json, startServer } from "../../support/server";
import { clientFor, KEYS, QUICK, TOKEN_ID, tokenAnswer } from "../provider/datadog/datadogClient";
import { cases, fc, IS_ALL, part } from "./hostileCases";

const KEY = "d41d8cd98f00b204e9800998ecf8427e";
const http = new Http(
  { apiUrl: "https://api.datadoghq.eu", apiUrlKey: "datadog:apiUrl", credentials: KEYS, retry: QUICK },
  new RateLimit(),
);

/** What the client makes of a body: what it read, or undefined when it is refused in words that are safe to show. */
function parse<T extends GenericSchema>(schema: T, body: string): unknown {
  try {
    return http.parse(schema, { status: 200, body, answerLost: false }, "/api/v2/current_user");
  } catch (error) {
    if (!(error instanceof DatadogError)) throw error;
    expectHarmless(error.message);
    if (error.message.length > 1_000 || error.message.includes(KEY)) throw new Error(error.message);
    return undefined;
  }
}

/** Fails unless all that was read can stand in state: no secret, and no half characters, at which the engine stops. */
function expectRecordable(read: unknown): void {
  const text = JSON.stringify(read) ?? "";
  if (text.includes(PLANTED_SECRET) || text.includes(KEY)) throw new Error("holds a secret");
  // JSON escapes half characters, and nothing else, so.
  if (/\\ud[89a-f]/.test(text)) throw new Error(`holds half a character: ${text}`);
}

describe("whatever Datadog answers, it is read or refused in plain words:", () => {
  const withKey = (json: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
    fc.tuple(hostileBody(json), fc.nat(20)).map(([body, n]) => (n === 0 ? body.replace(/"[^"]*"/, `"${KEY}"`) : body));

  test.each([
    ["a token", TokenAnswer, fc.oneof({ weight: 9, arbitrary: ANSWERS.token }, ANSWERS.anything)],
    ["a user", UserAnswer, fc.oneof({ weight: 9, arbitrary: ANSWERS.user }, ANSWERS.anything)],
    ["oneself", CurrentUserAnswer, fc.oneof({ weight: 9, arbitrary: ANSWERS.currentUser }, ANSWERS.anything)],
  ])("%s", (_, schema, json) => {
    let taken = 0;
    const read = fc.property(withKey(json), (body) => {
      const output = parse(schema, body);
      if (output === undefined) return;
      taken++;
      expectRecordable(output);
    });
    fc.assert(read, cases(3_000));
    // Most are nearly right: a good part of them gets through to what comes after.
    expect(taken).toBeGreaterThan(part(400));
  });

  test("events of the Audit Trail", async () => {
    const json = fc.oneof({ weight: 9, arbitrary: ANSWERS.auditEvents }, ANSWERS.anything);
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(withKey(json), async (body) => {
        const request = async (): Promise<Answer> => ({ status: 200, body, answerLost: false });
        const client = { http: { request, parse: http.parse.bind(http) } } as unknown as DatadogClient;
        try {
          const found = await searchAuditTrail(client, { query: "", from: "", to: "" }, 1_000);
          expectRecordable(found);
          taken += Number(found.events.length > 0);
        } catch (error) {
          if (!(error instanceof DatadogError)) throw error;
          expectHarmless(error.message);
        }
      }),
      cases(3_000),
    );
    expect(taken).toBeGreaterThan(part(200));
  });

  test("a listing, from which criteria select and a table is made", async () => {
    const namePattern = fc.oneof({ weight: 3, arbitrary: fc.constant("*") }, hostileText);
    const ages = { unusedFor: fc.constant("90d"), olderThan: fc.constant("1d"), expiresAfter: fc.constant("1d") };
    const some = fc.record(
      { namePattern, ...ages, neverExpires: fc.boolean(), leaked: fc.boolean() },
      { requiredKeys: [] },
    );
    const criteria = fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, some);
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(withKey(ANSWERS.listing), criteria, async (body, where) => {
        const listed = parse(TokenListAnswer, body) as InferOutput<typeof TokenListAnswer> | undefined;
        if (!listed) return;
        expectRecordable(listed);
        const tokens = listed.data.flatMap((row) => readToken(row, listed.included) ?? []);
        if ((where as Where).leaked !== undefined && tokens.every(({ leak }) => leak === undefined)) return;
        const { matches } = select(tokens, { where });
        const snapshots = matches.map(({ token: { name, ...token } }) =>
          toSnapshot({ ...token, name }, name === undefined ? {} : { name }),
        );
        expectRecordable(snapshots);
        rows += snapshots.length;
        for (const width of [80, undefined]) {
          const lines = await tokenTable(snapshots, { width, met: matches.map(({ met }) => met) });
          for (const line of lines) expectHarmless(line);
          // A name cannot make a row, nor end one.
          expect(lines).toHaveLength(snapshots.length + 1);
        }
      }),
      cases(3_000),
    );
    expect(rows).toBeGreaterThan(part(300));
  });

  test("an error, or a page of somebody else's", () => {
    const redact = redactWhole([KEY]);
    const page = fc.tuple(hostileText, hostileText).map(([title, text]) => `<title ${text}>${title}${KEY}</title>`);
    const body = fc.oneof({ weight: 4, arbitrary: withKey(ANSWERS.errors) }, page, hostileText);
    fc.assert(
      fc.property(body, fc.constantFrom(400, 401, 403, 404, 429, 500, 302, 999), (body, status) => {
        const what = `answered ${status}: ${errorWords(body, redact)}`;
        const { message } = http.error("GET /api", what, { kind: "status", status });
        expectHarmless(message);
        if (message.includes(KEY) || message.length > 1_200) throw new Error(message);
      }),
      cases(12_000),
    );
  });
});

test("over the wire, too, a client says in plain words why it cannot use an answer", async () => {
  let reply = { status: 200, body: "", type: "" };
  const server = await startServer((_, response) =>
    response.writeHead(reply.status, { "Content-Type": reply.type }).end(reply.body),
  );
  const client = clientFor(server.url, { retry: { maxRetries: 0 } });
  const ask = fc.constantFrom<(() => Promise<unknown>)[]>(
    () => client.getToken({ tokenId: TOKEN_ID }),
    () => client.revokeToken({ tokenId: TOKEN_ID }),
    () => client.listTokens(2_000),
    () => client.getCurrentUser(2_000),
    () => searchAuditTrail(client, { query: "x", from: "now-1d", to: "now" }, 2_000),
  );
  const body = fc.oneof(hostileBody(ANSWERS.token), hostileBody(ANSWERS.listing), hostileBody(ANSWERS.auditEvents));
  const status = fc.constantFrom(200, 201, 204, 400, 403, 404, 500);
  const type = fc.constantFrom("application/json", "text/html", "application/vnd.api+json", "image/png");
  await fc.assert(
    fc.asyncProperty(body, status, type, ask, async (body, status, type, ask) => {
      reply = { status, body: status === 204 ? "" : body, type };
      try {
        expectRecordable(await ask());
      } catch (error) {
        if (!(error instanceof DatadogError)) throw error;
        expectHarmless(error.message);
      }
    }),
    cases(400),
  );
});

describe("what was found so, and stays found:", () => {
  test("half a character in a name is none in the record: the engine would refuse the record of what was done", async () => {
    const server = await startServer(json(200, tokenAnswer({ name: "a\ud800b\udc00", scopes: ["\udfff"] })));
    const token = await clientFor(server.url).getToken({ tokenId: TOKEN_ID });
    expect(token).toMatchObject({ name: "a\ufffdb\ufffd", scopes: ["\ufffd"] });
  });

  test("words that are cut in the middle of a character end with none of it", async () => {
    const server = await startServer(json(400, { errors: [`${"x".repeat(299)}👍 and more`] }));
    const client = clientFor(server.url);
    const error = await client.revokeToken({ tokenId: TOKEN_ID }).catch((error: Error) => error);
    expect(error).toMatchObject({ message: expect.stringContaining('x\ufffd…"') });
    expectHarmless(String(error));
  });

  test("an owner that would lead out of a service account's path is none", async () => {
    const { data } = tokenAnswer();
    for (const id of ["..", ".", "a/b", "\ud800", "", "%2e%2e"]) {
      const relationships = { owned_by: { data: { id, type: "service_account" } } };
      const server = await startServer(json(200, { data: { ...data, relationships } }));
      expect(await clientFor(server.url).getToken({ tokenId: TOKEN_ID })).toMatchObject({
        owner: undefined,
        unclear: ["relationships.owned_by.data"],
      });
    }
  });

  test("as many events in one answer as it can hold are taken", async () => {
    const data = Array.from({ length: 150_000 }, () => ({ attributes: { timestamp: "2026-01-01T00:00:00Z" } }));
    const client = { http: { request: async () => ({}), parse: () => ({ data }) } } as unknown as DatadogClient;
    const { events } = await searchAuditTrail(client, { query: "", from: "", to: "" }, 60_000);
    expect(events).toHaveLength(150_000);
  });
});

/** Does it, but not for longer than any machine needs for work that grows with the input; with its square takes hours. */
function bounded<T>(work: () => T): T {
  return runInNewContext("work()", { work }, { timeout: IS_ALL ? 20_000 : 5_000 }) as T;
}

describe("megabytes are read in time that grows with them, not with their square:", () => {
  const MEGABYTES = IS_ALL ? 2_000_000 : 100_000;
  const filled = (piece: string): string => piece.repeat(MEGABYTES / piece.length);
  const body = [
    ...["<title", "<title ", "<", "[", "{", '"', "\\", "\n", "\u001b[", "&#", "%25", "\ud800"],
    ...["ddpat_", "ddpat_0", "_a", PLANTED_VALUE, `${PLANTED_VALUE}_`, "ddpat_000000000000_", KEY],
  ];

  test.each(body.map((piece) => [JSON.stringify(piece), piece]))("%s", (_, piece) => {
    const text = filled(piece);
    for (const body of [text, `<${text}`, JSON.stringify({ errors: [text] })]) {
      const words = bounded(() => errorWords(body, redactWhole([KEY])));
      expectHarmless(http.error("GET /", words, { kind: "status" }).message);
      bounded(() => parse(TokenAnswer, body));
    }
  });

  test("a name of one piece, however wide, in a table for a terminal", async () => {
    for (const piece of ["\u200b", "n", "語", "\u0301", " ", "\u001b"]) {
      const name = `${piece.repeat(IS_ALL ? 300_000 : 10_000)}the end`;
      const [, line] = await toTable(["NAME", "OWNER"], [[name, name]], 80);
      expectHarmless(line ?? "");
    }
  });
});

test("every nasty name comes out of an answer as it can be recorded, and of a table as it can be shown", async () => {
  for (const name of NASTY_NAMES) {
    const read = parse(TokenAnswer, JSON.stringify(tokenAnswer({ name }))) as InferOutput<typeof TokenAnswer>;
    expectRecordable(read);
    const [, line = ""] = await tokenTable([toSnapshot(readToken(read.data, []) as Token, { name })], { width: 100 });
    expectHarmless(line);
    expect(line.split(/ {2,}/).length).toBeLessThanOrEqual(6);
  }
});
