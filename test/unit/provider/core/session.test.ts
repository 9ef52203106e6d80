import { Memo } from "../../../../provider/core/session";

/** Asks with an answer that is given later. */
function asking() {
  const asked: { resolve(answer: string): void; reject(error: Error): void }[] = [];
  const ask = () => new Promise<string>((resolve, reject) => asked.push({ resolve, reject }));
  return { ask, asked };
}

const isFailure = (answer: string): boolean => answer === "failed";

test("a question is asked once, however many ask it and when", async () => {
  const memo = new Memo();
  const { ask, asked } = asking();
  const answers = [memo.ask("a", ask), memo.ask("a", ask)];
  asked[0]?.resolve("yes");
  answers.push(memo.ask("a", ask));
  expect(await Promise.all(answers)).toEqual(["yes", "yes", "yes"]);
  expect(asked).toHaveLength(1);
  expect([memo.has("a"), memo.has("b")]).toEqual([true, false]);
});

test.each<[string, (asked: { resolve(answer: string): void; reject(error: Error): void }) => void]>([
  ["that is a failure", ({ resolve }) => resolve("failed")],
  ["that is an error", ({ reject }) => reject(new Error("no"))],
])("an answer %s is given to all who wait for it, and asked for again", async (_, fail) => {
  const memo = new Memo();
  const { ask, asked } = asking();
  const waiting = Promise.allSettled([memo.ask("a", ask, isFailure), memo.ask("a", ask, isFailure)]);
  fail(asked[0] as never);
  const [one, other] = await waiting;
  expect(one).toEqual(other);
  expect(memo.has("a")).toBe(false);
  const again = memo.ask("a", ask, isFailure);
  asked[1]?.resolve("yes");
  expect(await again).toBe("yes");
});

test("a failure that comes late does not take away what was learnt meanwhile", async () => {
  const memo = new Memo();
  const { ask, asked } = asking();
  const late = memo.ask("a", ask, isFailure);
  memo.keep("a", "learnt");
  asked[0]?.resolve("failed");
  expect(await late).toBe("failed");
  expect(await memo.ask("a", ask, isFailure)).toBe("learnt");
});

test("an answer that is dropped is asked for again", async () => {
  const memo = new Memo();
  memo.keep("a", "old");
  memo.drop("a");
  expect(await memo.ask("a", async () => "new")).toBe("new");
});
