import { describeNetworkFailure, mayHaveArrived } from "../../../../provider/datadog/networkFailure";

/** As fetch throws it. */
const failed = (cause: object) => Object.assign(new TypeError("fetch failed"), { cause });
const coded = (code: string, message = `connect ${code}`) => Object.assign(new Error(message), { code });

test.each<[string, unknown, string]>([
  ["with a reason", failed(coded("ECONNREFUSED")), "connect ECONNREFUSED"],
  ["out of time", Object.assign(new Error("x"), { name: "TimeoutError" }), "it took too long"],
  [
    "of OpenSSL",
    failed({ ...coded("ERR_SSL_WRONG_VERSION_NUMBER"), message: "C0:error:0A", reason: "wrong version number" }),
    "TLS: wrong version number",
  ],
  [
    "of several addresses",
    failed({ message: "", errors: [coded("ECONNREFUSED", "connect ::1"), coded("ECONNREFUSED", "connect 127.0.0.1")] }),
    "connect ::1",
  ],
  ["with a code alone", failed({ message: "", code: "ECONNRESET" }), "ECONNRESET"],
  ["without a cause", new Error("it sends too much"), "it sends too much"],
  ["that is no error", "a text", "a text"],
])("a failure %s is told by its reason, and by the proxy on the way", (_, error, why) => {
  expect(describeNetworkFailure(error)).toBe(`: ${why}`);
  const proxy = { url: "http://proxy.test:3128", host: "proxy.test:3128", variable: "HTTPS_PROXY" };
  expect(describeNetworkFailure(error, proxy)).toBe(` through the proxy proxy.test:3128: ${why}`);
});

test.each([
  ["was written", "sent", coded("ECONNREFUSED"), true],
  ["was not written", "notSent", coded("ECONNRESET"), false],
  ["was not seen: it is not certain that it was not sent", "unseen", coded("ECONNREFUSED"), true],
  ["was refused by fetch, which makes no request for such a port", "unseen", new Error("bad port"), false],
] as const)("a request whose head %s may have arrived or not", (_, progress, cause, expected) => {
  expect(mayHaveArrived(failed(cause), progress)).toBe(expected);
});
