import { type Options, oneOf, parseOptions, wholeNumber } from "../../../cli/options";

const OPTIONS = { port: { type: "string" }, json: { type: "boolean" } } as const satisfies Options;

test.each([
  [["--prot", "1"], 'Unknown option "--prot": did you mean "--port"?'],
  [["--port"], "--port needs a value: --port VALUE."],
  [["--port", "--json"], "--port needs a value: --port VALUE."],
  [["--port", ""], "--port needs a value: --port VALUE."],
  [["--json=yes"], "--json takes no value: give it alone."],
  [["12"], "This command takes options only: --help lists them."],
])("the options %j are refused in one sentence", (args, sentence) => {
  expect(() => parseOptions(args, OPTIONS)).toThrow(sentence);
});

test("a number outside its range is refused", () => {
  expect(wholeNumber("port", "7", 0, 7)).toBe(7);
  for (const text of ["many", "8", "-1", "1e1", ""]) {
    expect(() => wholeNumber("port", text, 0, 7)).toThrow("--port takes a whole number from 0 to 7.");
  }
});

test("an unknown word is refused with the nearest one, or with all of them", () => {
  expect(oneOf("format", "json", ["table", "json"])).toBe("json");
  expect(() => oneOf("format", "jsom", ["table", "json"])).toThrow('Unknown format "jsom": did you mean "json"?');
  expect(() => oneOf("format", "yaml", ["table", "json"])).toThrow('Unknown format "yaml": use table or json.');
});
