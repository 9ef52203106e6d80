const { AsyncLocalStorage } = require("node:async_hooks");
const { EventEmitter, once } = require("node:events");
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { PassThrough } = require("node:stream");
const { loadApart } = require("./sources.cjs");

const server = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
const code = readFileSync(server, "utf8");
const load = createRequire(server);

/**
 * The host in this process, on the sources, where mutants are: the SDK's own server, and our modules with a state, and
 * as far as they can tell a process, of their own. It takes the place of a child process.
 */
class InProcessHost extends EventEmitter {
  stdout = new PassThrough();
  stderr = new PassThrough();
  exitCode = null;
  #server;

  /** @param engine the engine's address */
  constructor(engine, env) {
    super();
    this.argv = [process.execPath, server, engine];
    this.env = env;
    const own = { on: () => undefined, argv: this.argv, exit: (status) => this.exit(status) };
    const console = { log: (text) => this.stdout.write(`${text}\n`), error: (text) => this.print(text) };
    new Function("require", "exports", "process", "console", code)((id) => this.#require(id), {}, own, console);
  }

  print(text) {
    this.stderr.write(`${text}\n`);
  }

  exit(status) {
    this.#end(status);
    throw new Error("the host has ended");
  }

  kill() {
    this.#end(null);
  }

  #end(status) {
    if (this.stderr.writableEnded) return;
    this.exitCode = status;
    this.#server?.forceShutdown();
    Promise.all([once(this.stdout, "end"), once(this.stderr, "end")]).then(() => this.emit("close", status));
    this.stdout.end();
    this.stderr.end();
    this.stdout.resume();
    this.emit("exit", status);
  }

  /** What the server loads. */
  #require(id) {
    if (id === "source-map-support/register") return {};
    if (id === "require-from-string") return (text) => ({ handler: () => this.#provider(text) });
    if (id !== "@grpc/grpc-js") return load(id);
    const keep = (made) => {
      this.#server = made;
    };
    class Server extends load(id).Server {
      constructor(...args) {
        super(...args);
        keep(this);
      }
    }
    return { ...load(id), Server };
  }

  /** The module that a resource's `__provider` names. Each call to it knows in which host it is. */
  #provider(text) {
    const path = /"pulumi-datadog-revocation\/(.*)"/.exec(text)?.[1];
    const calls = Object.entries(loadApart(`provider/${path}`)).map(([name, call]) => [
      name,
      (...args) => current.run(this, () => call(...args)),
    ]);
    return Object.fromEntries(calls);
  }
}

const current = new AsyncLocalStorage();
let { argv } = process;
const { env, exit } = process;
const setArgv = (value) => {
  argv = value;
};
Object.defineProperties(process, {
  argv: { get: () => current.getStore()?.argv ?? argv, set: setArgv },
  env: { get: () => current.getStore()?.env ?? env },
  exit: { value: (status) => current.getStore()?.exit(status) ?? exit.call(process, status) },
});
const { error } = console;
console.error = (...texts) => {
  const host = current.getStore();
  if (host) host.print(texts.join(" "));
  else error(...texts);
};

module.exports = { InProcessHost };
