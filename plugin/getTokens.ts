import { CRITERIA_VALIDATORS, contradictions, type Exempt, type Where } from "../provider/core/criteria";
import { findTokens } from "../provider/core/findTokens";
import type { Snapshot } from "../provider/core/records";
import type { Run } from "../provider/core/run";
import { demandNone, validate } from "../provider/core/validators";

/**
 * The function `getTokens`.
 *
 * @throws ArgumentError, ConfigurationError, DatadogError
 */
export async function getTokens(run: Run, args: object): Promise<{ tokens: readonly Snapshot[] }> {
  const { values, problems } = validate(CRITERIA_VALIDATORS, args);
  demandNone(problems);
  const criteria: { where?: Where; exempt?: Exempt } = values;
  demandNone(contradictions(criteria.where ?? {}, criteria.exempt));
  return { tokens: await findTokens(run, criteria) };
}
