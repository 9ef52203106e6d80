import { errorWords, isInWordsOfApi } from "../../../../provider/datadog/errorBody";
import { redactWhole } from "../../../../provider/datadog/redactSecrets";

describe("the words of an error's body", () => {
  const words = (body: string, redact = (text: string): string => text): string => errorWords(body, redact);

  test.each([
    ['{"errors":["Forbidden"]}', '"Forbidden"'],
    ['{"errors":["one","","two"]}', '"one; two"'],
    [
      '{"errors":[{"title":"Not found","detail":"no such token","code":"x","status":"404"}]}',
      '"Not found: no such token"',
    ],
    ['{"errors":["a text",{"title":"Not found"},{"detail":"gone"},{"code":"x"}]}', '"a text; Not found; gone; x"'],
    ['{"errors":["For', '"{"errors":["For"'],
    ['{"error":{"reason":"no"}}', '"{"error":{"reason":"no"}}"'],
    ['{"errors":[{"status":"404","code":null}]}', '"404"'],
    ['{"errors":[{"status":404,"title":"Not Found"}]}', '"Not Found"'],
    ['{"errors":[{"status":404,"title":{"x":1}}]}', '"404"'],
    ['{"errors":[null,7,"Forbidden",["x"]]}', '"Forbidden"'],
    ['{"error":{"code":"not_found","message":"no such token"}}', '"not_found: no such token"'],
    ['{"error":{"code":null,"message":"no such token"}}', '"no such token"'],
    ['{"errors":[]}', '"{"errors":[]}"'],
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

  test.each([
    ['{"errors":[{"status":404,"code":7,"title":"Not Found"}]}', true],
    ['{"errors":[null,"Not found"]}', true],
    ['{"errors":[{"status":404,"code":"not_found"}]}', false],
    ['{"errors":[null,7]}', false],
    ['{"message":"Not Found"}', false],
  ])("%s is in the words of Datadog's API: %s", (body, isDatadogs) => {
    expect(isInWordsOfApi(body)).toBe(isDatadogs);
  });

  test("are cut after 300 characters, and what must not be repeated is taken out before", () => {
    expect(words("x".repeat(300))).toBe(`"${"x".repeat(300)}"`);
    expect(words("x".repeat(301))).toBe(`"${"x".repeat(300)}…"`);
    const redact = redactWhole(["a secret"]);
    expect(words(`${"x".repeat(295)}a secret`, redact)).toBe(`"${"x".repeat(295)}[reda…"`);
    expect(words(`<title>${"x".repeat(301)}</title>`)).toContain(`titled "${"x".repeat(300)}…"`);
  });
});
