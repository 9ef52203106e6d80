import { Gate, now } from "../../../../provider/datadog/gate";
import { Pace } from "../../../../provider/datadog/pace";
import { type RateLimitHeaders, readRateLimit } from "../../../../provider/datadog/rateLimitHeaders";

/** On a clock that the tests turn. */
beforeEach(() => jest.useFakeTimers({ now: 0 }));
afterEach(() => jest.useRealTimers());

const FAR = 10 * 60_000;

/** What an answer with these headers says. */
function said(headers: Record<string, string> = {}, status = 200): RateLimitHeaders {
  return readRateLimit(new Response(null, { status, headers }));
}

/** Requests that wait at a gate, in order: when each passed, and what it was told. */
function requests(gate: Gate, count: number, deadline = FAR): { at: number; closedFor: number }[] {
  const passed: { at: number; closedFor: number }[] = [];
  for (let request = 0; request < count; request++) {
    void gate.pass(deadline).then((passage) => {
      passed.push({ at: now(), closedFor: passage.kind === "passed" ? 0 : passage.wait });
    });
  }
  return passed;
}

const turn = (milliseconds = 0): Promise<void> => jest.advanceTimersByTimeAsync(milliseconds);

/** A request that was sent then has its answer. */
function answered(gate: Gate, limit: RateLimitHeaders, sentAt: number): void {
  gate.heed(limit, sentAt);
  gate.leave(sentAt);
}

/** A gate that has seen the answer to a first request. */
async function opened(pace?: Pace): Promise<Gate> {
  const gate = new Gate(pace);
  const sentAt = now();
  await gate.pass(FAR);
  answered(gate, said(), sentAt);
  return gate;
}

describe("the first request", () => {
  test("goes alone until it has its answer", async () => {
    const gate = new Gate();
    const passed = requests(gate, 3);
    await turn(700);
    expect(passed).toEqual([{ at: 0, closedFor: 0 }]);
    gate.leave(0);
    await turn();
    expect(passed.map(({ at }) => at)).toEqual([0, 700, 700]);
  });

  test("that has no answer is waited for no longer than a second", async () => {
    const passed = requests(new Gate(), 4);
    await turn(999);
    expect(passed).toHaveLength(1);
    await turn(1);
    expect(passed.map(({ at }) => at)).toEqual([0, 1_000, 1_000, 1_000]);
  });

  test("after a wait goes alone again, whatever an earlier one is answered meanwhile", async () => {
    const gate = await opened();
    requests(gate, 2);
    await turn(100);
    gate.close(300);
    const passed = requests(gate, 2);
    await turn(300);
    expect(passed.map(({ at }) => at)).toEqual([400]);
    gate.leave(0);
    await turn(10);
    expect(passed).toHaveLength(1);
    gate.leave(400);
    await turn();
    expect(passed.map(({ at }) => at)).toEqual([400, 410]);
  });
});

describe("a gate that is closed", () => {
  test("opens when the longest wait is over", async () => {
    const gate = await opened();
    gate.close(500);
    gate.close(100);
    const passed = requests(gate, 1);
    await turn(499);
    expect(passed).toEqual([]);
    await turn(1);
    expect(passed).toEqual([{ at: 500, closedFor: 0 }]);
  });

  test("tells at once those who cannot wait so long, and lets the others wait in order", async () => {
    const gate = await opened();
    gate.close(500);
    const late = requests(gate, 2, 499);
    const inTime = requests(gate, 1, 500);
    await turn();
    expect(late).toEqual([
      { at: 0, closedFor: 500 },
      { at: 0, closedFor: 500 },
    ]);
    gate.leave(0);
    await turn(500);
    expect(inTime).toEqual([{ at: 500, closedFor: 0 }]);
  });

  test("keeps no timer that nobody waits for, and one for all who wait", async () => {
    const gate = await opened();
    gate.close(500);
    requests(gate, 3, 499);
    await turn();
    expect(jest.getTimerCount()).toBe(0);
    requests(gate, 3);
    gate.close(600);
    expect(jest.getTimerCount()).toBe(1);
  });

  test("tells those who wait already when it closes for longer", async () => {
    const gate = await opened();
    gate.close(500);
    const passed = requests(gate, 1, 1_000);
    await turn(100);
    gate.close(2_000);
    await turn();
    expect(passed).toEqual([{ at: 100, closedFor: 2_000 }]);
  });

  test("by a refusal that says no time opens after a quarter of a second", async () => {
    const gate = await opened();
    requests(gate, 1);
    await turn();
    gate.heed(said({}, 429), 0);
    const passed = requests(gate, 1);
    await turn(249);
    expect(passed).toEqual([]);
    await turn(1);
    expect(passed).toEqual([{ at: 250, closedFor: 0 }]);
  });
});

describe("a long period", () => {
  const hour = (remaining: number, reset = 30): RateLimitHeaders =>
    said({
      "X-RateLimit-Limit": "1000",
      "X-RateLimit-Period": "3600",
      "X-RateLimit-Remaining": String(remaining),
      "X-RateLimit-Reset": String(reset),
    });

  /** A gate at which so many are left, as the answer to the first request told. */
  async function left(remaining: number): Promise<Gate> {
    const gate = new Gate();
    await gate.pass(FAR);
    answered(gate, hour(remaining), 0);
    return gate;
  }

  test("that ends with some left starts anew without a wait", async () => {
    const gate = await left(3);
    await turn(31_000);
    const passed = requests(gate, 3);
    await turn();
    expect(passed).toHaveLength(3);
  });

  test("is used by those on their way too", async () => {
    const gate = await opened();
    requests(gate, 4);
    await turn(50);
    // The first of four is answered: three are on their way, and may not be counted yet.
    answered(gate, hour(5), 0);
    expect(await passing(gate, 4)).toBe(2);
  });

  test("takes the least of answers that overtake each other, until one request is alone", async () => {
    const gate = await opened();
    requests(gate, 2);
    await turn(50);
    answered(gate, hour(3), 0);
    await turn(10);
    // It was sent before the answer that told of less.
    answered(gate, hour(900), 0);
    expect(await passing(gate, 4)).toBe(2);
    gate.leave(60);
    await turn(10);
    // The other is alone, and sent after the last answer.
    answered(gate, hour(900), 60);
    expect(await passing(gate, 9)).toBe(9);
  });

  test.each([1_000, 1_100])("that is over is forgotten, whatever it had left: after %d ms", async (later) => {
    const gate = await opened();
    requests(gate, 3);
    await turn(50);
    answered(gate, hour(2, 1), 0);
    await turn(later);
    // Two are on their way, and what the last period had left is over.
    answered(gate, hour(6), 0);
    expect(await passing(gate, 9)).toBe(5);
  });

  test("takes the least of what requests are told that were sent together after an answer", async () => {
    const gate = await left(3);
    await turn(50);
    requests(gate, 2);
    await turn(10);
    answered(gate, hour(900), 50);
    expect(await passing(gate, 9)).toBe(1);
  });

  test.each<[string, Record<string, string>]>([
    ["how many are left, and not until when", { "X-RateLimit-Remaining": "0" }],
    ["until when, and not how many are left", { "X-RateLimit-Reset": "30" }],
  ])("of which an answer says %s says nothing", async (_, headers) => {
    const gate = await opened();
    requests(gate, 2);
    await turn();
    answered(gate, said(headers), 0);
    expect(await passing(gate, 5)).toBe(5);
    answered(gate, hour(7), 0);
    expect(await passing(gate, 5)).toBe(2);
  });

  test.each(["Limit", "Period"])("that is told without its %s is used up in the same way", async (missing) => {
    const pace = new Pace();
    const heed = jest.spyOn(pace, "heed");
    const gate = await opened(pace);
    await gate.pass(FAR);
    const told = { "X-RateLimit-Limit": "5", "X-RateLimit-Period": "10", "X-RateLimit-Remaining": "2" };
    const { [`X-RateLimit-${missing}` as "X-RateLimit-Limit"]: _, ...headers } = told;
    answered(gate, said({ ...headers, "X-RateLimit-Reset": "30" }), 0);
    expect(heed).not.toHaveBeenCalled();
    expect(await passing(gate, 5)).toBe(2);
  });

  test("that was used up is no reason to slow down in the next", async () => {
    const pace = new Pace();
    const slowDown = jest.spyOn(pace, "slowDown");
    const gate = await opened(pace);
    requests(gate, 2);
    await turn();
    gate.heed({ ...hour(0), refused: true }, 0);
    expect(slowDown).not.toHaveBeenCalled();
    await turn(30_000);
    gate.heed(said({}, 429), 29_000);
    expect(slowDown).toHaveBeenCalledWith(30_000, 29_000);
  });

  /** How many of so many pass at once. */
  async function passing(gate: Gate, count: number): Promise<number> {
    const passed = requests(gate, count, now());
    await turn();
    return passed.filter(({ closedFor }) => closedFor === 0).length;
  }
});

test.each([
  ["10", true],
  ["11", false],
])("a period of %s s is paced: %s", async (period, isPaced) => {
  const pace = new Pace();
  const heed = jest.spyOn(pace, "heed");
  const gate = await opened(pace);
  const headers = { "X-RateLimit-Limit": "5", "X-RateLimit-Period": period, "X-RateLimit-Remaining": "4" };
  await gate.pass(FAR);
  gate.heed(said(headers), 0);
  expect(heed.mock.calls).toEqual(isPaced ? [[0, 0, 5, 10_000, 4]] : []);
  gate.leave(0);
  expect(requests(gate, 1)).toEqual([]);
});
