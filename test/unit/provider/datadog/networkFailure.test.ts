import { describeNetworkFailure } from "../../../../provider/datadog/networkFailure";

/** As fetch throws it. */
const failed = (cause: object) => Object.assign(new TypeError("fetch failed"), { cause });
const coded = (code: string, message = `connect ${code}`) => Object.assign(new Error(message), { code });

test.each([
  ["ECONNREFUSED", false],
  ["ENOTFOUND", false],
  ["EAI_AGAIN", false],
  ["EHOSTUNREACH", false],
  ["ENETUNREACH", false],
  ["UND_ERR_CONNECT_TIMEOUT", false],
  ["CERT_HAS_EXPIRED", false],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", false],
  ["ERR_TLS_CERT_ALTNAME_INVALID", false],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", false],
  ["ECONNRESET", true],
  ["EPIPE", true],
  ["UND_ERR_SOCKET", true],
])("after %s the request may have arrived: %s", (code, mayHaveArrived) => {
  expect(describeNetworkFailure(failed(coded(code)))).toEqual({ why: `connect ${code}`, mayHaveArrived });
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
  [
    "without a cause",
    new Error("it sends more than 16 MiB"),
    { why: "it sends more than 16 MiB", mayHaveArrived: true },
  ],
  ["that is no error", "a text", { why: "a text", mayHaveArrived: true }],
])("a failure %s is told by its reason", (_, error, expected) => {
  expect(describeNetworkFailure(error)).toEqual(expected);
});
