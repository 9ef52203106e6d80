import { Pace } from "../../../../provider/datadog/pace";

/** 100 a second: one in 10.1 ms, as a period is taken for a hundredth longer than it is. */
const INTERVAL = 10.1;

function limited(remaining = 100, now = 0): Pace {
  const pace = new Pace();
  pace.heed(now, now, 100, 1_000, remaining);
  return pace;
}

function send(pace: Pace, now: number, times = 1): Pace {
  for (let sent = 0; sent < times; sent++) pace.count(now);
  return pace;
}

/** When so many requests go, each as soon as it may. */
function times(pace: Pace, count: number, from: number): number[] {
  let now = from;
  return Array.from({ length: count }, () => {
    now = Math.max(now, pace.nextAt());
    pace.count(now);
    return now;
  });
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] as number));
}

test("without a limit nothing waits", () => {
  expect(send(new Pace(), 5, 2_000).nextAt()).toBe(0);
});

test("requests are spread evenly from when the limit is first told", () => {
  const pace = limited(100, 1_000);
  expect(pace.nextAt()).toBe(1_000);
  for (const gap of gaps(times(pace, 300, 1_000))) expect(gap).toBeCloseTo(INTERVAL);
});

test("a limit that is told again changes nothing of what is due", () => {
  const pace = limited();
  times(pace, 30, 0);
  const due = pace.nextAt();
  pace.heed(600, 600, 100, 1_000, 70);
  expect(pace.nextAt()).toBe(due);
});

test("what was sent before the limit was known counts", () => {
  const pace = send(new Pace(), 40, 99);
  pace.heed(50, 50, 100, 1_000, undefined);
  expect(pace.nextAt()).toBe(50);
  expect(send(new Pace(), 40, 2_500).nextAt()).toBe(0);
  for (const full of [send(new Pace(), 40, 100), send(new Pace(), 40, 2_500)]) {
    full.heed(50, 50, 100, 1_000, undefined);
    expect(full.nextAt()).toBeCloseTo(40 + 1_010);
  }
});

test("a branch has the same history, and one of its own from then on", () => {
  const pace = send(new Pace(), 0, 99);
  const branch = pace.branch();
  branch.count(10);
  for (const each of [pace, branch]) each.heed(20, 20, 100, 1_000, undefined);
  expect(pace.nextAt()).toBe(20);
  expect(branch.nextAt()).toBeCloseTo(1_010);
  expect(new Pace([0, 0]).branch().nextAt()).toBe(0);
});

describe("after a pause", () => {
  test("requests go twice as fast, but never more in a period than the limit", () => {
    const sent = times(send(limited(), 0), 150, 10_000);
    for (const gap of gaps(sent.slice(0, 100))) expect(gap).toBeCloseTo(INTERVAL / 2);
    expect(sent[100]).toBeCloseTo(10_000 + 1_010);
    for (const gap of gaps(sent.slice(100))) expect(gap).toBeCloseTo(INTERVAL / 2);
  });

  test("requests go evenly again when what was missed is caught up on", () => {
    // Due at 10.1, sent at 101: nine intervals are missed.
    const sent = times(send(limited(), 0), 30, 101);
    for (const gap of gaps(sent.slice(0, 18))) expect(gap).toBeCloseTo(INTERVAL / 2);
    for (const gap of gaps(sent.slice(19))) expect(gap).toBeCloseTo(INTERVAL);
  });

  test("what is due more often than every 4 ms goes at once", () => {
    const pace = new Pace();
    pace.heed(0, 0, 1_000, 1_000, 1_000);
    pace.count(0);
    const sent = times(pace, 110, 100);
    expect(sent.filter((time) => time === 100)).toHaveLength(99);
    expect(sent[99]).toBeCloseTo(101);
  });

  test("no more than three quarters of a period are caught up on", () => {
    const pace = new Pace();
    pace.heed(0, 0, 1_000, 1_000, 1_000);
    pace.count(0);
    expect(times(pace, 900, 60_000).filter((time) => time === 60_000)).toHaveLength(743);
  });
});

describe("a refusal where others use the limit too", () => {
  /** Half of the limit was used when the refusal came, at 500. */
  const refused = (): Pace => {
    const pace = send(limited(20), 0, 50);
    pace.slowDown(500, 400);
    return pace;
  };

  test("leaves four fifths of what was used, and little is caught up on", () => {
    expect(send(refused(), 500).nextAt()).toBeCloseTo(505 + INTERVAL / 0.4);
    const late = send(refused(), 700);
    expect(late.nextAt()).toBeCloseTo(700 + INTERVAL / 0.4 / 2);
    expect(times(late, 40, 700).filter((time) => time < 1_000)).toHaveLength(15);
  });

  test("counts once for all that were on their way", () => {
    const pace = refused();
    pace.slowDown(520, 499);
    expect(send(pace, 500).nextAt()).toBeCloseTo(505 + INTERVAL / 0.4);
    pace.slowDown(500, 500);
    expect(send(pace, 500).nextAt()).toBeCloseTo(505 + INTERVAL / 0.4 + INTERVAL / (0.4 * 0.8));
  });

  test("never stops it: one request in 100 intervals goes", () => {
    const pace = send(limited(20), 0);
    pace.slowDown(10, 5);
    expect(send(pace, 10).nextAt()).toBeCloseTo(INTERVAL + INTERVAL / 0.01);
  });

  test("says nothing while more than three tenths of the limit are left", () => {
    const plenty = send(limited(31), 0, 50);
    plenty.slowDown(500, 400);
    expect(send(plenty, 500).nextAt()).toBeCloseTo(505 + INTERVAL);
    const scarce = send(limited(30), 0, 50);
    scarce.slowDown(500, 400);
    expect(send(scarce, 500).nextAt()).toBeCloseTo(505 + INTERVAL / 0.4);
    // Nobody said how many are left.
    const untold = new Pace();
    untold.heed(0, 0, 100, 1_000, undefined);
    send(untold, 0, 50);
    untold.slowDown(500, 400);
    expect(untold.nextAt()).toBeCloseTo(505);
    expect(send(untold, 500).nextAt()).toBeCloseTo(505 + INTERVAL / 0.4);
  });
});

describe("where answers show that others use the limit too", () => {
  /** The pace of one who knows that since the first period, and was answered so often since then. */
  const among = ({ sent = 10, used, answers = 10, at = 2_000 }: Record<string, number>): Pace => {
    const pace = limited(100);
    pace.heed(500, 500, 100, 1_000, 85);
    // Says nothing of what is used.
    pace.heed(600, 600, 100, 1_000, undefined);
    for (let answer = 3; answer < answers; answer++) pace.heed(900, 900, 100, 1_000, 100);
    send(pace, at - 500, sent);
    pace.heed(at, at, 100, 1_000, 100 - (used ?? 0));
    return pace;
  };
  /** The part of the limit that is used from then on. */
  const share = (pace: Pace, at = 60_000): number => {
    const wait = send(pace, at).nextAt() - at;
    // A tenth of a period is caught up on, at twice the pace.
    return INTERVAL / (wait > 100 ? wait + 100 : 2 * wait);
  };

  test("a tenth of it is taken for one's own from then on", () => {
    const pace = limited(100);
    pace.heed(10, 10, 100, 1_000, 90);
    expect(share(pace, 5_000)).toBeCloseTo(1);
    pace.heed(10, 10, 100, 1_000, 88);
    expect(share(pace)).toBeCloseTo(0.1);
  });

  test.each([
    // Used by all together, and what that makes of a tenth.
    [94, 0.1],
    [100, 0.1 * Math.sqrt(0.94)],
    [47, 0.1 * Math.sqrt(2)],
    [20, 0.2],
    [15, 0.2],
  ])("each period the pace comes nearer to the mark: with %d used it is %d", (used, expected) => {
    expect(share(among({ used }))).toBeCloseTo(expected, 4);
  });

  test("it needs ten answers and a period", () => {
    expect(share(among({ used: 20, answers: 9 }))).toBeCloseTo(0.1);
    expect(share(among({ used: 20, at: 999 }))).toBeCloseTo(0.1);
    expect(share(among({ used: 20, at: 1_000 }))).toBeCloseTo(0.2);
    const soon = among({ used: 20, at: 1_000 });
    for (let answer = 0; answer < 20; answer++) soon.heed(1_999, 1_999, 100, 1_000, 80);
    expect(share(soon)).toBeCloseTo(0.2);
  });

  test("the most that was seen in the time counts, and then it begins anew", () => {
    const pace = among({ used: 47 });
    for (let answer = 0; answer < 9; answer++) pace.heed(2_900, 2_900, 100, 1_000, answer === 4 ? 6 : 100);
    pace.heed(3_000, 3_000, 100, 1_000, 80);
    const drawn = (0.1 * Math.sqrt(2)) ** 0.97 * 0.1 ** 0.03;
    expect(share(pace)).toBeCloseTo(drawn, 4);
  });

  test("who sends less than it may gives way from what it sends", () => {
    expect(share(among({ used: 100, sent: 4 }))).toBeCloseTo(0.04 ** 0.97 * 0.1 ** 0.03 * Math.sqrt(0.94), 4);
    expect(share(among({ used: 100, sent: 0 }))).toBeCloseTo(0.01, 4);
  });

  test("when they are gone it doubles, up to all of it", () => {
    const pace = among({ used: 15 });
    const shares = [4_000, 6_000, 8_000, 10_000].map((at) => {
      for (let answer = 0; answer < 10; answer++) pace.heed(at, at, 100, 1_000, 96);
      return share(pace, at + 500);
    });
    expect(shares.map((each) => each.toFixed(3))).toEqual(["0.400", "0.800", "1.000", "1.000"]);
  });
});

describe("a refusal of one who uses the limit alone", () => {
  const refused = (used: number, times = 1): Pace => {
    const pace = send(limited(0), 0, used);
    for (let time = 0; time < times; time++) pace.slowDown(900, 900);
    return pace;
  };

  test("does not cost the pace: the period is taken for a hundredth longer, up to a twentieth", () => {
    const due = 96 * INTERVAL;
    expect(send(refused(96), 900).nextAt()).toBeCloseTo(due + 10.2);
    expect(send(refused(96, 2), 900).nextAt()).toBeCloseTo(due + 10.3);
    expect(send(refused(96, 9), 900).nextAt()).toBeCloseTo(due + 10.5);
    // With another twentieth, others are there.
    expect(send(refused(95), 900).nextAt()).toBeCloseTo(95 * INTERVAL + INTERVAL / (0.95 * 0.8));
  });

  test("only what was sent in the last period was used", () => {
    const pace = send(limited(0), 0, 50);
    send(pace, 1, 50).slowDown(1_000, 900);
    // Half of them.
    expect(send(pace, 1_000).nextAt()).toBeCloseTo(1_010 + INTERVAL / (0.5 * 0.8));
  });
});

describe("a refusal where no limit is known", () => {
  const refused = (sent: number, at = 500): Pace => {
    const pace = send(new Pace(), at, sent);
    pace.slowDown(1_000, 900);
    return pace;
  };

  test("makes what was sent in the last second the limit, and slows down below it", () => {
    expect(refused(50).nextAt()).toBeCloseTo(500 + 1_010);
    const share = 0.8 + (0.01 + 0.3 * 0.8) * 0.51;
    expect(send(refused(50), 1_510).nextAt()).toBeCloseTo(1_510 + 1_010 / 50 / share / 2);
    // At least ten a second.
    expect(send(refused(5), 1_000).nextAt()).toBeCloseTo(1_000 + 1_010 / 10 / 0.8 / 2);
    // Longer ago counts for nothing.
    expect(send(refused(50, 0), 1_000).nextAt()).toBeCloseTo(1_000 + 1_010 / 10 / 0.8 / 2);
  });

  test("gives way to the limit that is told", () => {
    const pace = refused(50);
    pace.heed(1_000, 1_000, 100, 1_000, 40);
    expect(send(pace, 60_000).nextAt()).toBeCloseTo(60_000 + INTERVAL / 0.8 / 2);
  });
});
