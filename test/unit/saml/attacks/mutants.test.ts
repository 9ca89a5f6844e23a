/** Mutants of genuine responses with a fixed seed; `test/kit/saml/mutate-for-ever.ts` goes on where this ends. */
import { describe, expect, it } from 'vitest';
import { resultReason, validatedText } from '../../../kit/objects/validated-response.ts';
import { brokenPromise, mutantFrom } from '../../../kit/saml/mutants.ts';

const firstSeed = 20_261_201;
const count = 3000;
const seeds = Array.from({ length: count }, (_, at) => firstSeed + at);

describe('CC-2 mutants of genuine responses', () => {
  it('never let in anyone but the person whom the provider named, and break nothing', () => {
    expect(seeds.flatMap((seed) => brokenPromise(seed) ?? [])).toEqual([]);
  });

  it('are the same for the same seed, and are refused by many different rules', () => {
    expect(mutantFrom(firstSeed)).toBe(mutantFrom(firstSeed));
    const reasons = new Set(
      seeds.slice(0, 1000).map((seed) => resultReason(validatedText(mutantFrom(seed)))),
    );
    expect(reasons.size).toBeGreaterThan(15);
  });
});
