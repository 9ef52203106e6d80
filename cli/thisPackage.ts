const { name, version } = require("pulumi-datadog-revocation/package.json") as { name: string; version: string };

/** The package that runs. */
export const thisPackage = { name, version } as const;
