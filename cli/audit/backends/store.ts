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
   * The keys of all files in a folder and in those within it; none where there is no such folder.
   *
   * @param folder without a slash at its end
   * @throws UsageError where it cannot be listed
   */
  list(folder: string): Promise<readonly string[]>;
  /**
   * What was stored, byte for byte.
   *
   * @throws Error whose message is a sentence that names the key
   */
  read(key: string): Promise<Buffer>;
}
