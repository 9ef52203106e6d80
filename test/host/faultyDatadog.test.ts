import { afterwards } from "../support/afterwards";
import { startFaultyDatadog } from "../support/faultyDatadog";
import { type Properties, startHost } from "../support/host";
import { QUICK } from "../support/hosted";

interface Row {
  readonly tokenId: string;
  readonly outcome: string;
  readonly message: string;
}

const ids = Array.from({ length: 100 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`);
const rowsOf = (properties: Properties, name: "records" | "failures"): Row[] => properties[name] as Row[];

test.each([1, 2])(
  "whatever fails (seed %d), after some runs each token is revoked and recorded, once",
  async (seed) => {
    // More than are asked for: those that nobody named must stay.
    const others = ids.map((id) => id.replace(/^0/, "1"));
    const datadog = await startFaultyDatadog([...ids, ...others], seed);
    afterwards(() => datadog.stop());
    const keys = { "datadog:apiUrl": datadog.url, "datadog:apiKey": "key", "datadog:appKey": "key" };
    const config = { ...keys, ...QUICK, "datadog:httpClientRetryMaxRetries": "2" };
    const start = () => startHost({ module: "host/tokenRevocationShard", config });
    const batch = { name: "leak", shard: "0", size: ids.length, maxRevocations: 1000 };
    const inputs = { tokenIds: ids, batch, status: "revoked" };
    /** What runs before could not tell. */
    const doubtful = new Set<string>();
    const first = await start();
    expect((await first.check({}, inputs)).failures).toEqual([]);
    let { properties } = await first.create(inputs);
    for (let runs = 1; runs < 20 && rowsOf(properties, "failures").length > 0; runs++) {
      const [records, failures] = [rowsOf(properties, "records"), rowsOf(properties, "failures")];
      expect([...records, ...failures].map(({ tokenId }) => tokenId).toSorted()).toEqual(ids);
      for (const { tokenId, outcome } of records) {
        expect(datadog.revoked).toContain(tokenId);
        if (outcome === "alreadyRevoked") expect(doubtful).toContain(tokenId);
      }
      for (const { tokenId, message } of failures) {
        if (message.includes("outcome unknown: Datadog may have revoked it")) doubtful.add(tokenId);
        else expect(doubtful.has(tokenId) || !datadog.revoked.includes(tokenId)).toBe(true);
      }
      const asked = datadog.asked.length;
      const host = await start();
      await host.check(inputs, inputs);
      expect((await host.diff("0", properties, inputs)).changes).toBe(true);
      properties = (await host.update("0", properties, inputs)).properties;
      expect(new Set(datadog.asked.slice(asked))).toEqual(new Set(failures.map(({ tokenId }) => tokenId)));
    }
    expect(rowsOf(properties, "failures")).toEqual([]);
    expect(rowsOf(properties, "records").map(({ tokenId }) => tokenId)).toEqual(ids);
    expect(datadog.revoked.toSorted()).toEqual(ids);
    expect(datadog.asked.filter((id) => !ids.includes(id))).toEqual([]);
  },
);
