import { accountPath, call, NOON, names, simulatorFor, statusOf, TOKENS } from "./useSimulator";

test.each(["personal", "service account's"])("a %s token that expires is revoked: not shown, and 404", async (kind) => {
  let now = NOON;
  const simulator = await simulatorFor({ clock: () => now, tokens: 0, deleteAnswers204For: 60_000 });
  const account = simulator.serviceAccounts[0]?.id ?? "";
  const collection = kind === "personal" ? TOKENS : accountPath(account);
  const settings = { expiresAt: NOON + 1000, ...(kind === "personal" ? {} : { ownerId: account }) };
  const { id, name } = simulator.addToken(settings);
  const path = `${collection}/${id}`;
  expect(await statusOf(simulator, path)).toBe(200);
  now += 999;
  expect(names(await call(simulator, collection))).toEqual([name]);
  expect(simulator.find(id)?.revokedAt).toBeNull();

  now += 1;
  expect(await statusOf(simulator, path)).toBe(404);
  expect(names(await call(simulator, collection))).toEqual([]);
  const body = { data: { type: "personal_access_tokens", id, attributes: { name: "renamed" } } };
  expect(await statusOf(simulator, path, { method: "PATCH", body })).toBe(404);
  expect(await statusOf(simulator, path, { method: "DELETE" })).toBe(404);
  expect(simulator.find(id)?.revokedAt).toBe("2026-11-24T12:00:01.000000Z");
});
