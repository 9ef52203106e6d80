// Runs the command from its TypeScript sources, so that this tier needs no build.
const { readFileSync } = require("node:fs");
const { transformSync } = require("@swc/core");

require.extensions[".ts"] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, "utf8"), {
    filename,
    jsc: { target: "es2022", parser: { syntax: "typescript" } },
    module: { type: "commonjs" },
    swcrc: false,
  });
  module._compile(code, filename);
};

require("../../cli/main.ts");
