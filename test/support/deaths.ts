import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterwards } from "./afterwards";
import { createProject, type Project, type Role } from "./engine";
import { type Fault, type OwnDatadog, randomFrom, startOwnDatadog } from "./faultyDatadog";
import { unheld } from "./unheld";

/** Tokens of the batch, and others in the organization that nobody asked for. */
const LISTED = 1000;
const OTHERS = 50;
/** Of those that are listed, revoked by somebody else before. */
const GONE = 10;
/** Milliseconds that Datadog takes for a DELETE. */
const LATENCY = 10;

/** What a death cost. */
export interface Cost {
  /** The DELETE after which it was. */
  readonly moment: number;
  readonly concurrency: number;
  /** Tokens that this project revoked and could only record as `alreadyRevoked`. */
  readonly lost: number;
  /** DELETEs that came in after the death. */
  readonly after: number;
}

/**
 * Kills processes of an `up` of a batch of 1,000 tokens with -9, at a moment that the seed determines, and resumes it. All
 * that Datadog saw is compared with what is recorded in the end.
 */
export async function dieAndResume(seed: number, who: readonly Role[]): Promise<Cost> {
  const random = randomFrom(digest(`${seed}`).readUInt32BE());
  const moment = 1 + Math.floor(random() * (LISTED - GONE));
  const concurrency = [4, 8, 32][Math.floor(random() * 3)] ?? 32;
  const ids = Array.from({ length: LISTED + OTHERS }, (_, index) => uuid(`${seed} ${index}`));
  const listed = ids.slice(0, LISTED);
  const scene = await setScene(ids.slice(GONE));
  const { project, datadog } = scene;
  try {
    project.setProgram(`
      import { TokenRevocationBatch } from "pulumi-datadog-revocation";
      const tokens = ${JSON.stringify(listed)};
      export const { summary } = new TokenRevocationBatch("leak", { tokens, concurrency: ${concurrency} });
    `);
    const reached = scene.hold(moment);
    const run = project.up("--skip-preview");
    await Promise.race([reached, run.then(({ output }) => Promise.reject(new Error(output)))]);
    const victims = who.flatMap((role) => project.processes(role));
    expect(victims).toHaveLength(who.length);
    for (const pid of victims) process.kill(pid, "SIGKILL");
    // Not dead before the system has closed its connections.
    if (who.includes("engine")) await run;
    while (who.some((role) => project.processes(role).length > 0)) await sleep(5, undefined, unheld);
    const before = datadog.asked.length;
    scene.release();
    expect((await run).code).not.toBe(0);
    while (project.providerLives()) await sleep(20, undefined, unheld);
    const first = [...datadog.asked];
    const after = first.length - before;
    // Who is alive may go on: what an engine takes in is recorded.
    if (who.includes("engine") || who.includes("host")) expect(after).toBeLessThanOrEqual(concurrency);
    expect(new Set(first).size).toBe(first.length);

    if (who.includes("engine")) expect((await project.run("cancel", "--yes")).code).toBe(0);
    const resumed = await project.up("--skip-preview");
    expect(resumed).toMatchObject({ code: 0 });
    const lost = await compare(project, datadog, listed);
    const again = new Set(datadog.asked.slice(first.length));
    const revoked = new Set(datadog.revoked);
    expect(first.filter((id) => again.has(id) && revoked.has(id)).toSorted()).toEqual(lost);
    return { moment, concurrency, lost: lost.length, after };
  } finally {
    await scene.dispose();
  }
}

/** A user's project, and a Datadog whose answers to DELETEs a test can hold back. */
export interface Scene {
  readonly project: Project;
  readonly datadog: OwnDatadog;
  /**
   * Waits for the n-th DELETE. It and all that come after are carried out at once, and answered when {@link release} is
   * called.
   */
  hold(n: number): Promise<void>;
  release(): void;
  dispose(): Promise<void>;
}

/**
 * @param alive ids of the organization's tokens
 * @param env added to the environment of every command
 */
export async function setScene(alive: readonly string[], env: Record<string, string> = {}): Promise<Scene> {
  let moment = Number.POSITIVE_INFINITY;
  let [reach, release] = [() => {}, () => {}];
  let held = Promise.resolve();
  const revoke: Fault = (act, _request, response) => {
    const known = act();
    const count = datadog.asked.length;
    if (count === moment) reach();
    const ready = count < moment ? Promise.resolve() : held;
    void ready
      .then(() => sleep(LATENCY))
      .then(() => (known ? response.writeHead(204).end() : response.writeHead(404).end('{"errors":["Not found"]}')));
  };
  const datadog = await startOwnDatadog(alive, ({ method }) => (method === "DELETE" ? revoke : undefined));
  afterwards(() => datadog.stop());
  const project = await createProject({
    program: "",
    env,
    config: {
      "datadog:apiUrl": datadog.url,
      "datadog:apiKey": { secret: "api-key" },
      "datadog:appKey": { secret: "application-key" },
    },
  });
  return {
    project,
    datadog,
    hold: (n) => {
      moment = n;
      held = new Promise((resolve) => {
        release = resolve;
      });
      return new Promise((resolve) => {
        reach = resolve;
      });
    },
    release: () => {
      moment = Number.POSITIVE_INFINITY;
      release();
    },
    dispose: async () => {
      await project.dispose();
      await datadog.stop();
    },
  };
}

/** Compares what is recorded with what Datadog saw; the ids that are recorded as somebody else's work and are not. */
async function compare(project: Project, datadog: OwnDatadog, listed: readonly string[]): Promise<string[]> {
  const { records, failures } = await project.recorded();
  // Counts first: they say at once what the lists say in a thousand lines.
  const counts = { failures: failures.length, records: records.length, revoked: datadog.revoked.length };
  expect(counts).toEqual({ failures: 0, records: listed.length, revoked: listed.length - GONE });
  // Nothing is missing, and nothing was revoked that nobody asked for.
  expect(records.map(({ tokenId }) => tokenId).toSorted()).toEqual(listed.toSorted());
  expect(datadog.revoked.toSorted()).toEqual(listed.slice(GONE).toSorted());
  const revoked = new Set(datadog.revoked);
  const claimed = records.filter(({ outcome }) => outcome === "revoked").map(({ tokenId }) => tokenId);
  expect(claimed.filter((id) => !revoked.has(id))).toEqual([]);
  const unclaimed = records.filter(({ outcome }) => outcome !== "revoked").map(({ tokenId }) => tokenId);
  const lost = unclaimed.filter((id) => revoked.has(id)).toSorted();
  // One at work, and one being written.
  expect(new Set(lost.map((id) => id[0])).size).toBeLessThanOrEqual(2);
  return lost;
}

/** A UUID of its own for each text. */
export function uuid(text: string): string {
  const pattern = /^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/;
  return digest(text).toString("hex").replace(pattern, "$1-$2-4$3-8$4-$5");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
