import { existsSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import type { Simulator } from "pulumi-datadog-revocation/simulator";
import type { AuditReport } from "../../cli/audit/auditReport";
import { concurrently } from "../../provider/core/concurrently";
import { audit } from "../support/auditCommand";
import { createProject, type Project, type StateResource } from "../support/engine";
import { type Postgres, tryPostgres } from "../support/postgres";
import { simulate } from "../support/simulator";

// Ten pipelines, on a machine that may be slow and busy.
jest.setTimeout(900_000);

/** As many of them at a time as two cores bear. */
const AT_ONCE = 4;
const TOKENS_EACH = 3;
const teams = Array.from({ length: 10 }, (_, team) => `team-${team}`);
const [first, second] = teams as [string, string];

let simulator: Simulator;
let postgres: Postgres | undefined;
let project: Project;
/** The tokens that each team's stack revokes; the first two teams have one in common. */
let listed: Record<string, string[]>;
let shared: string;

beforeAll(async () => {
  postgres = await tryPostgres("ten stacks on one backend");
  if (!postgres) return;
  // Otherwise the second stack may be answered 204 as well, as by Datadog within a fraction of a second.
  simulator = await simulate({ deleteAnswers204For: 0 });
  shared = simulator.addToken().id;
  listed = Object.fromEntries(
    teams.map((team) => {
      const own = Array.from({ length: TOKENS_EACH }, () => simulator.addToken().id);
      return [team, team === first || team === second ? [...own, shared] : own];
    }),
  );
  project = await createProject({
    program: {
      "Pulumi.yaml": "name: teams\nruntime: nodejs\nmain: index.js\n",
      // A stack that is told to wait does so while it holds its lock.
      "index.js": `
        const { existsSync, watch, writeFileSync } = require("node:fs");
        const pulumi = require("@pulumi/pulumi");
        const { TokenRevocation } = require("pulumi-datadog-revocation");
        module.exports = async () => {
          if (existsSync("wait")) {
            writeFileSync("waiting", "");
            await new Promise((resolve) => {
              const watcher = watch(".", () => existsSync("wait") || resolve(watcher.close()));
            });
          }
          const listed = ${JSON.stringify(listed)};
          for (const tokenId of listed[pulumi.getStack()]) new TokenRevocation(tokenId, { tokenId, verify: false });
        };`,
    },
    env: {
      PULUMI_BACKEND_URL: postgres.url,
      DD_HOST: simulator.url,
      DD_API_KEY: simulator.apiKey,
      DD_APP_KEY: simulator.appKey,
    },
  });
  await concurrently(teams, AT_ONCE, (team) => project.run("stack", "init", team, "--no-select"));
});

const up = (team: string) => project.run("up", "--yes", "--skip-preview", "--stack", team);

async function read(team: string, ...args: string[]) {
  return JSON.parse((await project.run(...args, "--stack", team)).stdout);
}

/** The ids that DELETEs went to, with the answers. */
const deleted = () =>
  simulator.requests().flatMap(({ method, path, status }) => {
    return method === "DELETE" ? [`${path.split("/").at(-1)} ${status}`] : [];
  });

test("ten stacks on one PostgreSQL at once: each holds its own, and a token in two of them was revoked by one", async () => {
  if (!postgres) return;
  for (const { code, output } of await concurrently(teams, AT_ONCE, up)) {
    expect(output).toContain("created");
    expect(code).toBe(0);
  }
  const own = Object.values(listed)
    .flat()
    .filter((id) => id !== shared);
  const sent = deleted();
  expect(sent.filter((line) => !line.startsWith(shared)).toSorted()).toEqual(own.map((id) => `${id} 204`).toSorted());
  expect(sent.filter((line) => line === `${shared} 204`)).toHaveLength(1);

  const found: string[] = [];
  await concurrently(teams, AT_ONCE, async (team) => {
    const resources: StateResource[] = (await read(team, "stack", "export")).deployment.resources;
    const records = resources.filter(({ type }) => type.endsWith(":TokenRevocation"));
    expect(records.map(({ id }) => id).toSorted()).toEqual(listed[team]?.toSorted());
    found.push(...records.map(({ id, outputs }) => `${id === shared ? "shared" : "own"} ${outputs?.outcome}`));
    expect(await read(team, "stack", "history", "--json")).toMatchObject([{ kind: "update", result: "succeeded" }]);
  });
  const ofOwn = own.map(() => "own revoked");
  expect(found.toSorted()).toEqual([...ofOwn, "shared alreadyRevoked", "shared revoked"]);
});

test("a token in two stacks: one revoked it, the other found it gone, and the audit of both says so", async () => {
  if (!postgres) return;
  const { stdout, stderr } = await audit(project, "--stack", first, "--stack", second, "--format", "json");
  expect(stderr).toBe("");
  const { records, findings }: AuditReport = JSON.parse(stdout);
  expect(records.map(({ stack, tokenId }) => `${stack} ${tokenId}`).toSorted()).toEqual(
    [first, second].flatMap((team) => listed[team]?.map((id) => `teams/${team} ${id}`) ?? []).toSorted(),
  );
  const told = records.filter(({ tokenId }) => tokenId === shared);
  expect(told.map(({ outcome, httpStatus }) => `${outcome} ${httpStatus}`).toSorted()).toEqual([
    "alreadyRevoked 404",
    "revoked 204",
  ]);
  expect(findings).toEqual([]);
});

test("a stack that another run holds: the engine says so and what to do, and nothing is sent", async () => {
  if (!postgres) return;
  project.write({ wait: "" });
  const waiting = appears(join(project.folder, "waiting"));
  const holding = up(first);
  await waiting;
  const since = simulator.requests().length;

  const refused = await up(first);
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("the stack is currently locked by 1 lock(s)");
  expect(refused.output).toContain(
    "wait for the other process(es) to end or delete the lock file with `pulumi cancel`",
  );
  expect(simulator.requests(since)).toEqual([]);

  rmSync(join(project.folder, "wait"));
  expect((await holding).code).toBe(0);
  // The one that was refused left nothing behind that would hinder another.
  expect((await up(first)).code).toBe(0);
});

/** When a file is there. To be called before it can be made. */
function appears(path: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(join(path, ".."), () => {
      if (!existsSync(path)) return;
      watcher.close();
      resolve();
    });
  });
}
