/**
 * Gives a token to its consumer. Here that is a file; put the resource of your secrets manager in its place, such as an
 * `aws.secretsmanager.SecretVersion` or a `kubernetes.core.v1.Secret`.
 */
import * as pulumi from "@pulumi/pulumi";

interface HandOverArgs {
  /** A secret, which Pulumi keeps encrypted in state. */
  readonly value: pulumi.Input<string>;
  readonly file: pulumi.Input<string>;
}

type Inputs = { readonly [Name in keyof HandOverArgs]: string };

/** Returns when the consumer has the token, not sooner: the old one dies next. */
async function write({ file, value }: Inputs): Promise<{ file: string }> {
  const { writeFile } = await import("node:fs/promises");
  await writeFile(file, value, { mode: 0o600 });
  return { file };
}

const provider: pulumi.dynamic.ResourceProvider<Inputs, { file: string }> = {
  create: async (inputs) => ({ id: inputs.file, outs: await write(inputs) }),
  update: async (_id, _olds, inputs) => ({ outs: await write(inputs) }),
};

export class HandOver extends pulumi.dynamic.Resource {
  constructor(name: string, args: HandOverArgs, opts?: pulumi.CustomResourceOptions) {
    super(provider, name, args, opts);
  }
}
