/**
 * Every fault at every moment of each resource, once and for ever: what is recorded, what the user reads, and how many
 * requests it takes. The results are written into docs/reliability.md, and the page must say what was seen.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Hosted, startHosted } from "../support/hosted";
import { type Case, casesOf, FAULTS, isListing, mostRequests, type ResourceName } from "./faultMatrix/faults";
import { endure, LASTING } from "./faultMatrix/lasting";
import {
  type Contents,
  claimsLess,
  formatPage,
  groupBy,
  keyOf,
  type Outcome,
  outcomeOf,
  parsePage,
  written,
} from "./faultMatrix/page";
import { groupOf, type Result, stopSites, strike, type Turn } from "./faultMatrix/strike";

const documentPath = join(__dirname, "../../docs/reliability.md");
const REWRITE = "UPDATE_DOCS=1 npm test -- --selectProjects host -- faultMatrix";
const isRewriting = process.env.UPDATE_DOCS !== undefined;
const timeout = 400_000;

const cases = casesOf(isRewriting);
const lasting = Object.entries(LASTING).flatMap(([name, { resources }]) =>
  resources.map((resource) => ({ name, resource })),
);
const subjects = { cases: casesOf(true), lasting };
const struck = new Map<Case, Promise<Result>>();
const endured = new Map<string, Promise<Result>>();
const lastingKey = ({ name, resource }: { name: string; resource: ResourceName }): string => `${name}|${resource}`;

let hosted: Hosted;

afterAll(async () => {
  await hosted.stop();
  await stopSites();
});

/** Side by side, as waiting is most of it. */
beforeAll(async () => {
  hosted = await startHosted({ tokens: 8_000 });
  const jumping = await hosted.start();
  // Each is awaited by a test of its own, later.
  const keep = <T>(promise: Promise<T>): Promise<T> => {
    promise.catch(() => {});
    return promise;
  };
  // They begin some at a time, so that a slow machine is not late for all of them; what takes long goes first.
  const turn = limiter(24);
  const atOnce: Turn = (act) => act();
  for (const duration of ["for ever", "once"] as const) {
    const groups = groupBy(
      cases.filter((each) => each.duration === duration),
      groupOf,
    );
    for (const group of groups.values()) {
      const [{ resource, moment }] = group;
      const isLong = resource === "TokenSweep" && isListing(moment) && duration === "for ever";
      const all = strike(hosted.host, hosted, group, isLong ? atOnce : turn);
      for (const each of group) struck.set(each, keep(all.then((results) => results.get(each) as Result)));
    }
  }
  for (const each of lasting) {
    const host = LASTING[each.name]?.clock ? jumping : hosted.host;
    endured.set(lastingKey(each), keep(endure(host, each.name, each.resource, turn)));
  }
}, timeout);

/** Lets so many be under way at a time. */
function limiter(most: number): Turn {
  const lanes = Array.from({ length: most }, (): Promise<unknown> => Promise.resolve());
  let next = 0;
  return (act) => {
    const lane = next++ % most;
    const acted = (lanes[lane] as Promise<unknown>).then(act);
    lanes[lane] = acted.catch(() => {});
    return acted;
  };
}

const resources = ["TokenRevocation", "TokenRevocationBatch", "TokenSweep"] as const;

describe.each(resources)("%s", (resource) => {
  describe.each(Object.keys(FAULTS))("%s", (fault) => {
    test.each(cases.filter((each) => each.resource === resource && each.fault === fault))(
      "$moment, $duration: what is said is so",
      async (each) => void (await struck.get(each)),
      timeout,
    );
  });
});

test.each(lasting)(
  "$name, $resource: what is said is so",
  async (each) => void (await endured.get(lastingKey(each))),
  timeout,
);

test(
  `what was seen stands in docs/reliability.md (to write it anew: ${REWRITE})`,
  async () => {
    const seen = await contents();
    if (isRewriting) {
      const most = new Map(subjects.cases.map((each) => [keyOf(each), mostRequests(each)]));
      const page = {
        ...seen,
        struck: mapped(seen.struck, (outcome, key) => written(outcome, most.get(key))),
        lasting: mapped(seen.lasting, (outcome) => written(outcome)),
      };
      writeFileSync(documentPath, formatPage(subjects, page, REWRITE));
    }
    const text = readFileSync(documentPath, "utf8");
    const page = parsePage(text, subjects, Object.keys(FAULTS));
    expect([...page.struck.keys()]).toEqual(subjects.cases.map(keyOf));
    expect([...page.lasting.keys()]).toEqual(lasting.map(lastingKey));
    expect(formatPage(subjects, page, REWRITE)).toBe(text);

    const compared = [...compare(seen.struck, page.struck), ...compare(seen.lasting, page.lasting)];
    const others = compared.filter(({ seen, page }) => seen.claim !== page.claim);
    expect(others.filter(({ seen, page }) => !claimsLess(seen, page))).toEqual([]);
    expect(others.length).toBeLessThan(compared.length / 2);
    const same = compared.filter(({ seen, page }) => seen.claim === page.claim);
    expect(same.filter(({ seen, page }) => (seen.requests ?? 0) > (page.requests ?? 0))).toEqual([]);
    const answered = [...seen.words].filter(
      ([fault, words]) => isAnswer(words) && isAnswer(page.words.get(fault) ?? ""),
    );
    for (const [fault, words] of answered) expect([fault, page.words.get(fault)]).toEqual([fault, words]);
  },
  timeout,
);

/** Whether it is about an answer: what is said of none, or of one that came too late, is another on another machine. */
const isAnswer = (words: string): boolean => / answered \d/.test(words) && !words.includes("no request is allowed");

async function contents(): Promise<Contents> {
  const words = new Map<string, string>();
  const outcomes = new Map<string, Outcome>();
  for (const [each, promise] of struck) {
    const result = await promise;
    outcomes.set(keyOf(each), outcomeOf(result));
    const { resource, moment, duration, fault } = each;
    const isExample = resource === "TokenRevocation" && moment === "DELETE, not carried out" && duration === "for ever";
    if (isExample) words.set(fault, anonymous(result.error ?? ""));
  }
  const lasts = [...endured].map(async ([key, promise]): Promise<[string, Outcome]> => [key, outcomeOf(await promise)]);
  return { struck: outcomes, lasting: new Map(await Promise.all(lasts)), words };
}

/** An error without what is another each time. */
function anonymous(error: string): string {
  return error
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "‹id›")
    .replaceAll(/127\.0\.0\.1:\d+/g, "‹site›")
    .replaceAll("|", "\\|");
}

function mapped<T>(map: ReadonlyMap<string, T>, change: (value: T, key: string) => T): Map<string, T> {
  return new Map([...map].map(([key, value]) => [key, change(value, key)]));
}

function compare(seen: ReadonlyMap<string, Outcome>, page: ReadonlyMap<string, Outcome>) {
  return [...seen].map(([name, outcome]) => ({ name, seen: outcome, page: page.get(name) as Outcome }));
}
