/** Loads the sources and the tests into this process, as often anew as wanted: what is in node_modules is loaded once. */
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, sep } = require("node:path");
const { transformSync } = require("@swc/core");

/** Where Stryker runs the tests: a copy of the project in which the mutants are. */
const root = process.cwd();
const named = /^pulumi-datadog-revocation(?:\/(.*))?$/;
const inside = { "": "provider/index", simulator: "simulator/index", "package.json": "package.json" };

const resolve = Module._resolveFilename;
Module._extensions[".ts"] = () => {
  throw new Error("sources are loaded by load() alone");
};
/** The package's own name stands for the sources here: that is where the mutants are. */
Module._resolveFilename = (id, ...rest) => {
  const [isNamed, path = ""] = named.exec(id) ?? [];
  const source = isNamed && inside[path];
  return resolve.call(Module, source === undefined ? id : join(root, source), ...rest);
};

const compiled = new Map();
const options = { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } };

function compile(filename) {
  if (!compiled.has(filename)) {
    const source = readFileSync(filename, "utf8");
    compiled.set(filename, transformSync(source, { filename, swcrc: false, sourceMaps: "inline", ...options }).code);
  }
  return compiled.get(filename);
}

/** Loads a module, and with it anew all that it needs of the sources and the tests. */
function load(filename, loaded = new Map()) {
  const known = loaded.get(filename);
  if (known) return known.exports;
  const module = new Module(filename);
  loaded.set(filename, module);
  module.filename = filename;
  module.paths = Module._nodeModulePaths(dirname(filename));
  module.require = (id) => {
    const path = Module._resolveFilename(id, module);
    const isOurs = path.startsWith(root + sep) && !path.includes(`${sep}node_modules${sep}`) && path.endsWith(".ts");
    return isOurs ? load(path, loaded) : require(path);
  };
  module._compile(compile(filename), filename);
  return module.exports;
}

module.exports = { root, load };
