import { statSync } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import { UsageError } from "../../usageError";
import type { Listing, Store } from "./store";

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

  async list(folder: string): Promise<Listing> {
    try {
      const entries = await readdir(join(this.description, folder), { withFileTypes: true });
      const files = entries.filter((entry) => !entry.isDirectory());
      return {
        files: files.map(({ parentPath, name }) => ({
          key: `${folder}/${name}`,
          modified: modifiedAt(join(parentPath, name)),
        })),
        folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
      };
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return { files: [], folders: [] };
      throw new UsageError(`Cannot read ${folder} in ${this.description}: ${codeOf(error)}.`);
    }
  }

  async read(key: string): Promise<Buffer | undefined> {
    let bytes: Buffer | undefined;
    try {
      bytes = await this.#bytesOf(key);
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
      throw new Error(`Cannot read ${key}: ${codeOf(error)}`);
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

/** Of a link that leads nowhere, or around in a circle: 0. Reading it says what is wrong, and hides nothing else. */
function modifiedAt(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown error";
}
