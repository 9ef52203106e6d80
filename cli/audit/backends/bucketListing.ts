import type { Listing, StoredFile } from "./store";

/** The listing of a folder in a bucket, taken in as buckets tell it: by whole names, and folders with a slash at their end. */
export class BucketListing implements Listing {
  readonly files: StoredFile[] = [];
  readonly folders: string[] = [];
  /** What the names in the folder begin with. */
  readonly prefix: string;

  /** @param root what stands before each key in the bucket */
  constructor(
    private readonly root: string,
    folder: string,
  ) {
    this.prefix = `${root}${folder}/`;
  }

  /** @param modified milliseconds since 1970 */
  addFile(name: string, modified: number): void {
    this.files.push({ key: name.slice(this.root.length), modified });
  }

  addFolder(name: string): void {
    this.folders.push(name.slice(this.prefix.length, -1));
  }
}
