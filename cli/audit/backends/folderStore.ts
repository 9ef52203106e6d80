import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { UsageError } from "../../usageError";
import { NotThere } from "./stackSource";
import type { Store } from "./store";

/**
 * The folder of a `file://` backend.
 *
 * @param folder what a relative address starts from
 */
export function folderOf(url: string, folder: string): string {
  const path = url.slice("file://".length).split("?", 1)[0] ?? "";
  const plain = /%[0-9a-f]{2}/i.test(path) ? decoded(path) : path;
  return resolve(folder, plain.replace(/^~(?=$|[/\\])/, homedir()));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A folder on a disk. */
export class FolderStore implements Store {
  readonly kind = "file";

  /** @param description the folder */
  constructor(readonly description: string) {}

  async list(folder: string): Promise<string[]> {
    try {
      const entries = await readdir(join(this.description, folder), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map(({ parentPath, name }) => relative(this.description, join(parentPath, name)).split(sep).join("/"));
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
      throw new UsageError(`Cannot read ${folder} in ${this.description}: ${codeOf(error)}.`);
    }
  }

  async read(key: string): Promise<Buffer> {
    let bytes: Buffer | undefined;
    try {
      bytes = await this.#bytesOf(key);
    } catch (error) {
      const isGone = codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
      throw new (isGone ? NotThere : Error)(`Cannot read ${key}: ${codeOf(error)}`);
    }
    if (!bytes) throw new Error(`${key} leads out of the backend, or is not a regular file. It was not read`);
    return bytes;
  }

  /** Undefined for a link that leads out of the backend, and for a pipe, which may never end. */
  async #bytesOf(key: string): Promise<Buffer | undefined> {
    const folder = await realpath(join(this.description, ".pulumi"));
    const path = await realpath(join(this.description, key));
    const isOwn = path.startsWith(folder + sep) && (await stat(path)).isFile();
    return isOwn ? readFile(path) : undefined;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown error";
}
