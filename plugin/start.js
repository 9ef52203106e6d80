// What Pulumi runs of this folder.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const bundle = join(__dirname, "bin/main.js");
if (existsSync(bundle)) {
  require(bundle);
} else {
  console.error(`The provider plugin datadog-revocation is not built. To build it: cd ${__dirname} && npm install`);
  process.exitCode = 1;
}
