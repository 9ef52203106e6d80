import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configKey } from "../../support/host";
import type { Hosted } from "../../support/hosted";
import { allCases, type Case, FAULTS, isListing, type ResourceName } from "./faults";
import { endure, LASTING } from "./lasting";
import { type Contents, claimsLess, formatPage, groupBy, keyOf, type Outcome, outcomeOf, parsePage } from "./page";
import { groupOf, type Result, strike, type Turn } from "./strike";

export const documentPath = join(__dirname, "../../../docs/reliability.md");
export const REWRITE = "UPDATE_DOCS=1 TEST_ALL=1 npm test -- --selectProjects host -- faultMatrix.slow";

/** What lasts, by the name that it has in the page, and what it happens to. */
export interface Lasting {
  readonly name: string;
  readonly resource: ResourceName;
}

const lasting: Lasting[] = Object.entries(LASTING).flatMap(([name, { resources }]) =>
  resources.map((resource) => ({ name, resource })),
);

/** All that the page is about. */
export const subjects = { cases: allCases(), lasting };

/** A part of it, and what becomes of it. */
export interface Matrix {
  readonly struck: ReadonlyMap<Case, Promise<Result>>;
  readonly endured: ReadonlyMap<Lasting, Promise<Result>>;
}

/** Lets it all happen side by side, as waiting is most of it. */
export function begin(crowd: Hosted, cases: readonly Case[], lasting: readonly Lasting[] = []): Matrix {
  const struck = new Map<Case, Promise<Result>>();
  const endured = new Map<Lasting, Promise<Result>>();
  // Each is awaited by a test, later.
  const keep = <T>(promise: Promise<T>): Promise<T> => {
    promise.catch(() => {});
    return promise;
  };
  // They begin some at a time, so that a slow machine is not late for all of them; what takes long goes first.
  const turn = limiter(24);
  const atOnce: Turn = (act) => act();
  for (const duration of ["for ever", "once"] as const) {
    const some = cases.filter((each) => each.duration === duration);
    for (const group of groupBy(some, groupOf).values()) {
      const [{ resource, moment }] = group;
      const isLong = resource === "TokenSweep" && isListing(moment) && duration === "for ever";
      const all = strike(crowd, group, isLong ? atOnce : turn);
      for (const each of group) struck.set(each, keep(all.then((results) => results.get(each) as Result)));
    }
  }
  for (const each of lasting) endured.set(each, keep(endure(crowd, each.name, each.resource, turn)));
  return { struck, endured };
}

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

/** Fails with the names of those that are not as they are told. */
export async function demandAll<T>(
  promises: ReadonlyMap<T, Promise<Result>>,
  some: (each: T) => boolean,
): Promise<void> {
  const wrong: [T, unknown][] = [];
  const its = [...promises].filter(([each]) => some(each));
  expect(its).not.toHaveLength(0);
  await Promise.all(its.map(([each, result]) => result.catch((error) => wrong.push([each, error.message]))));
  expect(wrong).toEqual([]);
}

/** What was seen, as the page tells it. */
export async function contentsOf({ struck, endured }: Matrix): Promise<Contents> {
  const words = new Map<string, string>();
  const outcomes = new Map<string, Outcome>();
  for (const [each, promise] of struck) {
    const result = await promise;
    outcomes.set(keyOf(each), outcomeOf(result));
    const { resource, moment, duration, fault } = each;
    const isExample = resource === "TokenRevocation" && moment === "DELETE, not carried out" && duration === "for ever";
    if (isExample) words.set(fault, anonymous(result.error ?? ""));
  }
  const lasts = [...endured].map(
    async ([{ name, resource }, promise]): Promise<[string, Outcome]> => [
      `${name}|${resource}`,
      outcomeOf(await promise),
    ],
  );
  return { struck: outcomes, lasting: new Map(await Promise.all(lasts)), words };
}

/** An error without what is another each time; the page names the configuration as dynamic resources do. */
function anonymous(error: string): string {
  return error
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "‹id›")
    .replaceAll(/127\.0\.0\.1:\d+/g, "‹site›")
    .replaceAll(configKey("apiUrl"), "datadog:apiUrl")
    .replaceAll("|", "\\|");
}

/** Whether it is about an answer: what is said of none, or of one that came too late, is another on another machine. */
const isAnswer = (words: string): boolean => / answered \d/.test(words) && !words.includes("rate limit is exhausted");

/** The page says what was seen, of all that was tried; nothing else; and everything. */
export function demandPage(seen: Contents): void {
  const text = readFileSync(documentPath, "utf8");
  const page = parsePage(text, subjects, Object.keys(FAULTS));
  expect([page.struck.size, page.lasting.size]).toEqual([subjects.cases.length, subjects.lasting.length]);
  expect([...page.struck.keys()]).toEqual(subjects.cases.map(keyOf));
  expect(formatPage(subjects, page, REWRITE) === text ? "" : `written by hand, or by an older test: ${REWRITE}`).toBe(
    "",
  );

  const compared = [...compare(seen.struck, page.struck), ...compare(seen.lasting, page.lasting)];
  const others = compared.filter(({ seen, page }) => seen.claim !== page.claim);
  expect(others.filter(({ seen, page }) => !claimsLess(seen, page))).toEqual([]);
  expect(others.length).toBeLessThan(compared.length / 2);
  const same = compared.filter(({ seen, page }) => seen.claim === page.claim);
  expect(same.filter(({ seen, page }) => (seen.requests ?? 0) > (page.requests ?? 0))).toEqual([]);
  for (const [fault, words] of seen.words) {
    const told = page.words.get(fault) ?? "";
    if (isAnswer(words) && isAnswer(told)) expect([fault, told]).toEqual([fault, words]);
  }
}

function compare(seen: ReadonlyMap<string, Outcome>, page: ReadonlyMap<string, Outcome>) {
  return [...seen].map(([name, outcome]) => ({ name, seen: outcome, page: page.get(name) as Outcome }));
}
