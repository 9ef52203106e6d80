import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Properties, Started } from "./host";
import { callsOver, ProviderProcess } from "./providerProcess";

/** The SDK's process for dynamic providers. */
export const DYNAMIC_PROVIDER = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");

/** What each of those who share a process has of its own. */
interface Sharing extends Omit<Started, "provider"> {
  readonly process: ProviderProcess;
  readonly number: number;
  /** What its maker answered. */
  readonly made: Properties;
}

/** A process that the hosts of a test file share: a dynamic provider in it makes them. */
export class SharedProcess {
  readonly #maker: string;
  #process: Promise<ProviderProcess> | undefined;
  #count = 0;

  /** @param making code that returns `make(number, start)` and `forget(number)` */
  constructor(making: string) {
    this.#maker = `exports.handler = () => {
      const { make, forget } = (() => {${making}})();
      const write = (line) => [process.stdout, process.stderr].forEach((stream) => stream.write(line));
      return {
        check: async (_, { number, start, mark }) => {
          if (start) return { inputs: await make(number, start) };
          if (mark) write(mark);
          else forget(number);
          return {};
        },
      };
    };`;
  }

  /** @param start what `make` is to know */
  async start(start: object): Promise<Sharing> {
    // It has an engine for each of its hosts, and none itself.
    this.#process ??= ProviderProcess.start({ script: DYNAMIC_PROVIDER, args: ["127.0.0.1:1"] });
    const process = await this.#process;
    const number = ++this.#count;
    const { check } = callsOver(process.client);
    const ask = (news: object) => check({}, { __provider: this.#maker, number, ...news });
    const { inputs: made } = await ask({ start });
    const begin = process.printed.length;
    return {
      process,
      number,
      made: made as Properties,
      printed: async () => {
        // A call's answer can be here before the lines written with it.
        const mark = `mark ${randomUUID()}\n`;
        await ask({ mark });
        while (process.printed.split(mark).length < 3) await sleep(1);
        return process.printed.slice(begin).replaceAll(/^mark [0-9a-f-]{36}\n/gm, "");
      },
      ended: () => Promise.reject(new Error("it shares its process: start it with ownProcess")),
      kill: async () => void (await ask({})),
    };
  }

  /** The next host is in another process. */
  async end(): Promise<void> {
    const process = await this.#process;
    this.#process = undefined;
    await process?.kill();
  }
}
