import { plainLine } from "../../provider/text/plainLine";
import { identifyTokens } from "../../provider/tokens/findTokens";
import { redactTokenValues } from "../../provider/tokens/redact";
import { print } from "../output";
import { BinaryError, findIn } from "./findIn";
import { type Entry, type Reader, withFile, withStandardInput } from "./inputFiles";
import type { Format } from "./occurrenceFormats";
import { Progress } from "./searchProgress";

/** How many of the skipped files are named. */
const MOST_NAMED = 20;

/** One run over files: prints each find at once, and lists on standard error what was not searched. */
export class Search {
  readonly #format: Format;
  readonly #progress = new Progress();
  #files = 0;
  #skipped = 0;
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
    if (entry.kind === "file") await this.#attempt(name, () => withFile(entry.path, (read) => this.#look(name, read)));
    else if (entry.kind === "skipped") this.#skip(name, entry.why);
    else this.#failed(name, entry.error);
  }

  async visitStandardInput(): Promise<void> {
    const name = "(standard input)";
    await this.#attempt(name, () => withStandardInput((read) => this.#look(name, read)));
  }

  async #attempt(name: string, look: () => Promise<void>): Promise<void> {
    if (this.#abandoned) return;
    this.#files++;
    try {
      await look();
    } catch (error) {
      if (error instanceof BinaryError) this.#skip(name, "binary");
      else if (isSystemError(error)) this.#failed(name, error);
      else throw error;
    }
  }

  async #look(name: string, read: Reader): Promise<void> {
    const source = withoutValues(name);
    for await (const step of findIn(read)) {
      this.#progress.add(step.read, step.found.length);
      if (step.found.length === 0) continue;
      this.found = true;
      await this.#print(this.#format.rows(step.found.map((each) => ({ ...each, source }))));
      if (this.#abandoned) break;
    }
  }

  async end(): Promise<void> {
    await this.#print(await this.#format.end());
    const unnamed = this.#skipped - MOST_NAMED;
    if (unnamed > 0) this.#say(`Skipped ${unnamed} more.`);
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

  #failed(name: string, error: unknown): void {
    this.incomplete = true;
    this.#say(`Cannot read ${withoutValues(name)}: ${reasonOf(error)}`);
  }

  #say(line: string): void {
    this.#progress.clear();
    process.stderr.write(`${plainLine(line)}\n`);
  }
}

/** A file's name may itself contain a token value. */
function withoutValues(name: string): string {
  const redacted = redactTokenValues(name);
  return identifyTokens(redacted).length === 0 ? redacted : "(a name that contains a token value)";
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ELOOP: "its symbolic links form a loop",
  ENAMETOOLONG: "its name is too long",
};

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function reasonOf(error: unknown): string {
  const code = isSystemError(error) ? (error.code ?? "") : "";
  return REASONS[code] ?? code;
}
