/** Loads the sources and the tests into this process, as often anew as wanted: what is in node_modules is loaded once. */
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { join, sep } = require("node:path");
const { transformSync } = require("@swc/core");

/** Where Stryker runs the tests: a copy of the project in which the mutants are. */
const root = process.cwd();
const named = /^pulumi-datadog-revocation(?:\/(.*))?$/;
const inside = {
  "": "provider/index",
  simulator: "simulator/index",
  "host/tokenRevocation": "provider/host/tokenRevocation",
  "host/tokenRevocationShard": "provider/host/tokenRevocationShard",
  "host/tokenSweep": "provider/host/tokenSweep",
  "package.json": "package.json",
};

const resolve = Module._resolveFilename;
/** The package's own name stands for the sources here: that is where the mutants are. */
Module._resolveFilename = (id, ...rest) => {
  const path = inside[named.exec(id)?.[1] ?? (named.test(id) ? "" : "-")];
  return resolve.call(Module, path === undefined ? id : join(root, path), ...rest);
};

const compiled = new Map();
const options = { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } };
Module._extensions[".ts"] = (module, filename) => {
  if (!compiled.has(filename)) {
    const source = readFileSync(filename, "utf8");
    compiled.set(filename, transformSync(source, { filename, swcrc: false, sourceMaps: "inline", ...options }).code);
  }
  module._compile(compiled.get(filename), filename);
};

const own = (filename) => filename.startsWith(root + sep) && !filename.includes(`${sep}node_modules${sep}`);

/** Forgets all sources and tests. */
function forget() {
  for (const filename of Object.keys(require.cache))
    if (own(filename) && !/[cm]js$/.test(filename)) delete require.cache[filename];
}

/** Loads a module and what it needs of the sources, apart from what is loaded already: as another process would. */
function loadApart(path) {
  const before = Object.entries(require.cache).filter(([filename]) => own(filename) && !/[cm]js$/.test(filename));
  forget();
  try {
    return require(join(root, path));
  } finally {
    forget();
    for (const [filename, module] of before) require.cache[filename] = module;
  }
}

module.exports = { root, forget, loadApart };
