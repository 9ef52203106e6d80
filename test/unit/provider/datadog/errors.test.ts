import { inspect } from "node:util";
import { ConfigurationError, DatadogError } from "../../../../provider/datadog/errors";

const VALUE = ["ddpat_1vCPtzKGJML79G0rwH3qpw", "0123456789abcdefghijklmnopqrstuvwxyz"].join("_");

test("however a DatadogError is printed, no token value is", () => {
  const error = new DatadogError(`api.datadoghq.eu answered 400:\n"bad token ${VALUE}"`, {
    kind: "status",
    status: 400,
  });
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
])("status %s: the credentials may not see or do it: %s", (status, isForbidden) => {
  expect(new DatadogError("text", { kind: "status", status })).toMatchObject({ status, isForbidden });
});

test("errors tell what they are by their names", () => {
  expect(new DatadogError("text", { kind: "network" })).toMatchObject({ name: "DatadogError", answerLost: false });
  expect(new ConfigurationError("text").name).toBe("ConfigurationError");
});
