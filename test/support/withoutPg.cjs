// Required before a program, it hides the package pg from it, as on a machine where it is not installed.
const Module = require("node:module");

const resolve = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) => {
  if (name === "pg") throw Object.assign(new Error("Cannot find module 'pg'"), { code: "MODULE_NOT_FOUND" });
  return resolve(name, ...rest);
};
