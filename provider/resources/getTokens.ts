import * as pulumi from "@pulumi/pulumi";
import { CRITERIA_VALIDATORS } from "../core/criteria";
import { findTokens } from "../core/findTokens";
import type { Snapshot } from "../core/records";
import type { SelectionOptions } from "../core/selection";
import { ConfigurationError, DatadogError } from "../datadog/errors";
import { sentence } from "../text/plainLine";
import { refusePlainSecrets } from "./admission";
import { checkCriteria, type Exempt, type ExemptArgs, type Where, type WhereArgs } from "./commonArguments";
import { programRun, underMocks } from "./deployment";
import { refuse, toInputs, validateKnown } from "./programArguments";
import { runError } from "./runError";

/** Options of {@link getTokens}. */
export interface GetTokensOptions {
  /** Tokens that are left out. */
  exempt?: Exempt | undefined;
}

/** Options of {@link getTokensOutput}. */
export interface GetTokensOutputOptions {
  /** Tokens that are left out. */
  exempt?: pulumi.Input<ExemptArgs> | undefined;
  /** What must be there first. Until all of their outputs are known, as in a preview, the tokens are not. */
  dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource> | undefined;
}

/**
 * The organization's access tokens, as far as the credentials may see them. It works in any program, also without a
 * resource of this package.
 *
 * ```ts
 * const unused = await getTokens({ unusedFor: "90d", kind: "personal" });
 * ```
 *
 * @param where what they must be like; all tokens by default
 * @returns the oldest first
 * @remarks The credentials are those of the `datadog:` configuration, else of the environment. Under Pulumi's mocks no
 * request is sent: a test's `call` answers `datadog-revocation:index:getTokens` with `{ tokens }`, or the list is empty.
 * @throws pulumi.RunError also when they cannot be listed
 */
export async function getTokens(where?: Where, { exempt }: GetTokensOptions = {}): Promise<Snapshot[]> {
  return find("getTokens", { where, exempt });
}

/**
 * The same for criteria that may be outputs, and after other resources.
 *
 * ```ts
 * const leaver = datadog.getUserOutput({ filter: "ada@example.com" });
 * export const theirs = getTokensOutput({ ownedBy: leaver.id }).apply((tokens) => tokens.map(({ name }) => name));
 * ```
 *
 * To revoke what is found, declare a `TokenSweep`: this list loses what is revoked, and a batch of it would lose the
 * records.
 *
 * @throws pulumi.RunError for criteria that cannot be used
 */
export function getTokensOutput(
  where?: pulumi.Input<WhereArgs>,
  { exempt, dependsOn }: GetTokensOutputOptions = {},
): pulumi.Output<Snapshot[]> {
  const label = "getTokensOutput";
  refuse(label, validateKnown(CRITERIA_VALIDATORS, { where, exempt }).problems);
  return pulumi.all([pulumi.output({ where, exempt }), outputsOf(dependsOn)]).apply(([given]) => find(label, given));
}

async function find(label: string, given: object): Promise<Snapshot[]> {
  const criteria: SelectionOptions = toInputs(label, CRITERIA_VALIDATORS, given);
  if (Object.values(criteria).some(pulumi.Output.isInstance)) {
    throw runError(`${label}: where or exempt holds an output: use getTokensOutput`);
  }
  checkCriteria(label, criteria);
  refusePlainSecrets(label);
  if (underMocks()) return mockedTokens(label, criteria);
  try {
    return await findTokens(programRun(), criteria);
  } catch (error) {
    if (!(error instanceof DatadogError || error instanceof ConfigurationError)) throw error;
    throw runError(`${label}: ${sentence(error)}`);
  }
}

/** What the mocks of a user's test answer to the plugin's function of this name: a test must never ask Datadog. */
async function mockedTokens(label: string, criteria: SelectionOptions): Promise<Snapshot[]> {
  const answer: { tokens?: unknown } = await pulumi.runtime.invoke("datadog-revocation:index:getTokens", criteria);
  // Mocks that answer everything alike, with `{}` or the inputs, know nothing of tokens.
  const tokens = answer.tokens ?? [];
  if (Array.isArray(tokens)) return tokens;
  throw runError(`${label}: the mocks' call must answer datadog-revocation:index:getTokens with { tokens: [...] }`);
}

/** All outputs of resources; a component's are known when those of its children are. */
function outputsOf(dependsOn: GetTokensOutputOptions["dependsOn"]): pulumi.Output<unknown> {
  const resources = pulumi.output(dependsOn ?? []) as pulumi.Output<pulumi.Resource | pulumi.Resource[]>;
  const outputs = resources.apply((resources) =>
    pulumi.all([resources].flat().flatMap((resource) => Object.values(resource).filter(pulumi.Output.isInstance))),
  );
  return pulumi.unsecret(outputs);
}
