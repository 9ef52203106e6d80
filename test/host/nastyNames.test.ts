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
  const { inputs, failures } = await host.check({}, { where: { olderThan: "90d" } });
  expect(failures).toEqual([]);
  const { properties } = await host.create(inputs);
  const names = (properties.matched as { name: string }[]).map(({ name }) => name);
  expect(names.toSorted()).toEqual(NASTY_NAMES.map(recorded).toSorted());
  const lines = said(host);
  // The rule, the heading, twenty tokens, and how many more.
  expect(lines).toHaveLength(23);
  for (const line of lines.slice(2, 22)) {
    const shown = tokens.filter(({ id }) => line.startsWith(`${id}  `));
    expect(shown).toHaveLength(1);
    expect(line.split(/ {2,}/).length).toBeLessThanOrEqual(7);
  }
});

test("a guard that refuses a nasty name says so in one line", async () => {
  const host = await hosted.start();
  for (const { id } of tokens) {
    const { failures } = await host.check({}, { tokenId: id, expect: { name: "another" } });
    expect(failures).toEqual([
      { property: "", reason: expect.stringMatching(`^${id}: refused, not revoked: its name is `) },
    ]);
    for (const { reason } of failures) expectHarmless(reason);
  }
  expect(said(host)).toEqual([]);
});

test("a batch of tokens with nasty names is shown in lines, revoked, and recorded", async () => {
  const host = await hosted.start({ module: "host/tokenRevocationShard" });
  const name = "b\u001b[31m\u202e\n";
  const common = { name, size: tokens.length, maxRevocations: 1000 };
  const shards = [..."0123456789abcdef"].map(
    (shard): Properties => ({
      tokenIds: tokens
        .map(({ id }) => id)
        .filter((id) => id.startsWith(shard))
        .toSorted(),
      batch: { ...common, shard },
      reason: "nasty \u001b[31m\u202e name",
    }),
  );
  const checked = [];
  for (const shard of shards) checked.push((await host.check({}, shard)).inputs);
  const records: { snapshot: { name: string; scopes: string[] } }[] = [];
  for (const inputs of checked) {
    const { properties } = await host.create(inputs);
    expect(properties.failures).toEqual([]);
    records.push(...(properties.records as typeof records));
  }
  expect(records.map(({ snapshot }) => snapshot.name).toSorted()).toEqual(NASTY_NAMES.map(recorded).toSorted());
  for (const { snapshot } of records) expect(snapshot.scopes).toEqual([snapshot.name]);
  // What is to be revoked, the heading, twenty tokens, and how many more.
  expect(said(host).filter((line) => !line.startsWith("b "))).toHaveLength(23);
});

test("an error whose every word is nasty is told in one line, and recorded as a failure", async () => {
  const host = await hosted.start({ module: "host/tokenRevocationShard" });
  const some = NASTY_NAMES.map((name) => hosted.simulator.addToken({ name: "n", scopes: [name] }));
  for (const [index, { id }] of some.entries()) {
    const name = NASTY_NAMES[index] as string;
    const body = index % 2 === 0 ? { errors: [name] } : `<html><title>${name}</title>`;
    const fault = { kind: "status", status: 400, body } as const;
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(id) }, fault);
  }
  const batch = { name: "errors", shard: "0", size: some.length, maxRevocations: 1000 };
  const { inputs } = await host.check({}, { tokenIds: some.map(({ id }) => id).toSorted(), batch });
  const { properties } = await host.create(inputs);
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
