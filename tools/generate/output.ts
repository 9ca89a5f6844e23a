/** What a generator says: the folder that is all its own, and each file that must be in it. */
export interface Output {
  /** Folder, relative to the repository; and any other file in it is stale unless it is shared. */
  readonly folder: string;
  /** Other files of the folder have another origin; without it, they are stale. */
  readonly isShared?: true;
  /** File name to content, both deterministic. */
  readonly files: ReadonlyMap<string, string>;
}
