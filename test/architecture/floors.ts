/** Who may import whom: the floors of the house, the layers inside its rooms, and that nothing goes round in circles. */
import { describe, expect, it } from 'vitest';
import { cyclesIn, folderCirclesIn } from './circles.ts';
import { mayImport, rooms, topRooms } from './rooms.ts';
import { complaints, everything, folderOf, product } from './sources.ts';

describe('the plan of the house', () => {
  it('names every folder that holds code', () => {
    const unnamed = product.map((file) => folderOf(file.path)).filter((folder) => !(folder in rooms));
    expect([...new Set(unnamed)]).toEqual([]);
  });

  it('names no folder that is gone', () => {
    const folders = new Set(product.map((file) => folderOf(file.path)));
    expect(Object.keys(rooms).filter((room) => room !== 'crds/generated' && !folders.has(room))).toEqual([]);
  });
});

describe('imports', () => {
  it('go only where the plan allows', () => {
    const found = complaints(product, (file) =>
      file.ours
        .filter((to) => !mayImport(folderOf(file.path), folderOf(to)))
        .map((to) => `${file.path} imports ${to}`),
    );
    expect(found).toEqual([]);
  });

  it('of handlers are made by start.ts and the two tables of routes alone', () => {
    const handlers = 'webhook/gateway/handlers';
    const composing = ['start.ts', 'routes.ts', 'inner-routes.ts'].map((file) => `webhook/gateway/${file}`);
    const outside = product.filter(
      ({ path }) => !path.startsWith(`${handlers}/`) && !composing.includes(path),
    );
    const found = complaints(outside, (file) =>
      file.ours.filter((to) => to.startsWith(`${handlers}/`)).map((to) => `${file.path} imports ${to}`),
    );
    expect(found).toEqual([]);
  });

  it('of handlers never lead to another handler', () => {
    const handlers = 'webhook/gateway/handlers';
    const inside = product.filter(({ path }) => path.startsWith(`${handlers}/`));
    const found = complaints(inside, (file) =>
      file.ours
        .filter((to) => to.startsWith(`${handlers}/`))
        .filter((to) => folderOf(to) === handlers || folderOf(to) !== folderOf(file.path))
        .map((to) => `${file.path} imports ${to}`),
    );
    expect(found).toEqual([]);
  });

  it('of the product never lead to tests, tools or examples', () => {
    const found = complaints(product, (file) =>
      file.ours
        .filter((to) => !topRooms.some((room) => to.startsWith(`${room}/`)))
        .map((to) => `${file.path} imports ${to}`),
    );
    expect(found).toEqual([]);
  });

  it('of the test kit never lead to the demo, the benchmarks or the tests', () => {
    const kit = everything.filter((file) => file.path.startsWith('test/kit/'));
    const found = complaints(kit, (file) =>
      file.ours
        .filter((to) => to.startsWith('test/') && !to.startsWith('test/kit/'))
        .map((to) => `${file.path} imports ${to}`),
    );
    expect(found).toEqual([]);
  });
});

describe('circles', () => {
  it('there are none among files', () => {
    expect(cyclesIn(everything)).toEqual([]);
  });

  it('there are none among the entries of any folder', () => {
    expect(folderCirclesIn(product)).toEqual([]);
  });
});
