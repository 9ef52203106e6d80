import * as pulumi from "@pulumi/pulumi";
import { refusePlainSecrets } from "./configuration";
import { checkRule, type ExemptArgs, type WhereArgs } from "./criteria";
import { DatadogClient } from "./datadog/client";
import { ConfigurationError, DatadogError, sentence } from "./datadog/errors";
import { readSettings } from "./datadog/settings";
import { NO_CREDENTIALS } from "./host/connection";
import { CRITERIA_RULES, type Exempt, type Where } from "./host/criteria";
import { withHandles } from "./host/listing";
import type { Snapshot } from "./host/record";
import { type SelectionOptions, select } from "./host/selection";
import { findProblems, readInputs, refuse } from "./inputs";
import { withoutStack } from "./withoutStack";

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

/** Milliseconds that the listing may take. */
const WITHIN = 120_000;
/** More owners than this make an address that servers may find too long. */
const MOST_FILTERS = 50;

/**
 * The organization's access tokens, as far as the program's credentials may see them: those of the `datadog:`
 * configuration, else of the environment. It works in any program, also without a resource of this package.
 *
 * ```ts
 * const unused = await getTokens({ unusedFor: "90d", kind: "personal" });
 * ```
 *
 * @param where what they must be like; all tokens by default
 * @returns the oldest first
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
  refuse(label, findProblems(CRITERIA_RULES, { where, exempt }));
  return pulumi.all([pulumi.output({ where, exempt }), outputsOf(dependsOn)]).apply(([given]) => find(label, given));
}

async function find(label: string, given: object): Promise<Snapshot[]> {
  refuse(label, findProblems(CRITERIA_RULES, given));
  const criteria: SelectionOptions = readInputs(label, CRITERIA_RULES, given);
  if (Object.values(criteria).some(pulumi.Output.isInstance)) {
    throw new pulumi.RunError(`${label}: where or exempt holds an output: use getTokensOutput`);
  }
  checkRule(label, criteria);
  refusePlainSecrets(label);
  try {
    const client = await connect();
    const owners = [criteria.where?.ownedBy ?? []].flat();
    const tokens = await client.listTokens(WITHIN, owners.length <= MOST_FILTERS ? owners : []);
    const { matches } = select(tokens, criteria);
    // A program may run several deployments: each may ask for so many handles anew.
    return await withHandles(
      client,
      matches.map(({ token }) => token),
      new Set(),
    );
  } catch (error) {
    if (!(error instanceof DatadogError || error instanceof ConfigurationError)) throw error;
    throw withoutStack(new pulumi.RunError(`${label}: ${sentence(error)}`));
  }
}

async function connect(): Promise<DatadogClient> {
  const config = pulumi.runtime.allConfig();
  const { credentials, ...settings } = readSettings((key) => config[key], process.env);
  if (!credentials) throw new ConfigurationError(NO_CREDENTIALS);
  for (const notice of settings.notices) await pulumi.log.warn(notice);
  return new DatadogClient({ ...settings, credentials });
}

/** All that is known of resources only when they are there; a component's is so when what it is made of is there. */
function outputsOf(dependsOn: GetTokensOutputOptions["dependsOn"]): pulumi.Output<unknown> {
  const resources = pulumi.output(dependsOn ?? []) as pulumi.Output<pulumi.Resource | pulumi.Resource[]>;
  const outputs = resources.apply((resources) =>
    pulumi.all([resources].flat().flatMap((resource) => Object.values(resource).filter(pulumi.Output.isInstance))),
  );
  return pulumi.unsecret(outputs);
}
