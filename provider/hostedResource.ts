import * as pulumi from "@pulumi/pulumi";

/**
 * A resource whose other half is a module of this package. The engine runs that half as it runs the other half of every
 * `pulumi.dynamic.Resource`: by the text of `__provider`, which stands in state. That class would make the text of the
 * module itself, and load the TypeScript compiler for it; this is what comes of it, written out.
 */
export abstract class HostedResource extends pulumi.CustomResource {
  /**
   * @param type the last part of the type token
   * @param module the host module's path inside the package, as `exports` in package.json has it
   */
  constructor(type: string, module: string, name: string, props: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    const __provider = `exports.handler = () => require("pulumi-datadog-revocation/${module}");`;
    super(`pulumi-nodejs:dynamic/datadog-revocation:${type}`, name, { ...props, __provider }, opts);
  }
}
