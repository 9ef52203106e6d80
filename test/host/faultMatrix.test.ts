import { useHosted } from "../support/hosted";
import { allCases, MOMENTS } from "./faultMatrix/faults";
import { begin, contentsOf, demandAll, demandPage, type Matrix } from "./faultMatrix/matrix";

const FAULTS = ["connection reset", "an answer that is cut", "broken JSON", "a page with 404", "403", "500", "429"];

/** What takes no long time: a verification goes on for half a minute. */
const cases = allCases().filter(
  ({ fault, moment, duration }) => FAULTS.includes(fault) && (duration === "once" || moment !== "verification"),
);

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
