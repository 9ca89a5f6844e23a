/**
 * Draws the sample: the same seed over the same sources gives the same mutants. Kinds take turns, so that a frequent kind
 * does not crowd out a rare and dangerous one, and a file gives at most its share, so that a long one does not either.
 */
import type { Mutant } from './mutants.ts';

/** A small generator of numbers in [0, 1) (mulberry32): seedable, which Math.random is not. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** At most `size` of the mutants. */
export function draw(mutants: readonly Mutant[], size: number, seed: number): readonly Mutant[] {
  const random = randomFrom(seed);
  const byKind = Map.groupBy(mutants, ({ kind }) => kind);
  const piles = [...byKind.keys()].toSorted().map((kind) => shuffled(byKind.get(kind) ?? [], random));
  const files = new Set(mutants.map(({ path }) => path)).size;
  // Twice an even share: enough that large files are seen more often than small ones.
  const mostPerFile = Math.max(2, Math.ceil((2 * size) / Math.max(1, files)));
  const perFile = new Map<string, number>();
  const drawn: Mutant[] = [];
  while (drawn.length < size && piles.some((pile) => pile.length > 0)) {
    for (const pile of piles) {
      const next = pile.findIndex(({ path }) => (perFile.get(path) ?? 0) < mostPerFile);
      if (next === -1) pile.length = 0;
      const [mutant] = next === -1 ? [] : pile.splice(next, 1);
      if (mutant === undefined || drawn.length === size) continue;
      perFile.set(mutant.path, (perFile.get(mutant.path) ?? 0) + 1);
      drawn.push(mutant);
    }
  }
  return drawn;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const rest = [...items];
  for (let last = rest.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [rest[last], rest[other]] = [rest[other] as T, rest[last] as T];
  }
  return rest;
}
