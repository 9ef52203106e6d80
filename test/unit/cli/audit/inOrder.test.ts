import { inOrder } from "../../../../cli/audit/inOrder";

test("several are under way at once, never more than wanted, and the results come in the items' order", async () => {
  const under = new Set<number>();
  const most: number[] = [];
  const act = async (item: number): Promise<number> => {
    under.add(item);
    most.push(under.size);
    // The first of each few ends last.
    for (let turn = 0; turn < 10 - (item % 5); turn++) await Promise.resolve();
    under.delete(item);
    return item;
  };
  const results: number[] = [];
  for await (const result of inOrder([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3, act)) results.push(result);
  expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(Math.max(...most)).toBe(3);
});

test("a failure comes in its turn, after the results before it", async () => {
  const results: number[] = [];
  const all = async (): Promise<void> => {
    const act = (item: number): Promise<number> =>
      item === 2 ? Promise.reject(new Error("third")) : Promise.resolve(item);
    for await (const result of inOrder([0, 1, 2, 3], 4, act)) results.push(result);
  };
  await expect(all()).rejects.toThrow("third");
  expect(results).toEqual([0, 1]);
});
