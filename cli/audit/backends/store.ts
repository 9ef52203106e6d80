/**
 * Where a self-managed backend keeps its files: a folder, a bucket, a table. Nothing else of it is used, and nothing is
 * written. Keys are as Pulumi names the files, from the backend's root: `.pulumi/stacks/<project>/<stack>.json`.
 */
export interface Store {
  /** `"file"`, `"s3"`, `"azblob"`, `"gs"`, `"postgres"`. */
  readonly kind: string;
  /** For messages: what it is and where, without a password. */
  readonly description: string;
  /**
   * What lies directly in a folder; nothing where there is no such folder.
   *
   * @param folder without a slash at its end
   * @throws UsageError where it cannot be listed
   */
  list(folder: string): Promise<Listing>;
  /**
   * What was stored, byte for byte; undefined where there is nothing of that name.
   *
   * @throws Error whose message is a sentence that names the key
   */
  read(key: string): Promise<Buffer | undefined>;
}

/** What lies directly in a folder, in no order. */
export interface Listing {
  readonly files: readonly StoredFile[];
  /** Their names, without what is before. */
  readonly folders: readonly string[];
}

export interface StoredFile {
  readonly key: string;
  /** When it was written, in milliseconds since 1970. */
  readonly modified: number;
}
