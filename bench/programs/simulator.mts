/** Serves a simulator for a row, and answers its questions. */
import { startSimulator } from "pulumi-datadog-revocation/simulator";

const { tokens, latencyMs = 0, ...options } = JSON.parse(process.argv[2] ?? "");
// About a fifth of an organization's tokens are service accounts'.
const simulator = await startSimulator({ ...options, tokens: Math.ceil(tokens * 1.35) + 5 });
if (latencyMs > 0) simulator.fault({ times: Number.POSITIVE_INFINITY }, { kind: "latency", ms: latencyMs });
const personal = simulator.tokens.filter(({ serviceAccountId }) => serviceAccountId === undefined).slice(0, tokens);
const tokenIds = personal.map(({ id }) => id);
if (tokenIds.length < tokens) throw new Error(`${tokenIds.length} personal tokens instead of ${tokens}`);
let since = 0;

process.on("message", (question) => {
  const requests = simulator.requests(since);
  if (question === "reset") {
    for (const id of tokenIds) simulator.restore(id);
    since += requests.length;
    process.send?.({});
  } else {
    const times = requests.map(({ at }) => at);
    process.send?.({
      requests: requests.length,
      refused: requests.filter(({ status }) => status === 429).length,
      from: Math.min(...times),
      to: Math.max(...times),
    });
  }
});
const { url, apiKey, appKey } = simulator;
process.send?.({ url, apiKey, appKey, tokenIds });
