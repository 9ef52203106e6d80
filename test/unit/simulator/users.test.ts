import { call, simulatorFor, statusOf } from "./useSimulator";

const USERS = "/api/v2/users";

test.each([
  ["", "name", 1],
  ["?sort=name", "name", 1],
  ["?sort_dir=desc", "name", -1],
  ["?sort=-name", "name", -1],
  ["?sort=-name&sort_dir=desc", "name", 1],
  ["?sort=modified_at", "modified_at", 1],
  ["?sort=modified_at&sort_dir=desc", "modified_at", -1],
] as const)("users are listed by %j in the order of their %s, %i", async (query, field, direction) => {
  const simulator = await simulatorFor();
  simulator.addUser({ name: "Aaron Added" });
  const { body } = await call(simulator, USERS + query);
  const { data } = body as { data: { attributes: { name: string; modified_at: string } }[] };
  const values = data.map(({ attributes }) => attributes[field]);
  const { body: all } = await call(simulator, `${USERS}?page[size]=100`);
  const everybody = (all as typeof body & { data: typeof data }).data.map(({ attributes }) => attributes[field]);
  const expected = everybody.sort();
  expect(values).toEqual((direction === 1 ? expected : expected.toReversed()).slice(0, values.length));
  expect(new Set(values).size).toBeGreaterThan(5);
});

test("users are sorted by what is documented alone", async () => {
  const simulator = await simulatorFor();
  for (const sort of ["user_count", "-user_count"])
    expect(await statusOf(simulator, `${USERS}?sort=${sort}`)).toBe(200);
  for (const sort of ["email", "handle", "created_at", "--name", "", "constructor"]) {
    expect([sort, await statusOf(simulator, `${USERS}?sort=${sort}`)]).toEqual([sort, 400]);
  }
});
