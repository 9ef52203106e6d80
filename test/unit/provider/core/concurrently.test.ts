import { concurrently } from "../../../../provider/core/concurrently";

test("results come in the order of the items, and no more than the limit are worked on at once", async () => {
  let working = 0;
  let most = 0;
  const ends: (() => void)[] = [];
  const results = concurrently([1, 2, 3, 4, 5, 6], 3, async (item) => {
    most = Math.max(most, ++working);
    // The last that was begun ends first.
    await new Promise<void>((resolve) => {
      ends.unshift(resolve);
      if (ends.length === 3) for (const end of ends.splice(0)) end();
    });
    working--;
    return item * 10;
  });
  expect(await results).toEqual([10, 20, 30, 40, 50, 60]);
  expect(most).toBe(3);
});

test("those who were at work when one failed begin nothing more", async () => {
  const begun: number[] = [];
  let finish: () => void = () => undefined;
  const work = concurrently([1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 2) throw new Error("no");
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  await expect(work).rejects.toThrow("no");
  finish();
  await new Promise(setImmediate);
  expect(begun).toEqual([1, 2]);
});
