/** Finds the tests that a change of one source file could make fail: those of its room that import the file, over any number of hops. */
import { type SourceFile, sourcesOf } from '../../test/kit/architecture/source-files.ts';

/** Whether a test takes part; those that need a cluster, load the machine, or take long do not. */
const isQuick = (path: string): boolean =>
  path.endsWith('.test.ts') && !/-(?:under-load|long)\.test\.ts$/.test(path);

export interface RelatedTests {
  /** Paths of the tests below `folders` that import `path`, itself or through others. */
  of(path: string, folders: readonly string[]): readonly string[];
}

/** Reads the imports of the whole repository once. */
export function readRelatedTests(
  folders: readonly string[] = [
    'crds',
    'kube',
    'process',
    'saml',
    'trail',
    'operator',
    'webhook',
    'cli',
    'test',
  ],
): RelatedTests {
  return relatedTestsAmong(sourcesOf(folders));
}

/** The same over sources that were read already. */
export function relatedTestsAmong(files: readonly Pick<SourceFile, 'path' | 'ours'>[]): RelatedTests {
  const importers = new Map<string, string[]>();
  for (const { path, ours } of files)
    for (const to of ours) importers.set(to, [...(importers.get(to) ?? []), path]);
  return {
    of: (path, folders) => {
      const seen = new Set([path]);
      for (const file of seen) for (const importer of importers.get(file) ?? []) seen.add(importer);
      const isOfRoom = (test: string): boolean => folders.some((folder) => test.startsWith(folder));
      return [...seen].filter((test) => isQuick(test) && isOfRoom(test)).toSorted();
    },
  };
}
