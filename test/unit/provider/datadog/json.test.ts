import { parseJson } from "../../../../provider/datadog/json";

test("JSON is read with each text in it redacted; what is none is nothing", () => {
  const redact = (text: string): string => `<${text}>`;
  expect(parseJson('{"a":["b",1,null,{"c":"d"}]}', redact)).toEqual({ a: ["<b>", 1, null, { c: "<d>" }] });
  expect(parseJson('{"a":"b"}')).toEqual({ a: "b" });
  expect(parseJson("<html>")).toBeUndefined();
});
