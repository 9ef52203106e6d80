import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createRequire } from "node:module";
import { relative } from "node:path";
import { TestEnvironment } from "jest-environment-node";

/**
 * Node, and at the end of a file none of what its tests have started: a test that fails leaves out its last lines, and a
 * process, a server or a connection that is left keeps jest from ending.
 */
export default class extends TestEnvironment {
  #file;
  #processes = new Set();
  #servers = new Set();
  #sockets = new Set();
  /** Node says on these channels what is opened. */
  #channels = {
    child_process: ({ process: child }) => keep(this.#processes, child, "exit"),
    "tracing:net.server.listen:asyncStart": ({ server }) => keep(this.#servers, server, "close"),
    "net.server.socket": ({ socket }) => keep(this.#sockets, socket, "close"),
    "net.client.socket": ({ socket }) => keep(this.#sockets, socket, "close"),
  };

  constructor(config, context) {
    super(config, context);
    this.#file = relative(config.globalConfig.rootDir, context.testPath);
  }

  async setup() {
    await super.setup();
    // For packages that import others while they run, which jest's own `require` does not do for them.
    this.global.requireByNode = createRequire(import.meta.url);
    for (const [name, listener] of Object.entries(this.#channels)) subscribe(name, listener);
  }

  async teardown() {
    for (const [name, listener] of Object.entries(this.#channels)) unsubscribe(name, listener);
    // What was told to end may take a moment for it.
    const processes = [...this.#processes].filter(({ killed, pid }) => !killed && pid !== undefined).length;
    const servers = [...this.#servers].filter(({ listening }) => listening).length;
    if (processes + servers > 0) {
      process.stderr.write(`${this.#file} left running, and ended now: processes ${processes}, servers ${servers}\n`);
    }
    for (const child of this.#processes) kill(child);
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
    await super.teardown();
  }
}

/** Has it in the set until it ends. */
function keep(set, thing, end) {
  set.add(thing);
  thing.once(end, () => set.delete(thing));
}

/** With its process group, when it leads one; and without waiting for others that hold its output open. */
function kill(child) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
  for (const stream of child.stdio) stream?.destroy();
}
