import { EngineConnection, engineAddressIn } from "../../../../provider/handlers/engineConnection";

const ENGINE = "127.0.0.1:41231";

test.each<[string, string[], string | undefined]>([
  ["alone", [ENGINE], ENGINE],
  ["before other arguments", [ENGINE, "/a/program"], ENGINE],
  ["behind --logflow and -v", ["--logflow", "-v=3", ENGINE], ENGINE],
  ["behind --logtostderr", ["--logtostderr", ENGINE], ENGINE],
  ["behind --tracing and its URL", ["--tracing", "tcp://127.0.0.1:9411", ENGINE], ENGINE],
  ["behind --tracing=URL", ["--tracing=tcp://127.0.0.1:9411", ENGINE], ENGINE],
  ["behind all of them", ["--logtostderr", "--logflow", "-v=9", "--tracing", "http://localhost:9411", ENGINE], ENGINE],
  ["as a name", ["localhost:41231"], "localhost:41231"],
  ["as IPv6", ["[::1]:41231"], "[::1]:41231"],
  ["nowhere", ["--logflow", "/a/program"], undefined],
  ["nowhere behind --tracing", ["--tracing", "tcp://127.0.0.1:9411"], undefined],
  ["among no arguments", [], undefined],
])("the engine's address is found %s", (_, args, address) => {
  expect(engineAddressIn(args)).toBe(address);
});

test("without an engine messages are printed, progress is not, and nothing ends", async () => {
  const printed: string[] = [];
  const end = jest.fn();
  const credentials = jest.fn();
  const engine = new EngineConnection({ address: undefined, end, print: (line) => printed.push(line), credentials });
  await engine.log("WARNING", "a warning");
  await engine.log("INFO", "half done", true);
  await engine.demand();
  expect(printed).toEqual(["a warning"]);
  expect(end).not.toHaveBeenCalled();
});
