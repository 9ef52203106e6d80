import { SHARDS } from "../../../../provider/core/arguments";
import { Run } from "../../../../provider/core/run";
import { tokenRevocationShardHandlers } from "../../../../provider/handlers/tokenRevocationShardHandlers";
import { type Answer, answer, startServer } from "../../../support/server";
import { ACTOR, LISTING, listed, listener, PERSON, routes, tokenOf, WHO } from "../core/sessionFor";
import { KEYS } from "../datadog/datadogClient";

const idOf = (shard: string, number: number): string => `${shard}0000000-0000-4000-8000-00000000000${number}`;

/** Two batches of one name, under different parents, in one run. */
const BATCHES = [
  { name: "incident", urn: "urn:one", tokenIds: [idOf("0", 1), idOf("0", 2)] },
  { name: "incident", urn: "urn:other", tokenIds: [idOf("0", 3), idOf("a", 4), idOf("a", 5)] },
];

function inputsOf({ name, urn, tokenIds }: (typeof BATCHES)[number], shard: string) {
  return {
    batch: { name, urn, shard, size: tokenIds.length, maxRevocations: 1_000 },
    tokenIds: tokenIds.filter((id) => id.startsWith(shard)),
    concurrency: 1,
  };
}

/** The handlers of a run at a Datadog with the tokens of all batches; `onDelete` is called at each DELETE. */
async function start(onDelete: () => void = () => {}) {
  const ids = BATCHES.flatMap(({ tokenIds }) => tokenIds);
  const accept: Answer = (...exchange) => {
    onDelete();
    answer(204)(...exchange);
  };
  const deletes = ids.map((id): [string, Answer] => [`DELETE /api/v2/personal_access_tokens/${id}`, accept]);
  const listing = listed(...ids.map((id) => tokenOf(PERSON, id)));
  const server = await startServer(routes({ [WHO]: ACTOR, [LISTING]: listing, ...Object.fromEntries(deletes) }));
  const { lines, ...sink } = listener();
  const { apiKey, appKey } = KEYS as { apiKey: string; appKey: string };
  const env = { DD_HOST: server.url, DD_API_KEY: apiKey, DD_APP_KEY: appKey };
  const run = new Run({ env, engine: { ...sink, demand: async () => {} } });
  return { handlers: tokenRevocationShardHandlers(run), said: lines };
}

test("two batches of one name are previewed apart, each once, however their shards come", async () => {
  const { handlers, said } = await start();
  for (const shard of [...SHARDS, ...SHARDS]) {
    for (const batch of BATCHES) await handlers.check({}, inputsOf(batch, shard));
  }
  const heads = said.filter((line) => line.includes("TokenRevocationBatch"));
  expect(heads).toEqual([
    expect.stringMatching(/^INFO TokenRevocationBatch "incident": 2 tokens to revoke; .* knows all of them$/),
    expect.stringMatching(/^INFO TokenRevocationBatch "incident": 3 tokens to revoke; .* knows all of them$/),
  ]);
  for (const id of BATCHES.flatMap(({ tokenIds }) => tokenIds)) {
    expect(said.filter((line) => line.startsWith(`INFO ${id} `))).toHaveLength(1);
  }
});

test("two batches of one name tell their progress apart", async () => {
  // A clock on which each DELETE takes four seconds: progress is told every three.
  let passed = 0;
  const clock = performance.now.bind(performance);
  jest.spyOn(performance, "now").mockImplementation(() => clock() + passed);
  try {
    const { handlers, said } = await start(() => {
      passed += 4_000;
    });
    for (const shard of ["0", "a"]) {
      await Promise.all(BATCHES.map((batch) => handlers.create({ ...inputsOf(batch, shard), status: "revoked" })));
    }
    const progress = said.flatMap((line) => /^… INFO incident: (\d of \d) tokens done, /.exec(line)?.[1] ?? []);
    expect(progress).toEqual(["1 of 2", "2 of 2", "1 of 3", "2 of 3", "3 of 3"]);
  } finally {
    jest.restoreAllMocks();
  }
});
