/** That the laws of this folder would notice what they forbid, on small houses made up for it. */
import { describe, expect, it } from 'vitest';
import { cyclesIn, folderCirclesIn } from './circles.ts';
import { mayImport } from './rooms.ts';

/** A house of files; `a.ts: b.ts` says that a imports b. */
function house(lines: readonly string[]) {
  return lines.map((line) => {
    const [path = '', imports = ''] = line.split(': ');
    return { path, ours: imports.split(' ').filter(Boolean) };
  });
}

describe('the search for circles', () => {
  it('finds one of two files, and a longer one, each once', () => {
    const files = house([
      'a.ts: b.ts',
      'b.ts: a.ts c.ts',
      'c.ts: d.ts',
      'd.ts: e.ts',
      'e.ts: c.ts',
      'f.ts: a.ts',
    ]);
    expect(cyclesIn(files)).toEqual([
      ['a.ts', 'b.ts'],
      ['c.ts', 'd.ts', 'e.ts'],
    ]);
  });

  it('finds a folder that imports what composes it', () => {
    const files = house(['x/start.ts: x/room/a.ts', 'x/room/a.ts: x/start.ts', 'x/room/b.ts']);
    expect(folderCirclesIn(files)).toEqual([['x/room', 'x/start.ts']]);
  });

  it('finds two folders that import each other through different files', () => {
    const files = house(['x/left/a.ts: x/right/a.ts', 'x/right/b.ts: x/left/b.ts']);
    expect(folderCirclesIn(files)).toEqual([['x/left', 'x/right']]);
  });

  it('leaves alone a folder between the file that composes it and the file that serves it', () => {
    const files = house(['x/list.ts: x/entries/a.ts', 'x/entries/a.ts: x/form.ts', 'x/form.ts']);
    expect(folderCirclesIn(files)).toEqual([]);
  });
});

describe('the plan', () => {
  it.each([
    ['its own files', 'kube/http', 'kube/http', true],
    ['a room below it', 'kube/api', 'kube/http', true],
    ['a room above it', 'kube/http', 'kube/api', false],
    ['the ground, with all its rooms', 'operator/grant', 'crds/rules/checks', true],
    ['another kind', 'operator/grant', 'operator/policy', false],
    ['the layers before it', 'operator/grant', 'operator/watching', true],
    ['the list of controllers', 'operator/grant', 'operator', false],
    ['the other process', 'webhook/gateway/sessions', 'webhook/in-cluster/records', false],
    ['another program', 'webhook/gateway', 'operator/outputs', false],
    ['a handler, as a service', 'webhook/gateway/sessions', 'webhook/gateway/handlers', false],
    ['nothing, in a folder that it does not name', 'crds/elsewhere', 'crds/rules', false],
  ])('says of %s: %s imports %s', (_title, room, to, allowed) => {
    expect(mayImport(room, to)).toBe(allowed);
  });
});
