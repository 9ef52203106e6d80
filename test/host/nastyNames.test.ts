import type { SimulatedToken } from "pulumi-datadog-revocation/simulator";
import type { Host, Properties } from "../support/host";
import { revoke, useHosted } from "../support/hosted";
import { expectHarmless, NASTY_NAMES } from "../support/nastyNames";

const DAY = 86_400_000;

const hosted = useHosted({ tokens: 0 });
let tokens: SimulatedToken[];

beforeAll(() => {
  const createdAt = Date.now() - 200 * DAY;
  tokens = NASTY_NAMES.map((name) => hosted.simulator.addToken({ name, scopes: [name], createdAt }));
});

/** A name as a record keeps it: as it is, but for a secret in it and half characters. */
const recorded = (name: string): string => name.toWellFormed().replace(/(?<=Gsa_)a1B2\w+/, "[redacted]");

/** Fails unless everything that the host said so far is lines that are safe to show. */
function said(host: Host): string[] {
  const lines = host.logs().map(({ message }) => message);
  for (const line of lines) expectHarmless(line);
  return lines;
}

test("a sweep of tokens with nasty names shows each in one line, and reports it as it is", async () => {
  const host = await hosted.start({ module: "host/tokenSweep" });
  const { properties } = await revoke(host, { where: { olderThan: "90d" } });
  const names = (properties.matched as { name: string }[]).map(({ name }) => name);
  expect(names.toSorted()).toEqual(NASTY_NAMES.map(recorded).toSorted());
  const lines = said(host);
  // The rule, the heading, twenty tokens, and how many more.
  expect(lines).toHaveLength(23);
  for (const line of lines.slice(2, 22)) {
    expect(tokens.filter(({ id }) => line.startsWith(`${id}  `))).toHaveLength(1);
    expect(line.split(/ {2,}/).length).toBeLessThanOrEqual(7);
  }
});

test("a batch of tokens with nasty names is shown in lines, revoked, and recorded", async () => {
  const host = await hosted.start({ module: "host/tokenRevocationShard" });
  const batch = { name: "b\u001b[31m\u202e\n", size: tokens.length, maxRevocations: 1000 };
  const ids = tokens.map(({ id }) => id).toSorted();
  const checked: Properties[] = [];
  for (const shard of "0123456789abcdef") {
    const tokenIds = ids.filter((id) => id.startsWith(shard));
    const args = { tokenIds, batch: { ...batch, shard }, reason: "nasty \u001b[31m\u202e name" };
    checked.push((await host.check({}, args)).inputs);
  }
  const records: { snapshot: { name: string; scopes: string[] } }[] = [];
  for (const inputs of checked) {
    const { properties } = await host.create(inputs);
    expect(properties.failures).toEqual([]);
    records.push(...(properties.records as typeof records));
  }
  expect(records.map(({ snapshot }) => snapshot.name).toSorted()).toEqual(NASTY_NAMES.map(recorded).toSorted());
  for (const { snapshot } of records) expect(snapshot.scopes).toEqual([snapshot.name]);
  const lines = said(host).filter((line) => !line.startsWith("b "));
  const done = lines.filter((line) => ids.some((id) => line.startsWith(`${id}: revoked now, not verified: "`)));
  expect(done).toHaveLength(20);
  // What is to be revoked, the heading, twenty tokens, and how many more.
  expect(lines).toHaveLength(23 + done.length);
});

test("an error whose every word is nasty is told in one line, and recorded as a failure", async () => {
  const host = await hosted.start({ module: "host/tokenRevocationShard" });
  const tokenIds = NASTY_NAMES.map((name, index) => {
    const { id } = hosted.simulator.addToken();
    const body = index % 2 === 0 ? { errors: [name] } : `<html><title>${name}</title>`;
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(id) }, { kind: "status", status: 400, body });
    return id;
  });
  const batch = { name: "errors", shard: "0", size: tokenIds.length, maxRevocations: 1000 };
  const { properties } = await revoke(host, { tokenIds: tokenIds.toSorted(), batch });
  expect(properties.records).toEqual([]);
  const failures = properties.failures as { tokenId: string; message: string }[];
  expect(failures).toHaveLength(NASTY_NAMES.length);
  for (const { tokenId, message } of failures) {
    expect(message.startsWith(`${tokenId}: not revoked: DELETE `)).toBe(true);
    expectHarmless(message);
  }
  said(host);
});

test("a name that is long or no text that can be stored loses nothing of the record", async () => {
  const long = "x".repeat(100_000);
  for (const [name, stored] of [
    [JSON.stringify(long), long],
    [JSON.stringify("half \ud800 a character"), expect.stringMatching(/^half .*character$/)],
  ]) {
    const { id: tokenId } = hosted.simulator.addToken();
    const owner = JSON.stringify({ data: { id: hosted.simulator.keyOwner.id, type: "users" } });
    const attributes = `{ "name": ${name}, "scopes": [${name}], "created_at": "2026-01-01T00:00:00Z" }`;
    const token = `{ "id": "${tokenId}", "type": "personal_access_tokens", "attributes": ${attributes}, "relationships": { "owned_by": ${owner} } }`;
    const fault = { kind: "status", status: 200, body: `{ "data": ${token} }` } as const;
    hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId) }, fault);
    const { properties } = await revoke(hosted.host, { tokenId });
    expect(properties).toMatchObject({ outcome: "revoked", snapshot: { name: stored, scopes: [stored] } });
  }
});
