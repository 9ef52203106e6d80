import { inspect } from "node:util";
import { advice } from "../../../../provider/datadog/advice";
import { errorWords } from "../../../../provider/datadog/errorBody";
import { ConfigurationError, DatadogError } from "../../../../provider/datadog/errors";
import { parseJson } from "../../../../provider/datadog/json";
import { redactWhole } from "../../../../provider/datadog/redactSecrets";
import { plainLine, sentence } from "../../../../provider/text/plainLine";
import { fc } from "../../../support/cases";

const VALUE = "ddpat_1vCPtzKGJML79G0rwH3qpw_0123456789abcdefghijklmnopqrstuvwxyz";

describe("a plain line", () => {
  test.each([
    ["one\r\ntwo\n\nthree", "one two three"],
    ["\u001b[31mred\u001b[0m", "[31mred [0m"],
    ["\u009b2Jcleared", "2Jcleared"],
    ["a\u2028b\u2029c\u0085d\u0000e", "a b c d e"],
    ["  as it is: «é» 日本 \n", "as it is: «é» 日本"],
    [`leaked ${VALUE}!`, "leaked ddpat_1vCPtzKGJML79G0rwH3qpw_[redacted]!"],
  ])("of %j is %j", (text, line) => {
    expect(plainLine(text)).toBe(line);
  });

  test("never has a control character or a line break in it, and stays as it is when made plain again", () => {
    const unsafe = fc.constantFrom("\n", "\r", "\t", "\u001b[2J", "\u001b]0;", "\u0007", "\u009b", "\u2028", "\u0000");
    const text = fc.array(fc.oneof(fc.string({ unit: "binary" }), unsafe, fc.constant(VALUE))).map((s) => s.join(""));
    fc.assert(
      fc.property(text, (text) => {
        const line = plainLine(text);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(line).not.toContain(VALUE);
        expect(plainLine(line)).toBe(line);
      }),
    );
  });
});

test("however a DatadogError is printed, no token value is", () => {
  const error = new DatadogError(`api.datadoghq.eu answered 400:\n"bad token ${VALUE}"`, "status", 400);
  for (const text of [error.message, error.stack, String(error), inspect(error), JSON.stringify(error)]) {
    expect(text).not.toContain("0123456789abcdef");
  }
  expect(error.message).toBe('api.datadoghq.eu answered 400: "bad token ddpat_1vCPtzKGJML79G0rwH3qpw_[redacted]"');
});

test.each([
  [401, true],
  [403, true],
  [404, false],
  [500, false],
  [undefined, false],
])("status %s: the credentials may not see or do it: %s", (status, forbidden) => {
  expect(new DatadogError("text", "status", status).forbidden).toBe(forbidden);
});

test("errors tell what they are by their names", () => {
  expect(new DatadogError("text", "network")).toMatchObject({ name: "DatadogError", answerLost: false });
  expect(new ConfigurationError("text").name).toBe("ConfigurationError");
});

test.each<[unknown, string]>([
  [new Error(" of two\nlines "), "of two lines"],
  ["only a text", "only a text"],
  [undefined, "undefined"],
])("%p is said as %j", (error, said) => {
  expect(sentence(error)).toBe(said);
});

describe("the words of an error's body", () => {
  const words = (body: string, conceal = (text: string): string => text): string => errorWords(body, conceal);

  test.each([
    ['{"errors":["Forbidden"]}', '"Forbidden"'],
    ['{"errors":["one","","two"]}', '"one; two"'],
    [
      '{"errors":[{"title":"Not found","detail":"no such token","code":"x","status":"404"}]}',
      '"Not found: no such token"',
    ],
    ['{"errors":[{"title":"Not found"},{"detail":"no such token"},{"code":"x"}]}', '"Not found; no such token"'],
    ['{"errors":[]}', "no body"],
    ['{"errors":"Forbidden"}', '"{"errors":"Forbidden"}"'],
    ["", "no body"],
    [" \n ", "no body"],
    [" upstream down\n", '"upstream down"'],
    ["2 < 3", '"2 < 3"'],
    ["2<3", '"2<3"'],
    ["<html><body>hello</body></html>", "an HTML page, not the API"],
    ["\n <!doctype html><TITLE lang=en> Sign in </TITLE>", 'an HTML page, not the API, titled "Sign in"'],
    ["<title></title>", 'an HTML page, not the API, titled ""'],
    ['{"errors":["<b>no</b>"]}', "an HTML page, not the API"],
  ])("%j are %s", (body, said) => {
    expect(words(body)).toBe(said);
  });

  test("are cut after 300 characters, and what must not be repeated is taken out before", () => {
    expect(words("x".repeat(300))).toBe(`"${"x".repeat(300)}"`);
    expect(words("x".repeat(301))).toBe(`"${"x".repeat(300)}…"`);
    const conceal = redactWhole(["a secret"]);
    expect(words(`${"x".repeat(295)}a secret`, conceal)).toBe(`"${"x".repeat(295)}[reda…"`);
    expect(words(`<title>${"x".repeat(301)}</title>`)).toContain(`titled "${"x".repeat(300)}…"`);
  });
});

test("secrets are taken out wherever they stand, the longest first", () => {
  const conceal = redactWhole(["key", "key-and-more", "other"]);
  expect(conceal("key-and-more, key, other and key-and")).toBe("[redacted], [redacted], [redacted] and [redacted]-and");
});

test("JSON is read with each text in it concealed; what is none is nothing", () => {
  const conceal = (text: string): string => `<${text}>`;
  expect(parseJson('{"a":["b",1,null,{"c":"d"}]}', conceal)).toEqual({ a: ["<b>", 1, null, { c: "<d>" }] });
  expect(parseJson('{"a":"b"}')).toEqual({ a: "b" });
  expect(parseJson("<html>")).toBeUndefined();
});

test.each<[number, string, RegExp]>([
  [401, "GET /api/v2/current_user", /^The credentials were not accepted/],
  [
    403,
    "DELETE /api/v2/personal_access_tokens/x",
    /permission user_app_keys .* org_app_keys_write for anyone's; or they/,
  ],
  [403, "GET /api/v2/personal_access_tokens/x", /permission user_app_keys .* org_app_keys_read for anyone's/],
  [403, "DELETE /api/v2/service_accounts/x/access_tokens/y", /permission service_account_write;/],
  [403, "POST /api/v2/audit/events/search", /permission audit_logs_read;/],
  [429, "GET /", /^Try again when the rate limit allows it$/],
  [500, "GET /", /^The fault is at Datadog's side/],
  [599, "GET /", /^The fault is at Datadog's side/],
  [300, "GET /", /^Redirects are refused/],
  [399, "GET /", /^Redirects are refused/],
  [299, "GET /", /^Check that DD_SITE or datadog:apiUrl names Datadog's API/],
  [400, "GET /", /^Check that DD_SITE or datadog:apiUrl names Datadog's API/],
])("after %s to %s the advice is %s", (status, request, said) => {
  expect(advice(status, request)).toMatch(said);
});
