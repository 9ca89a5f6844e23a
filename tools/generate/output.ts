/** What a generator says: the folder that is all its own, and each file that must be in it. */
export interface Output {
  /** Folder, relative to the repository; any other file in it is stale. */
  readonly folder: string;
  /** File name to content, both deterministic. */
  readonly files: ReadonlyMap<string, string>;
}
