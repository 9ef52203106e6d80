import { setTimeout as sleep } from "node:timers/promises";
import { afterwards } from "../support/afterwards";
import { createProject, type Project } from "../support/engine";
import { startFaultyDatadog } from "../support/faultyDatadog";
import { unheld } from "../support/unheld";

let project: Project;

/** 2,000 take a minute or two. */
const COUNT = Number(process.env.BATCH_TOKENS ?? 600);
const KEY = "key-of-this-test";

/** Spread over all sixteen shards. */
const tokenIds = Array.from({ length: COUNT + 100 }, (_, index) => {
  const first = (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
  return `${first}-0000-4000-8000-${String(index).padStart(12, "0")}`;
});
const listed = tokenIds.slice(0, COUNT).toSorted();
/** Those that nobody named must stay. */
const others = tokenIds.slice(COUNT);

test(`${COUNT} tokens of a Datadog that fails and limits, the engine killed half way: in the end each is as the server's log has it`, async () => {
  const datadog = await startFaultyDatadog(tokenIds, 7, { perSecond: 200 });
  afterwards(() => datadog.stop());
  project = await createProject({
    program: `
      import { TokenRevocationBatch } from "pulumi-datadog-revocation";
      const tokenIds = ${JSON.stringify(listed)};
      export const { summary } = new TokenRevocationBatch("leak", { tokenIds, maxRevocations: ${COUNT} });`,
    config: {
      "datadog:apiUrl": datadog.url,
      "datadog:apiKey": { secret: KEY },
      "datadog:appKey": { secret: KEY },
      "datadog:httpClientRetryBackoffBase": "0.01",
    },
  });
  const demandManners = (output: string): void => {
    expect(output).not.toMatch(/^\s+at .*\.[jt]s/m);
    expect(output).not.toContain(KEY);
  };

  const killer = new AbortController();
  let hasEnded = false;
  const killed = project.runUntil(killer.signal, "up", "--yes", "--skip-preview").finally(() => {
    hasEnded = true;
  });
  while (datadog.revoked.length < COUNT / 2 && !hasEnded) await sleep(5, undefined, unheld);
  killer.abort();
  demandManners((await killed).output);
  // Nobody else could end it.
  while (project.providerLives()) await sleep(20, undefined, unheld);
  expect(datadog.revoked.length).toBeLessThan(COUNT);

  let { records, failures } = await project.recorded();
  // What was done and not recorded, or could not be told: of these alone the record may say that they were gone before.
  const known = new Set(records.map(({ tokenId }) => tokenId));
  const untold = new Set(datadog.revoked.filter((tokenId) => !known.has(tokenId)));
  for (const { tokenId } of records) expect(datadog.revoked).toContain(tokenId);
  expect((await project.run("cancel", "--yes")).code).toBe(0);
  for (let ups = 0; ups === 0 || (failures.length > 0 && ups < 12); ups++) {
    const [asked, again] = [datadog.asked.length, failures];
    const { code, output } = await project.up("--skip-preview");
    demandManners(output);
    // What failed is tried again, alone.
    const sent = new Set(datadog.asked.slice(asked));
    if (ups > 0) expect(sent).toEqual(new Set(again.map(({ tokenId }) => tokenId)));
    for (const tokenId of known) if (!untold.has(tokenId)) expect(sent).not.toContain(tokenId);
    ({ records, failures } = await project.recorded());
    expect(code === 0).toBe(failures.length === 0);
    for (const { tokenId, message } of failures) {
      if (message?.includes("outcome unknown")) untold.add(tokenId);
      else expect(untold.has(tokenId) || !datadog.revoked.includes(tokenId)).toBe(true);
    }
  }

  // Counts first: they say at once what the lists say in a thousand lines.
  expect({ failures: failures.length, records: records.length, revoked: datadog.revoked.length }).toEqual({
    failures: 0,
    records: COUNT,
    revoked: COUNT,
  });
  expect(records.map(({ tokenId }) => tokenId).toSorted()).toEqual(listed);
  expect(records.filter(({ status }) => status !== "revoked")).toEqual([]);
  expect(records.filter(({ tokenId, outcome }) => outcome === "alreadyRevoked" && !untold.has(tokenId))).toEqual([]);
  expect(datadog.revoked.toSorted()).toEqual(listed);
  expect(datadog.asked.filter((tokenId) => others.includes(tokenId))).toEqual([]);
}, 400_000);
