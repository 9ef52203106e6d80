import { describeNetworkFailure } from "../../../../provider/datadog/networkFailure";

/** As fetch throws it. */
const failed = (cause: object) => Object.assign(new TypeError("fetch failed"), { cause });
const coded = (code: string, message = `connect ${code}`) => Object.assign(new Error(message), { code });

test.each([
  [false, ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]],
  [false, ["CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT", "ERR_TLS_CERT_ALTNAME_INVALID"]],
  [false, ["UNABLE_TO_VERIFY_LEAF_SIGNATURE"]],
  [true, ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]],
])("that the request may have arrived is %s after %j", (mayHaveArrived, codes) => {
  for (const code of codes) {
    expect(describeNetworkFailure(failed(coded(code)))).toEqual({ why: `connect ${code}`, mayHaveArrived });
  }
});

test.each<[string, unknown, object]>([
  [
    "out of time",
    Object.assign(new Error("x"), { name: "TimeoutError" }),
    { why: "it took too long", mayHaveArrived: true },
  ],
  [
    "of OpenSSL",
    failed({ ...coded("ERR_SSL_WRONG_VERSION_NUMBER"), message: "C0:error:0A", reason: "wrong version number" }),
    { why: "TLS: wrong version number", mayHaveArrived: false },
  ],
  [
    "of several addresses",
    failed({ message: "", errors: [coded("ECONNREFUSED", "connect ::1"), coded("ECONNREFUSED", "connect 127.0.0.1")] }),
    { why: "connect ::1", mayHaveArrived: false },
  ],
  ["with a code alone", failed({ message: "", code: "ECONNRESET" }), { why: "ECONNRESET", mayHaveArrived: true }],
  ["without a cause", new Error("it sends too much"), { why: "it sends too much", mayHaveArrived: true }],
  ["that is no error", "a text", { why: "a text", mayHaveArrived: true }],
])("a failure %s is told by its reason", (_, error, expected) => {
  expect(describeNetworkFailure(error)).toEqual(expected);
});
