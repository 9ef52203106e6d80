import { plainLine } from "../text/plainLine";

export type Severity = "INFO" | "WARNING";

/** Where messages to the person at the terminal go. */
export interface MessageSink {
  /** @param ephemeral the next such line replaces it, and it is not repeated at the end */
  log(severity: Severity, line: string, ephemeral?: boolean): Promise<void>;
}

/** Of many tokens, so many warnings of a kind are given. */
const FIRST_FEW = 3;

/** What one run says: plain lines, and only when there is news. */
export class Messages {
  readonly #sink: MessageSink;
  readonly #said = new Set<string>();
  readonly #counts = new Map<string, number>();

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  /** @param text begins with the token id where there is one */
  warn(text: string): Promise<void> {
    return this.#sink.log("WARNING", plainLine(text));
  }

  info(text: string): Promise<void> {
    return this.#sink.log("INFO", plainLine(text));
  }

  /** How far long work has come. */
  progress(text: string): Promise<void> {
    return this.#sink.log("INFO", plainLine(text), true);
  }

  /**
   * Warns once in this run.
   *
   * @param topic what is said once; the text itself by default
   */
  async warnOnce(text: string, topic = text): Promise<void> {
    if (this.#said.has(topic)) return;
    this.#said.add(topic);
    await this.warn(text);
  }

  /** Warns once of what concerns one token, or of the first few where it is one of many. */
  warnOfOne(text: string, topic: string, isOneOfMany: boolean): Promise<void> {
    return isOneOfMany ? this.warnOfFew(text, topic) : this.warnOnce(text);
  }

  /** Warns of the first few of many. */
  async warnOfFew(text: string, topic: string): Promise<void> {
    const count = (this.#counts.get(topic) ?? 0) + 1;
    this.#counts.set(topic, count);
    const rest = count < FIRST_FEW ? "" : ". Further warnings of this kind are suppressed; see the records";
    if (count <= FIRST_FEW) await this.warnOnce(text + rest);
  }
}
