import type { Snapshot } from "./records";
import { warnOfSight } from "./rights";
import type { Run } from "./run";
import { type SelectionOptions, selectAndDescribe, warnOfUnjudged } from "./selection";
import { TIME_LIMITS } from "./timeLimits";

/** With more owners than this the URL may be too long for servers. */
const MOST_FILTERS = 50;

/**
 * The organization's access tokens that meet criteria, the oldest first, as far as the run's credentials may see them.
 *
 * @throws DatadogError, ConfigurationError
 */
export async function findTokens(run: Run, criteria: SelectionOptions): Promise<Snapshot[]> {
  const session = await run.connectToLook();
  const owners = [criteria.where?.ownedBy ?? []].flat();
  const ownedBy = owners.length <= MOST_FILTERS ? owners : [];
  const list = await session.client.listTokens(TIME_LIMITS.listing, ownedBy);
  const { snapshots } = await selectAndDescribe(session, list.tokens, criteria);
  await warnOfUnjudged(session, list, criteria);
  if (ownedBy.length === 0) await warnOfSight(session, list.tokens);
  return snapshots;
}
