import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Permission } from "pulumi-datadog-revocation/simulator";
import { searchAuditTrail } from "../../cli/audit/auditTrail";
import { DatadogClient } from "../../provider/datadog/client";
import { datadogConfiguration, readSettings } from "../../provider/datadog/settings";
import { PERMISSIONS } from "../../simulator/permissionNames";
import { runCli } from "../support/command";
import type { Host, Properties } from "../support/host";
import { failure, revoke, useHosted, warnings } from "../support/hosted";

const page = readFileSync(join(__dirname, "../../SECURITY.md"), "utf8");
const [, section = ""] = page.split("## Least rights");
const rows = [...section.matchAll(/^\| (?!operation|---)(.+?) \| (.+) \|$/gm)].map(([, operation, text]) => ({
  operation: operation as string,
  permissions: [...(text as string).matchAll(/`(\w+)`/g)].map(([, permission]) => permission as Permission),
}));

/** What SECURITY.md says that an operation needs. */
function documented(operation: string): [Permission, Permission, ...Permission[]] {
  const row = rows.find((row) => row.operation.startsWith(operation));
  if (!row) throw new Error(`SECURITY.md has no row that begins with "${operation}"`);
  return row.permissions as [Permission, Permission, ...Permission[]];
}

const hosted = useHosted();
/** Every permission but those that the operation needs. */
const allBut = (...needed: Permission[]): Permission[] => ALL.filter((permission) => !needed.includes(permission));
const ALL: readonly Permission[] = PERMISSIONS;

/** A run whose keys may do just this. */
const run = (permissions: Permission[], module = "host/tokenRevocation"): Promise<Host> =>
  hosted.start({ keys: hosted.simulator.createKeys(permissions), module });

const missing = ([anyones, ones]: Permission[]): string =>
  `The credentials need the permission ${ones} for one's own tokens, ${anyones} for anyone's`;

/** The key owner's own token. */
const own = (): string => hosted.simulator.addToken({ ownerId: hosted.simulator.keyOwner.id }).id;
/** Another person's. */
function anothers(): string {
  const { keyOwner, find } = hosted.simulator;
  for (;;) {
    const { id } = hosted.token();
    if (find(id)?.owner.id !== keyOwner.id) return id;
  }
}

const isRevoked = (tokenId: string): boolean => typeof hosted.simulator.find(tokenId)?.revokedAt === "string";
const shown = async (host: Host, args: Properties): Promise<unknown> => (await host.check({}, args)).inputs.snapshot;
const refused = async (host: Host, args: Properties): Promise<string> =>
  (await failure(host.create({ ...args, status: "revoked" }))).message;
const said = (host: Host): string =>
  host
    .logs()
    .map(({ message }) => message)
    .join("\n");

test("look at a token", async () => {
  const [anyones, ones] = documented("look at a token");
  const [able, self, unable] = await Promise.all([run([anyones]), run([ones]), run(allBut(anyones, ones))]);
  const tokenId = anothers();
  expect(await shown(able, { tokenId })).toMatchObject({ tokenId });
  const record = { tokenId, status: "revoked", outcome: "revoked", apiUrl: hosted.simulator.url };
  expect(await able.read(tokenId, record)).toMatchObject({ properties: { status: "alive" } });

  const mine = own();
  expect(await shown(self, { tokenId: mine })).toMatchObject({ tokenId: mine });
  expect(await shown(self, { tokenId })).toBeUndefined();

  expect(await shown(unable, { tokenId })).toBeUndefined();
  for (const host of [self, unable]) expect(said(host)).toContain(missing([anyones, ones]));
  const { failures } = await unable.check({}, { tokenId, expect: { name: "x" } });
  expect(failures[0]?.reason).toContain(missing([anyones, ones]));
  expect(await unable.read(tokenId, record)).toMatchObject({ properties: record });
});

test("find tokens", async () => {
  const [anyones, ones] = documented("find tokens");
  const { url, createKeys, keyOwner } = hosted.simulator;
  const keysOf = (permissions: Permission[]) => {
    const { apiKey, appKey } = createKeys(permissions);
    return { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey };
  };
  const list = async (permissions: Permission[]): Promise<{ owner: { id: string } }[]> =>
    JSON.parse((await runCli(["tokens", "--format", "json"], keysOf(permissions))).stdout);
  own();
  const [all, mine] = [await list([anyones]), await list([ones])];
  expect(new Set(mine.map(({ owner }) => owner.id))).toEqual(new Set([keyOwner.id]));
  expect(all.length).toBeGreaterThan(mine.length);

  const where = { namePattern: "*" };
  const [able, unable] = await Promise.all([
    run([anyones], "host/tokenSweep"),
    run(allBut(anyones, ones), "host/tokenSweep"),
  ]);
  expect((await able.check({}, { where })).inputs.matched).toHaveLength(all.length);
  const { failures } = await unable.check({}, { where });
  expect(failures[0]?.reason).toContain(missing([anyones, ones]));
  const { code, output } = await runCli(["tokens"], keysOf(allBut(anyones, ones)));
  expect([code, output.includes(missing([anyones, ones]))]).toEqual([2, true]);
});

test("revoke a token", async () => {
  const [anyones, ones] = documented("revoke a token");
  const [able, self, unable] = await Promise.all([run([anyones]), run([ones]), run(allBut(anyones, ones))]);
  const [first, mine, last] = [anothers(), own(), anothers()];
  await revoke(able, { tokenId: first });
  await revoke(self, { tokenId: mine });
  expect([first, mine].map(isRevoked)).toEqual([true, true]);
  for (const host of [self, unable]) expect(await refused(host, { tokenId: last })).toContain(missing([anyones, ones]));
  expect(isRevoked(last)).toBe(false);
});

test("look at and revoke a service account's token, with serviceAccountId and without", async () => {
  // By the API's specification, and by another page of Datadog's.
  const [needed, ...otherwise] = documented("look at and revoke a service account's token");
  const both = documented("the same without it");
  expect(both[0]).toBe(needed);
  const [able, unable, seeing] = await Promise.all([run([needed]), run(allBut(needed, ...otherwise)), run(both)]);
  const [one, other, third] = [hosted.serviceToken(), hosted.serviceToken(), hosted.serviceToken()];
  const args = { tokenId: one.id, serviceAccountId: one.serviceAccountId };
  expect(await shown(able, args)).toMatchObject({ tokenId: one.id, kind: "service" });
  expect((await revoke(able, args)).properties).toMatchObject({ outcome: "revoked", verifiedAt: expect.any(String) });

  const denied = { tokenId: other.id, serviceAccountId: other.serviceAccountId };
  expect(await refused(unable, denied)).toContain(
    `The credentials need the permission ${needed} or ${otherwise[1]} (for a token or a scoped application key, also`,
  );
  // What it is, is known from the prefix of its value; whose, from nothing.
  expect(await refused(able, { tokenId: other.id, kind: "service" })).toContain("set serviceAccountId");
  expect(isRevoked(other.id)).toBe(false);

  await revoke(seeing, { tokenId: third.id });
  expect(isRevoked(third.id)).toBe(true);
});

test("show owners' addresses, and see who acts", async () => {
  const [needed] = documented("show owners' addresses");
  const [look] = documented("look at a token");
  expect(documented("see who acts")).toEqual([]);
  const [able, unable] = await Promise.all([run([look, needed]), run([look])]);
  const tokenId = anothers();
  const owner = hosted.simulator.find(tokenId)?.owner;
  expect(await shown(able, { tokenId })).toMatchObject({ owner: { id: owner?.id, handle: owner?.handle } });
  expect(await shown(unable, { tokenId })).toMatchObject({
    owner: expect.not.objectContaining({ handle: owner?.handle }),
  });
  expect(warnings(unable)).toEqual([]);

  const nothing = await run([]);
  const organizationId = hosted.simulator.organization.id;
  expect((await nothing.check({}, { tokenId, expect: { organizationId } })).failures).toEqual([]);
  const wrong = await nothing.check({}, { tokenId, expect: { organizationId: tokenId } });
  expect(wrong.failures[0]?.reason).toContain(`${organizationId} answers, but expect.organizationId is ${tokenId}`);
});

test("audit --datadog-audit-trail", async () => {
  const [needed] = documented("`audit --datadog-audit-trail`");
  const { url, createKeys } = hosted.simulator;
  const search = (permissions: Permission[]) => {
    const { apiKey, appKey } = createKeys(permissions);
    const settings = readSettings(
      datadogConfiguration(() => undefined),
      { DD_HOST: url },
    );
    const client = new DatadogClient({ ...settings, credentials: { kind: "keys", apiKey, appKey } });
    return searchAuditTrail(client, { query: "*", from: "now-1d", to: "now" }, 10_000);
  };
  expect(await search([needed])).toMatchObject({ doubts: [] });
  await expect(search(allBut(needed))).rejects.toThrow(`The credentials need the permission ${needed}`);
});

test("SECURITY.md has no other rows, and names no permission that the simulator does not know", () => {
  expect(rows.map(({ operation }) => operation.split(/[:,]/)[0])).toEqual([
    "look at a token",
    "find tokens",
    "revoke a token",
    "look at and revoke a service account's token",
    "the same without it",
    "show owners' addresses and service accounts' names",
    "see who acts",
    "`audit --datadog-audit-trail`",
    "`simulate`",
  ]);
  expect(ALL).toEqual(expect.arrayContaining(rows.flatMap(({ permissions }) => permissions)));
});
