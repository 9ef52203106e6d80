import * as pulumi from "@pulumi/pulumi";
import type { RESOURCE_TYPES } from "../core/resourceTypes";

/** How a hosted resource is registered. */
export interface Registration {
  /** Its type token. */
  readonly type: (typeof RESOURCE_TYPES)[keyof typeof RESOURCE_TYPES];
  /** The host module's key in `exports` of package.json, without `./`. */
  readonly module: `host/${string}`;
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
  constructor(name: string, { type, module, outputs, inputs }: Registration, opts?: pulumi.CustomResourceOptions) {
    const __provider = `exports.handler = () => require("pulumi-datadog-revocation/${module}");`;
    const named = Object.fromEntries(outputs.map((property) => [property, undefined]));
    super(type, name, { ...named, ...inputs, __provider }, opts);
  }
}
