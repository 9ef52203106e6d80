import { useHosted } from "../support/hosted";
import { allCases, type Case, MOMENTS } from "./faultMatrix/faults";
import { begin, contentsOf, demandAll, demandPage, type Matrix } from "./faultMatrix/matrix";

const FAULTS = [
  "connection reset",
  "an answer that is cut",
  "broken JSON",
  "a page with 404",
  "a gateway's 404",
  "403",
  "500",
  "429",
];

/** What is looked at in vain is looked at for half a minute. */
const isQuick = ({ fault, moment, duration }: Case): boolean =>
  duration === "once" || fault === "403" || !(moment === "look-up" || moment === "verification");
const cases = allCases().filter((each) => FAULTS.includes(each.fault) && isQuick(each));

// So large that some tokens are looked up one by one.
const crowd = useHosted({ tokens: 2_000 });
let matrix: Matrix;

beforeAll(() => {
  matrix = begin(crowd, cases);
});

test.each(MOMENTS)("what is said of a token is so, whatever strikes a resource at its %s", async (moment) => {
  await demandAll(matrix.struck, (each) => each.moment === moment);
});

test("docs/reliability.md says what was seen", async () => demandPage(await contentsOf(matrix)));
