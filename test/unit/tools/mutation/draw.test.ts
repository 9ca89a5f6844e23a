import { expect, it } from 'vitest';
import { draw } from '../../../../tools/mutation/draw.ts';
import type { Mutant } from '../../../../tools/mutation/mutants.ts';

function some(count: number, path: string, kind: string): Mutant[] {
  const one = { path, kind, end: 1, before: 'a', after: 'b', context: '' };
  return Array.from({ length: count }, (_, start) => ({ ...one, line: start + 1, start }));
}

const many = [
  ...some(200, 'a.ts', 'operator'),
  ...some(200, 'b.ts', 'operator'),
  ...some(5, 'a.ts', 'await dropped'),
];

it('gives the same sample for the same seed, and another for another', () => {
  expect(draw(many, 20, 7)).toEqual(draw(many, 20, 7));
  expect(draw(many, 20, 7)).not.toEqual(draw(many, 20, 8));
});

it('gives as many as asked for, each once', () => {
  const drawn = draw(many, 20, 7);
  expect(new Set(drawn).size).toBe(20);
});

it('gives all when fewer are there', () => {
  const few = some(2, 'a.ts', 'operator');
  expect(draw(few, 20, 7).toSorted((a, b) => a.start - b.start)).toEqual(few);
  expect(draw([], 20, 7)).toEqual([]);
});

it('lets a rare kind take its turn', () => {
  expect(draw(many, 10, 7).filter(({ kind }) => kind === 'await dropped')).toHaveLength(5);
});

it('takes no more from one file than its share', () => {
  const files = Array.from({ length: 10 }, (_, index) => some(2, `${index}.ts`, 'operator')).flat();
  const drawn = draw([...some(500, 'long.ts', 'operator'), ...files], 11, 7);
  expect(drawn).toHaveLength(11);
  expect(drawn.filter(({ path }) => path === 'long.ts').length).toBeLessThanOrEqual(2);
});
