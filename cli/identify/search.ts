import { plainLine } from "../../provider/text/plainLine";
import { redactTokenValues } from "../../provider/tokens/redact";
import { valuesIn } from "../../provider/tokens/valuesIn";
import { print, whyUnread } from "../output";
import type { Compression } from "./compression";
import { findIn } from "./findIn";
import { type Entry, type Reader, withFile, withStandardInput } from "./inputFiles";
import { NearMisses } from "./nearMissLines";
import type { Format } from "./occurrenceFormats";
import { Progress } from "./searchProgress";

/** How many of the skipped files are named. */
const MOST_NAMED = 20;

const STANDARD_INPUT = "(standard input)";
const COMMAND = "npx --no pulumi-datadog-revocation identify";

/** One run over files: prints each find at once, and tells on standard error of near misses and what was not searched. */
export class Search {
  readonly #format: Format;
  readonly #progress = new Progress();
  #files = 0;
  #skipped = 0;
  readonly #nearMisses = new NearMisses((line) => this.#say(line));
  /** Whether any value was found. */
  found = false;
  /** Whether anything could not be read. */
  incomplete = false;
  /** Whether the reader of the output has gone away: on endless input the search would never stop. */
  #abandoned = false;

  constructor(format: Format) {
    this.#format = format;
  }

  async visit(entry: Entry): Promise<void> {
    const name = entry.path.toString();
    if (entry.kind === "skipped") this.#skip(name, entry.why);
    else if (entry.kind === "unreadable") this.#failed(name, entry.error);
    else await this.#attempt(name, () => withFile(entry.path, (read) => this.#look(name, read, entry.named)));
  }

  async visitStandardInput(): Promise<void> {
    await this.#attempt(STANDARD_INPUT, () => withStandardInput((read) => this.#look(STANDARD_INPUT, read, true)));
  }

  async #attempt(name: string, look: () => Promise<void>): Promise<void> {
    if (this.#abandoned) return;
    this.#files++;
    try {
      await look();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#failed(name, error);
    }
  }

  async #look(name: string, read: Reader, named: boolean): Promise<void> {
    const source = withoutValues(name);
    const { compression, steps } = await findIn(read);
    let found = false;
    for await (const step of steps) {
      this.#progress.add(step.read, step.found.length);
      for (const nearMiss of step.nearMisses) this.#nearMisses.tell({ ...nearMiss, source });
      if (step.found.length === 0) continue;
      found = true;
      await this.#print(this.#format.rows(step.found.map((each) => ({ ...each, source }))));
      if (this.#abandoned) break;
    }
    this.found ||= found;
    if (compression) this.#compressed(name, compression, { named, found });
  }

  async end(): Promise<void> {
    await this.#print(await this.#format.end());
    const unnamed = this.#skipped - MOST_NAMED;
    if (unnamed > 0) this.#say(`Skipped ${unnamed} more.`);
    this.#nearMisses.end(this.found);
    this.#progress.end(this.#files);
  }

  async #print(text: string): Promise<void> {
    if (text === "") return;
    this.#progress.clear();
    this.#abandoned ||= !(await print(text));
  }

  #skip(name: string, why: string): void {
    this.#skipped++;
    if (this.#skipped <= MOST_NAMED) this.#say(`Skipped ${withoutValues(name)}: ${why}`);
  }

  /** What the user named must not pass for searched; in folders there are always some. */
  #compressed(
    name: string,
    { name: format, unpack }: Compression,
    { named, found }: Record<"named" | "found", boolean>,
  ) {
    const command = `${unpack(name === STANDARD_INPUT ? "FILE" : shellWord(withoutValues(name)))} | ${COMMAND}`;
    const what = `compressed (${format}): what is inside was not searched. Search it with: ${command}`;
    if (!named) this.#skip(name, what);
    else this.#say(`${withoutValues(name)}: ${what}`);
    if (named && !found) this.incomplete = true;
  }

  #failed(name: string, error: unknown): void {
    this.incomplete = true;
    this.#say(`Cannot read ${withoutValues(name)}: ${whyUnread(error)}`);
  }

  #say(line: string): void {
    this.#progress.clear();
    process.stderr.write(`${plainLine(line)}\n`);
  }
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A file's name may itself contain a token value. */
function withoutValues(name: string): string {
  const redacted = redactTokenValues(name);
  return valuesIn(redacted).length === 0 ? redacted : "(a name that contains a token value)";
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
