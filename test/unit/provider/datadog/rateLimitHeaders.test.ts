import { readRateLimit } from "../../../../provider/datadog/rateLimitHeaders";

const NOW = Date.parse("2026-11-24T09:30:00Z");

beforeEach(() => jest.useFakeTimers({ now: NOW }));
afterEach(() => jest.useRealTimers());

function read(headers: Record<string, string>, status = 200) {
  return readRateLimit(new Response(null, { status, headers }));
}

test("all that Datadog documents is read, in milliseconds", () => {
  const headers = {
    "X-RateLimit-Name": "personal_access_tokens",
    "X-RateLimit-Limit": "100",
    "X-RateLimit-Period": "60",
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": "7",
  };
  const told = { name: "personal_access_tokens", limit: 100, period: 60_000, remaining: 0, reset: 7_000 };
  expect(read(headers)).toEqual({ ...told, refused: false, comeBackIn: undefined });
  expect(read(headers, 429)).toEqual({ ...told, refused: true, comeBackIn: 7_000 });
  expect(read(headers, 503)).toEqual({ ...told, refused: false, comeBackIn: undefined });
});

test("what is not told, or nonsense, is unknown", () => {
  const nothing = { name: undefined, limit: undefined, period: undefined, remaining: undefined, reset: undefined };
  expect(read({})).toEqual({ ...nothing, refused: false, comeBackIn: undefined });
  const numbers = ["-1", "1.5", "1e3", "1 2", "0x10", "+1", "9".repeat(10), "9".repeat(400)];
  for (const nonsense of ["", "soon", "<html>1</html>", ...numbers]) {
    const headers = ["Limit", "Period", "Remaining", "Reset"].map((name) => [`X-RateLimit-${name}`, nonsense]);
    expect(read({ ...Object.fromEntries(headers), "Retry-After": nonsense }, 429)).toEqual({
      ...nothing,
      refused: true,
      comeBackIn: undefined,
    });
  }
});

test("a limit or a period of nothing is none; and none left is none left", () => {
  expect(read({ "X-RateLimit-Limit": "0", "X-RateLimit-Period": "0", "X-RateLimit-Remaining": "0" })).toMatchObject({
    limit: undefined,
    period: undefined,
    remaining: 0,
  });
});

test.each<[string, string, number | undefined]>([
  ["X-RateLimit-Reset", "0", 250],
  ["X-RateLimit-Reset", " 3 ", 3_000],
  ["X-RateLimit-Reset", "600", 600_000],
  ["X-RateLimit-Reset", "601", undefined],
  ["Retry-After", "0", 250],
  ["Retry-After", "600", 600_000],
  ["Retry-After", "601", undefined],
  ["Retry-After", "Tue, 24 Nov 2026 09:30:20 GMT", 20_000],
  ["Retry-After", "Tue, 24 Nov 2026 09:30:00 GMT", 250],
  ["Retry-After", "Tue, 24 Nov 2026 09:29:59 GMT", undefined],
  ["Retry-After", "Tue, 24 Nov 2026 09:40:01 GMT", undefined],
])("a refusal with %s: %s is waited for %s ms", (name, value, wait) => {
  expect(read({ [name]: value }, 429).comeBackIn).toBe(wait);
});

test("of two times to wait the longer counts, and of a Retry-After only where nothing was done", () => {
  expect(read({ "X-RateLimit-Reset": "3", "Retry-After": "5" }, 429).comeBackIn).toBe(5_000);
  expect(read({ "X-RateLimit-Reset": "5", "Retry-After": "3" }, 429).comeBackIn).toBe(5_000);
  expect(read({ "X-RateLimit-Reset": "soon", "Retry-After": "3" }, 429).comeBackIn).toBe(3_000);
  expect(read({ "Retry-After": "5" }, 503).comeBackIn).toBe(5_000);
  expect(read({ "Retry-After": "5" }, 200).comeBackIn).toBeUndefined();
  expect(read({ "Retry-After": "5" }, 502).comeBackIn).toBeUndefined();
});
