/** The package's resources as the plugin's: what an SDK that is generated from the schema has. The engine tests' second face. */
import * as pulumi from "@pulumi/pulumi";
import { version } from "../../package.json";
import { PLUGIN_TYPES, RESOURCE_TYPES, RESULTS } from "../../provider/core/resourceTypes";

/** Adds what every resource of a generated SDK has. */
function options(
  opts: pulumi.ComponentResourceOptions | undefined,
  aliases: pulumi.Alias[] = [],
): pulumi.ComponentResourceOptions {
  return pulumi.mergeOptions({ version, aliases }, opts);
}

/** The plugin takes public portions alone: 28 characters of a value. */
function publicPortion(token: unknown): unknown {
  return typeof token === "string" && /^dd[ps]at_/.test(token) ? token.slice(0, 28) : token;
}

/** Inputs, and the names of outputs. */
function properties(args: pulumi.Inputs, ...outputs: string[]): pulumi.Inputs {
  return { ...Object.fromEntries(outputs.map((name) => [name, undefined])), ...args };
}

export class TokenRevocation extends pulumi.CustomResource {
  constructor(name: string, { token, ...args }: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    const inputs = token === undefined ? args : { ...args, token: pulumi.output(token).apply(publicPortion) };
    const all = properties(inputs, "tokenId", "kind", "status", ...RESULTS.TokenRevocation);
    super(PLUGIN_TYPES.TokenRevocation, name, all, options(opts, [{ type: RESOURCE_TYPES.TokenRevocation }]));
  }
}

export class TokenSweep extends pulumi.CustomResource {
  constructor(name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    const all = properties(args, ...RESULTS.TokenSweep);
    super(PLUGIN_TYPES.TokenSweep, name, all, options(opts, [{ type: RESOURCE_TYPES.TokenSweep }]));
  }
}

export class TokenRevocationBatch extends pulumi.ComponentResource {
  constructor(name: string, { tokens, ...args }: pulumi.Inputs, opts?: pulumi.ComponentResourceOptions) {
    const list = pulumi.output(tokens) as pulumi.Output<unknown[] | undefined>;
    const inputs = tokens === undefined ? args : { ...args, tokens: list.apply((all) => all?.map(publicPortion)) };
    super(RESOURCE_TYPES.TokenRevocationBatch, name, properties(inputs, "summary", "failures"), options(opts), true);
  }
}

// What works on text alone is the same for both.
export { identifyTokens } from "pulumi-datadog-revocation";

const GET_TOKENS = "datadog-revocation:index:getTokens";

export async function getTokens(where?: object): Promise<unknown> {
  const { tokens } = await pulumi.runtime.invoke(GET_TOKENS, { where }, { version });
  return tokens;
}

export function getTokensOutput(where?: pulumi.Inputs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<unknown> {
  return pulumi.runtime.invokeOutput<{ tokens: unknown }>(GET_TOKENS, { where }, { version, ...opts }).tokens;
}
