/**
 * Every fault at every moment of each resource, once and for ever: what is recorded, what the user reads, and how many
 * requests it takes. The results are written into docs/reliability.md, and the page must say what was seen.
 */
import { writeFileSync } from "node:fs";
import { useHosted } from "../support/hosted";
import { isLong, mostRequests } from "./faultMatrix/faults";
import {
  begin,
  contentsOf,
  demandAll,
  demandPage,
  documentPath,
  type Matrix,
  REWRITE,
  subjects,
} from "./faultMatrix/matrix";
import { formatPage, keyOf, type Outcome, written } from "./faultMatrix/page";

const isRewriting = process.env.UPDATE_DOCS !== undefined;
const timeout = 400_000;

const cases = subjects.cases.filter((each) => isRewriting || !isLong(each));
const strikes = new Map(cases.map(({ resource, moment }) => [`${resource}${moment}`, { resource, moment }]));
const conditions = new Set(subjects.lasting.map(({ name }) => name));

const crowd = useHosted({ tokens: 8_000 });
let matrix: Matrix;

beforeAll(() => {
  matrix = begin(crowd, cases, subjects.lasting);
});

test.each([...strikes.values()])(
  "what is said of a token is so, whatever strikes a $resource at its $moment",
  ({ resource, moment }) => demandAll(matrix.struck, (each) => each.resource === resource && each.moment === moment),
  timeout,
);

test.each([...conditions])(
  "what is said of a token is so: %s",
  (name) => demandAll(matrix.endured, (each) => each.name === name),
  timeout,
);

test(
  `docs/reliability.md says what was seen (to write it anew: ${REWRITE})`,
  async () => {
    const seen = await contentsOf(matrix);
    if (isRewriting) {
      const most = new Map(subjects.cases.map((each) => [keyOf(each), mostRequests(each)]));
      const page = {
        ...seen,
        struck: mapped(seen.struck, (outcome, key) => written(outcome, most.get(key))),
        lasting: mapped(seen.lasting, (outcome) => written(outcome)),
      };
      writeFileSync(documentPath, formatPage(subjects, page, REWRITE));
    }
    demandPage(seen);
  },
  timeout,
);

function mapped(map: ReadonlyMap<string, Outcome>, change: (outcome: Outcome, key: string) => Outcome) {
  return new Map([...map].map(([key, outcome]) => [key, change(outcome, key)]));
}
