import { now } from "../../../../provider/datadog/gate";
import { RateLimit } from "../../../../provider/datadog/rateLimit";
import { Clock } from "./clock";
import { bucket, type Counting, periods, slidingWindow } from "./countingServer";

let clock: Clock;
beforeEach(() => {
  clock = new Clock();
});
afterEach(() => clock.remove());

const FAR = 10 * 60_000;
const LIMIT = 100;
const SECOND = 1_000;

interface ServerOptions {
  readonly counting: Counting;
  /** What it tells of the limit; by default all that Datadog documents. */
  readonly headers?: (told: Record<string, string>, request: number) => Record<string, string>;
  /** How it makes whole seconds. */
  readonly round?: (seconds: number) => number;
  readonly limit?: number;
  readonly period?: number;
  /** Milliseconds on the way, there and back together, and at most so many more. */
  readonly latency?: number;
  readonly jitter?: number;
  /** For so long it stands still, every three seconds. */
  readonly stall?: number;
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Refuses for reasons of its own, and takes any number. */
function everyFourteenth(): Counting {
  let count = 0;
  return { take: () => ++count % 14 !== 0, remaining: () => 9_000, reset: () => SECOND };
}

/** Takes requests as a server does that is some way off. */
class Server {
  readonly #options: Required<ServerOptions>;
  readonly received: { at: number; refused: boolean; from: number; endpoint: string }[] = [];
  #random = 1;

  constructor(options: ServerOptions) {
    const usual = { limit: LIMIT, period: SECOND, latency: 40, jitter: 8, stall: 0, round: Math.ceil };
    this.#options = { ...usual, headers: (told) => told, ...options };
  }

  async answer(from = 0, endpoint = "DELETE"): Promise<Response> {
    const { counting, limit, period, latency, stall, headers, round } = this.#options;
    await sleep(latency / 2 + this.#jitter());
    if (stall > 0) await sleep(Math.max(0, stall - (performance.now() % (3 * SECOND))));
    const at = performance.now();
    const refused = !counting.take(at);
    this.received.push({ at, refused, from, endpoint });
    const told = {
      "X-RateLimit-Limit": String(limit),
      "X-RateLimit-Period": String(period / SECOND),
      "X-RateLimit-Remaining": String(counting.remaining()),
      "X-RateLimit-Reset": String(round(counting.reset(at) / SECOND)),
    };
    await sleep(latency / 2 + this.#jitter());
    return new Response(null, { status: refused ? 429 : 204, headers: headers(told, this.received.length) });
  }

  get refused(): number {
    return this.received.filter(({ refused }) => refused).length;
  }

  /** Seconds from the first request to the last. */
  get seconds(): number {
    return ((this.received.at(-1)?.at ?? 0) - (this.received[0]?.at ?? 0)) / SECOND;
  }

  /** Between half and the whole, always the same. */
  #jitter(): number {
    this.#random = (this.#random * 1103515245 + 12345) % 2 ** 31;
    return (this.#options.jitter / 2) * (1 + this.#random / 2 ** 31);
  }
}

/** Sends so many requests through one limit, 32 at a time, each until it is taken. */
async function sendBatch(server: Server, count: number, from = 0, pauseEach = 0): Promise<void> {
  const rateLimit = new RateLimit();
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      if (pauseEach > 0 && left % 125 === 0) await sleep(pauseEach);
      for (let taken = false; !taken; ) {
        const answer = await rateLimit.send("DELETE", performance.now() + 10 * 60_000, () => server.answer(from));
        if (answer.kind === "tooLate") throw new Error(`closed for ${answer.wait} ms`);
        taken = answer.response.status === 204;
        if (!taken && answer.limit.comeBackIn === undefined) await sleep(2_000);
      }
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}

/** Turns the clock until the work is done. */
async function finish<T>(work: Promise<T>): Promise<T> {
  let done = false;
  const marked = work.finally(() => {
    done = true;
  });
  marked.catch(() => undefined);
  await clock.turn(FAR, () => done);
  return marked;
}

const everyThird = (told: Record<string, string>, request: number) => (request % 3 === 0 ? told : {});

describe("a batch of 2,000 under a limit of 100 a second takes no more than 5 % over 20 s, and none is refused:", () => {
  test.each<[string, ServerOptions]>([
    ["by the clock's seconds", { counting: periods(LIMIT, SECOND) }],
    ["by seconds of its own, and Reset is rounded down", { counting: periods(LIMIT, SECOND, 370), round: Math.floor }],
    ["by a sliding window", { counting: slidingWindow(LIMIT, SECOND) }],
    ["by a bucket", { counting: bucket(LIMIT, SECOND) }],
    ["by a bucket that holds little", { counting: bucket(LIMIT, SECOND, 20) }],
    [
      "by the second, told with every third answer only",
      { counting: periods(LIMIT, SECOND, 370), headers: everyThird },
    ],
    ["by a sliding window, close by", { counting: slidingWindow(LIMIT, SECOND), latency: 2, jitter: 1 }],
    ["by a sliding window, far off", { counting: slidingWindow(LIMIT, SECOND), latency: 250, jitter: 8 }],
    ["by 10 s", { counting: periods(1_000, 10_000, 4_000), limit: 1_000, period: 10_000 }],
  ])("counted %s", async (_, options) => {
    const server = new Server(options);
    await finish(sendBatch(server, 2_000));
    expect(server.refused).toBe(0);
    expect(server.received).toHaveLength(2_000);
    expect(server.seconds).toBeLessThan(21);
  });

  test("with a pause after every 125, as between the parts of a batch", async () => {
    const server = new Server({ counting: slidingWindow(LIMIT, SECOND) });
    await finish(sendBatch(server, 2_000, 0, 500));
    expect(server.refused).toBe(0);
    expect(server.seconds).toBeLessThan(21);
  });
});

describe("a refusal", () => {
  test("for which only an uneven way is to blame does not cost the pace", async () => {
    const server = new Server({ counting: slidingWindow(LIMIT, SECOND), jitter: 40 });
    await finish(sendBatch(server, 2_000));
    expect(server.refused).toBeGreaterThan(0);
    expect(server.refused).toBeLessThan(20);
    expect(server.seconds).toBeLessThan(25);
  });

  test.each([
    [150, 21],
    [400, 35],
  ])(
    "is not taken for others' doing when a server stood still for %i ms every now and then",
    async (stall, seconds) => {
      const server = new Server({ counting: periods(LIMIT, SECOND, 370), stall });
      await finish(sendBatch(server, 2_000));
      expect(server.refused).toBeLessThan(100);
      expect(server.seconds).toBeLessThan(seconds);
    },
  );

  test("without a word on the limit slows down to what is taken, and speed comes back", async () => {
    const server = new Server({ counting: periods(LIMIT, SECOND), headers: () => ({}) });
    await finish(sendBatch(server, 2_000));
    expect(server.refused).toBeLessThan(160);
    expect(server.seconds).toBeLessThan(27);
  });

  test.each<[string, object]>([
    ["nobody tells a limit", { headers: () => ({}) }],
    ["the limit is far", { limit: 10_000 }],
  ])("now and then, while %s, does not cost the pace", async (_, options) => {
    const server = new Server({ counting: everyFourteenth(), ...options });
    await finish(sendBatch(server, 1_000));
    expect(server.refused).toBeGreaterThan(60);
    expect(server.seconds).toBeLessThan(80);
  });
});

test.each<[number, string, ServerOptions]>([
  [2, "the clock's seconds", { counting: periods(LIMIT, SECOND) }],
  [10, "a sliding window", { counting: slidingWindow(LIMIT, SECOND) }],
  [10, "10 s", { counting: periods(1_000, 10_000, 4_000), limit: 1_000, period: 10_000 }],
  [30, "a bucket", { counting: bucket(LIMIT, SECOND) }],
])("%i processes that share a limit come together near it, and none starves, counted by %s", async (...row) => {
  const [count, , options] = row;
  const server = new Server(options);
  const from = Array.from({ length: count }, (_, process) => process);
  void Promise.all(from.map((process) => sendBatch(server, 1_000_000, process)));
  await clock.turn(50_000);
  // Beginning all at the same moment, they cannot know of each other.
  const settled = server.received.filter(({ at }) => at >= 10_000);
  const taken = settled.filter(({ refused }) => !refused);
  expect(taken.length).toBeGreaterThan(0.7 * LIMIT * 40);
  expect(settled.length - taken.length).toBeLessThan(0.025 * settled.length);
  expect(server.refused).toBeLessThan(0.06 * server.received.length);
  for (const process of from) {
    const share = taken.filter((request) => request.from === process).length / taken.length;
    expect(share).toBeGreaterThan(0.3 / count);
    expect(share).toBeLessThan(2 / count);
  }
});

test("a process that comes later to a limit that others use up has its share within a minute", async () => {
  const server = new Server({ counting: periods(LIMIT, SECOND) });
  const start = (process: number) => void sendBatch(server, 1_000_000, process);
  for (let process = 0; process < 9; process++) start(process);
  await clock.turn(30_000);
  start(9);
  await clock.turn(60_000);
  const since = server.received.filter(({ at }) => at >= 30_000);
  const taken = since.filter(({ refused }) => !refused);
  expect(taken.filter(({ from }) => from === 9).length).toBeGreaterThan(0.05 * taken.length);
  expect(since.length - taken.length).toBeLessThan(0.03 * since.length);
});

describe("a period of a minute", () => {
  const MINUTE = 60 * SECOND;

  test("is used up at once, waited for, and looked into by one request first", async () => {
    const server = new Server({ counting: periods(500, MINUTE, 20_000), limit: 500, period: MINUTE });
    await finish(sendBatch(server, 1_200));
    expect(server.refused).toBe(0);
    // The first period ends after 20 s.
    const first = server.received.filter(({ at }) => at < 20_000);
    expect(first.length).toBeGreaterThan(480);
    expect(first.at(-1)?.at).toBeLessThan(3_000);
    const [probe, next] = server.received.slice(first.length).map(({ at }) => at) as [number, number];
    expect(probe).toBeLessThan(22_000);
    expect(next - probe).toBeGreaterThan(40);
    expect(server.seconds).toBeLessThan(83);
  });

  test("that ends later than Reset says costs a request or two", async () => {
    const counting = periods(500, MINUTE, 20_700);
    const server = new Server({ counting, limit: 500, period: MINUTE, round: Math.floor });
    await finish(sendBatch(server, 1_200));
    expect(server.refused).toBeLessThan(10);
    expect(server.seconds).toBeLessThan(85);
  });

  test("shared by ten processes is overrun only by what is on its way", async () => {
    const server = new Server({ counting: periods(3_000, MINUTE), limit: 3_000, period: MINUTE });
    await finish(Promise.all(Array.from({ length: 10 }, (_, process) => sendBatch(server, 400, process))));
    expect(server.refused).toBeLessThan(10 * 32);
    expect(server.seconds).toBeLessThan(70);
  });
});

describe("a wait past the deadline", () => {
  const refusal = () => new Response(null, { status: 429, headers: { "Retry-After": "30" } });
  const tooLate = { kind: "tooLate", wait: 30_000 };

  test("is told at once, also to those who wait already, and each by its own deadline", async () => {
    const rateLimit = new RateLimit();
    let answer: (response: Response) => void = () => undefined;
    const first = rateLimit.send("GET", 60_000, () => new Promise((resolve) => (answer = resolve)));
    const short = rateLimit.send("GET", 8_000, async () => new Response());
    const long = rateLimit.send("GET", 60_000, async () => new Response());
    await clock.turn(100);
    answer(refusal());
    await first;
    expect(await short).toEqual(tooLate);
    expect(await rateLimit.send("GET", 8_000, async () => new Response())).toEqual(tooLate);
    await finish(long);
    expect(performance.now()).toBeGreaterThanOrEqual(30_100);
  });

  test("is not that of a pace: who waits behind others has a short one", async () => {
    const rateLimit = new RateLimit();
    const headers = { "X-RateLimit-Limit": "2", "X-RateLimit-Period": "1" };
    const send = () => rateLimit.send("GET", 6_000, async () => new Response(null, { headers }));
    const answers = await finish(Promise.all(Array.from({ length: 10 }, send)));
    expect(answers.filter(({ kind }) => kind === "tooLate")).toEqual([]);
    expect(performance.now()).toBeGreaterThan(4_000);
  });
});

describe("the limit of a run", () => {
  const ok = (headers: Record<string, string> = {}, status = 200) =>
    Promise.resolve(new Response(null, { status, headers }));
  const named = (name: string, more: Record<string, string> = {}) => ({ "X-RateLimit-Name": name, ...more });

  /** A limit at which two endpoints have named theirs. */
  async function twoLimits(): Promise<RateLimit> {
    const rateLimit = new RateLimit();
    await rateLimit.send("GET a", FAR, () => ok(named("one")));
    await rateLimit.send("GET b", FAR, () => ok(named("two")));
    return rateLimit;
  }

  const closedFor = async (rateLimit: RateLimit, endpoint: string): Promise<number> => {
    const answer = await rateLimit.send(endpoint, now(), () => ok());
    return answer.kind === "tooLate" ? answer.wait : 0;
  };

  test("lets the next one go when a request failed", async () => {
    const rateLimit = new RateLimit();
    const failing = rateLimit.send("GET a", FAR, () => Promise.reject(new Error("reset")));
    await expect(failing).rejects.toThrow("reset");
    expect(await closedFor(rateLimit, "GET a")).toBe(0);
  });

  test("holds back only those whose limit it is", async () => {
    const rateLimit = await twoLimits();
    await rateLimit.send("GET b", FAR, () => ok(named("two", { "X-RateLimit-Reset": "5" }), 429));
    expect(await closedFor(rateLimit, "GET b")).toBe(5_000);
    expect(await closedFor(rateLimit, "GET a")).toBe(0);
    // Of this one no limit is known yet: it goes by the first.
    expect(await closedFor(rateLimit, "GET c")).toBe(0);
  });

  test("holds back all when a proxy says wait, and does not say whom", async () => {
    const rateLimit = await twoLimits();
    await rateLimit.send("GET b", FAR, () => ok({ "Retry-After": "5" }, 503));
    for (const endpoint of ["GET a", "GET b", "GET c"]) expect(await closedFor(rateLimit, endpoint)).toBe(5_000);
  });

  test("holds back an endpoint that turns out to have another's limit", async () => {
    const rateLimit = await twoLimits();
    await rateLimit.send("GET c", FAR, () => ok(named("two")));
    await rateLimit.send("GET b", FAR, () => ok(named("two", { "X-RateLimit-Reset": "5" }), 429));
    expect(await closedFor(rateLimit, "GET c")).toBe(5_000);
  });

  test("an answer that names no limit speaks of the one that is known", async () => {
    const rateLimit = await twoLimits();
    const day = { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" };
    await rateLimit.send("GET b", FAR, () => ok(day));
    expect(await closedFor(rateLimit, "GET b")).toBe(9_000);
    expect(await closedFor(rateLimit, "GET a")).toBe(0);
    await rateLimit.send("GET d", FAR, () => ok(day));
    expect(await closedFor(rateLimit, "GET a")).toBe(9_000);
  });

  test("what was sent before counts for a limit that is named later", async () => {
    const rateLimit = new RateLimit();
    await rateLimit.send("GET a", FAR, () => ok(named("one")));
    for (let sent = 0; sent < 3; sent++) await rateLimit.send("GET b", FAR, () => ok());
    const four = { "X-RateLimit-Limit": "4", "X-RateLimit-Period": "10" };
    await rateLimit.send("GET b", FAR, () => ok(named("two", four)));
    // The request that brought the name was counted before.
    expect(await closedFor(rateLimit, "GET b")).toBeCloseTo(10_100);
  });
});
