import * as pulumi from "@pulumi/pulumi";
import { dynamicProvider, type Kind, PLUGIN_TYPES, PROVIDER_PROPERTY, RESOURCE_TYPES } from "../core/resourceTypes";

/** How a hosted resource is registered. */
export interface Registration {
  readonly kind: Kind;
  /** The properties that it has in the end. The SDK makes an output of each that is named. */
  readonly outputs: readonly string[];
  readonly inputs: pulumi.Inputs;
}

/**
 * A resource whose other half is a module of this package. The engine runs that half as it runs the other half of every
 * `pulumi.dynamic.Resource`: by the text of `__provider`, which stands in state. That class would make the text of the
 * module itself, and load the TypeScript compiler for it; this is what comes of it, written out.
 */
export abstract class HostedResource extends pulumi.CustomResource {
  constructor(name: string, { kind, outputs, inputs }: Registration, opts?: pulumi.CustomResourceOptions) {
    const named = Object.fromEntries(outputs.map((property) => [property, undefined]));
    // A program in another language may have made the record, through the plugin.
    const options = pulumi.mergeOptions(opts, { aliases: [{ type: PLUGIN_TYPES[kind] }] });
    super(RESOURCE_TYPES[kind], name, { ...named, ...inputs, [PROVIDER_PROPERTY]: dynamicProvider(kind) }, options);
  }
}
