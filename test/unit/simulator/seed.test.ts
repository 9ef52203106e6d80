import { NOON, simulatorFor } from "./useSimulator";

const clock = () => NOON;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

test("a seeded organization is the same for the same seed, and another for another", async () => {
  const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => simulatorFor({ seed, clock })));
  const described = (simulator = one) => ({
    organization: simulator?.organization,
    keys: [simulator?.apiKey, simulator?.appKey],
    tokens: simulator?.tokens.map(({ id }) => simulator.find(id)),
  });
  expect(described(same)).toEqual(described(one));
  const { organization, keys, tokens } = described(other);
  expect(organization).not.toEqual(one?.organization);
  expect(keys).not.toEqual([one?.apiKey, one?.appKey]);
  const ids = new Set(one?.tokens.map(({ id }) => id));
  expect(tokens?.filter((token) => ids.has(token?.id ?? ""))).toEqual([]);
});

test("a seeded organization begins with the same tokens whatever their number", async () => {
  const few = await simulatorFor({ tokens: 3 });
  const many = await simulatorFor({ tokens: 500 });
  expect(many.tokens).toHaveLength(500);
  expect(many.tokens.slice(0, 3)).toEqual(few.tokens);
  expect(new Set(many.tokens.map(({ name }) => name)).size).toBe(500);
});

test("a seeded organization's tokens have version 4 ids, each the base62 number in its own value", async () => {
  const { tokens } = await simulatorFor({ tokens: 200 });
  for (const { id, value, serviceAccountId } of tokens) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const [, prefix, alias = ""] = /^(ddpat|ddsat)_([0-9A-Za-z]{22})_[0-9A-Za-z]{36}$/.exec(value) ?? [];
    expect(prefix).toBe(serviceAccountId === undefined ? "ddpat" : "ddsat");
    let number = 0n;
    for (const digit of alias) number = number * 62n + BigInt(DIGITS.indexOf(digit));
    expect(number.toString(16).padStart(32, "0")).toBe(id.replaceAll("-", ""));
  }
});

test("a seeded organization has what sweeps look for: service accounts, unused, long unused, never expiring", async () => {
  const simulator = await simulatorFor({ clock });
  const tokens = simulator.tokens.map(({ id }) => simulator.find(id));
  const hundredDaysAgo = new Date(NOON - 100 * 86_400_000).toISOString();
  const service = tokens.filter((token) => token?.serviceAccountId !== undefined);
  expect(service.length).toBeGreaterThan(0);
  expect(service.length).toBeLessThan(tokens.length / 2);
  expect(tokens.some((token) => token?.lastUsedAt === null)).toBe(true);
  expect(tokens.some((token) => (token?.lastUsedAt ?? "~") < hundredDaysAgo)).toBe(true);
  expect(tokens.some((token) => token?.expiresAt === null)).toBe(true);
});

test("a seeded organization makes sense in time: created, then used, then today, then expired", async () => {
  const simulator = await simulatorFor({ clock, tokens: 200 });
  const today = new Date(NOON).toISOString();
  for (const { id } of simulator.tokens) {
    const { createdAt = "", lastUsedAt, expiresAt } = simulator.find(id) ?? {};
    expect(createdAt < (lastUsedAt ?? today) && (lastUsedAt ?? "") < today && (expiresAt ?? "~") > today).toBe(true);
  }
});
