import type { Fault, FaultMatcher, Simulator, SimulatorOptions } from "pulumi-datadog-revocation/simulator";
import { type Hosted, useSimulator } from "../../support/hosted";
import { type Case, DURATIONS, FAULTS, isListing, waits } from "./faults";
import { MATCHING, startRun, type Told } from "./run";

/** What became of one token. */
export interface Result extends Told {
  readonly warnings: readonly string[];
  /** How many requests were about the token, or listed it; undefined where there is no server to count them. */
  readonly requests: number | undefined;
}

/** When it is one's turn, acts. */
export type Turn = <T>(act: () => Promise<T>) => Promise<T>;

const LISTING = "/api/v2/personal_access_tokens";
const PAGE_SIZE = 100;
const isPage = ({ path, query }: { path: string; query: Readonly<Record<string, readonly string[]>> }): boolean =>
  path === LISTING && query["page[size]"]?.[0] === String(PAGE_SIZE);

let seeds = 0;

/** A Datadog whose keys nobody else has: what comes to it by mistake is refused. */
export const startSite = (options: SimulatorOptions = {}): Promise<Simulator> =>
  useSimulator({ seed: ++seeds, tokens: 1, ...options });

/** Cases that one run stands through: each strikes tokens of its own. */
export function groupOf({ resource, fault, moment, duration }: Case): string {
  const isAlone = resource === "TokenRevocation" || isListing(moment);
  return [resource, isAlone ? fault : waits(fault), moment, duration].join();
}

/**
 * Lets a fault strike each token, at a moment of the first `up` of the resource that is to revoke them.
 *
 * @param crowd an organization of so many tokens that some are looked up one by one
 * @param turn waits for a turn to begin
 */
export async function strike(crowd: Hosted, cases: readonly [Case, ...Case[]], turn: Turn): Promise<Map<Case, Result>> {
  const [{ resource, moment, duration, fault: first }] = cases;
  const isCrowd = resource !== "TokenSweep" && !isListing(moment);
  const simulator = isCrowd ? crowd.simulator : await startSite({ tokens: isListing(moment) ? PAGE_SIZE + 10 : 1 });
  const add = () => simulator.addToken({ name: `${MATCHING}${first}` });
  const tokens = new Map(cases.map((each) => [each, (isCrowd ? crowd.token() : add()).id]));
  const targets = [...tokens.values()];
  // A batch lists its tokens when there are more of them than pages.
  if (isListing(moment)) targets.push(...Array.from({ length: 3 }, () => add().id));

  const install = (matcherOf: (tokenId: string) => FaultMatcher, more: object = {}): void => {
    for (const [{ fault }, tokenId] of tokens) {
      const matcher = { ...matcherOf(tokenId), times: DURATIONS[duration] };
      simulator.fault(matcher, { ...FAULTS[fault], ...more } as Fault);
    }
  };
  const path = (tokenId: string): string => `${LISTING}/${tokenId}`;
  const run = await startRun(resource, simulator, { engine: crowd.host.engine });
  const page = moment === "listing, first page" ? "0" : "1";
  const query = { "page[size]": String(PAGE_SIZE), "page[number]": page };
  if (isListing(moment)) install(() => ({ method: "GET", path: LISTING, query }));
  if (moment === "look-up") install((tokenId) => ({ method: "GET", path: path(tokenId) }));
  const inputs = await turn(() => run.check(targets));
  if (moment === "DELETE, not carried out") install((tokenId) => ({ method: "DELETE", path: path(tokenId) }));
  if (moment === "DELETE, carried out") {
    install((tokenId) => ({ method: "DELETE", path: path(tokenId) }), { after: true });
  }
  if (moment === "verification") install((tokenId) => ({ method: "GET", path: path(tokenId) }));
  const tell = await run.create(inputs);
  const results = [...tokens].map(([each, tokenId]): [Case, Result] => {
    const counted = simulator
      .requests()
      .filter(isListing(moment) ? isPage : (request) => request.path.includes(tokenId));
    const result = { ...tell(tokenId), warnings: run.warnings(tokenId), requests: counted.length };
    demandTruth(simulator, tokenId, result);
    return [each, result];
  });
  return new Map(results);
}

/** Whatever happened, what is said is so. */
export function demandTruth(simulator: Simulator, tokenId: string, { record, error, warnings }: Result): void {
  const requests = simulator.requests().filter(({ path }) => path.includes(tokenId));
  const isGone = simulator.find(tokenId)?.revokedAt !== null;
  const deletes = requests.filter(({ method }) => method === "DELETE");
  // Never "revoked" unless Datadog accepted it, never "verified" unless it was seen.
  if (record?.outcome === "revoked") {
    expect(isGone && deletes.some(({ status }) => status === 204 || status === 404)).toBe(true);
  }
  if (record?.verifiedAt !== undefined) expect(requests.some(({ status }) => status === 404)).toBe(true);
  // What is gone is recorded, or the user is told that the outcome is unknown.
  if (isGone && record === undefined) expect(error).toContain("outcome unknown");
  if (!isGone) {
    expect(record).toBeUndefined();
    expect(error).toMatch(/not revoked|outcome unknown|it is unknown which match/);
  }
  // Bounded, whoever tells it to come back at once.
  expect(deletes.length).toBeLessThanOrEqual(60);
  expect(requests.length).toBeLessThanOrEqual(250);
  for (const text of [error ?? "", ...warnings]) demandManners(text, simulator);
}

/** Plain lines, without a stack trace, a secret, or what programs say to themselves. */
export function demandManners(text: string, { apiKey, appKey }: Pick<Simulator, "apiKey" | "appKey">): void {
  expect(text).not.toMatch(/\n|\.[cjt]s?:\d|Error:|undefined|\[object/);
  for (const secret of [apiKey, appKey]) expect(text).not.toContain(secret);
}
