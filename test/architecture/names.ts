/** What files are called, and what they may export. */
import { describe, expect, it } from 'vitest';
import { filesBelow, type SourceFile } from '../kit/architecture/source-files.ts';
import { topRooms } from './rooms.ts';
import { complaints, everything, product } from './sources.ts';

const bannedNames = /(^|[/-])(utils?|helpers?|common|misc|managers?|base|types)(\.ts$|\/|-)/;

describe('names of files', () => {
  it('say what is inside: no utils, helpers, common, misc, manager, base or types', () => {
    const paths = [...topRooms, 'test', 'tools', 'examples', 'charts', 'docs'].flatMap(filesBelow);
    expect(paths.filter((path) => bannedNames.test(path))).toEqual([]);
  });

  it('are kebab-case', () => {
    const odd = everything.map((file) => file.path).filter((path) => !/^[a-z0-9./-]+$/.test(path));
    expect(odd).toEqual([]);
  });
});

describe('exports', () => {
  it('are never a default', () => {
    expect(product.filter((file) => file.exportsDefault).map((file) => file.path)).toEqual([]);
  });

  it('are nothing that can be changed from outside', () => {
    const found = complaints(product, (file) =>
      file.exportsMutable.map((name) => `${file.path} exports ${name}`),
    );
    expect(found).toEqual([]);
  });

  it('have each type and function under a name of its own', () => {
    expect(namesakes(product)).toEqual([]);
  });
});

/** Kubernetes' own forms, described on two ground floors that never import each other: one thing, so one name. */
const ofKubernetes = ['ObjectMeta', 'OwnerReference'];

/** Names that more than one file gives to a type, a class or a function of its own. */
function namesakes(files: readonly SourceFile[]): string[] {
  const owners = new Map<string, string[]>();
  for (const { path, exports } of files) {
    const own = exports.filter(({ name, kind }) => kind !== 'value' && !ofKubernetes.includes(name));
    for (const { name } of own) owners.set(name, [...(owners.get(name) ?? []), path]);
  }
  return [...owners]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name}: ${paths.join(', ')}`);
}
