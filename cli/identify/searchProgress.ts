const SILENT_FOR = 1000;
const EVERY = 200;

/** A progress line at a terminal; a pipe or a file gets none. */
export class Progress {
  readonly #terminal = process.stderr.isTTY;
  #next = Date.now() + SILENT_FOR;
  #shown = false;
  #read = 0;
  #found = 0;

  add(read: number, found: number): void {
    this.#read += read;
    this.#found += found;
    if (!this.#terminal || Date.now() < this.#next) return;
    this.#next = Date.now() + EVERY;
    this.#shown = true;
    const text = `${megabytes(this.#read)} read, ${this.#found} found`;
    process.stderr.write(`\r${text.slice(0, (process.stderr.columns || 80) - 1)}\x1b[K`);
  }

  /** Removes the line before other output. */
  clear(): void {
    if (this.#shown) process.stderr.write("\r\x1b[K");
    this.#shown = false;
  }

  /** The last line, which stays. */
  end(files: number): void {
    this.clear();
    if (!this.#terminal) return;
    const values = this.#found === 1 ? "1 token value" : `${this.#found || "No"} token values`;
    process.stderr.write(`${values} in ${files === 1 ? "1 file" : `${files} files`}, ${megabytes(this.#read)}.\n`);
  }
}

function megabytes(bytes: number): string {
  const megabytes = bytes / 1e6;
  return megabytes < 1000 ? `${megabytes.toFixed(megabytes < 10 ? 1 : 0)} MB` : `${(megabytes / 1000).toFixed(1)} GB`;
}
