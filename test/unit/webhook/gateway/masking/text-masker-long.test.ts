/** The laws of masking over more texts than the inner loop has time for. */
import { describe, it } from 'vitest';
import { jsonStaysValid, noAddressSurvives, othersStayAsTheyAre } from './text-masker-laws.ts';

describe('the masker of e-mail addresses, over many texts', () => {
  it(
    'lets no address of any written form survive, in any chunking',
    () => noAddressSurvives(20_000),
    600_000,
  );

  it('keeps JSON valid around what it takes out', () => jsonStaysValid(10_000), 600_000);

  it('changes no text without an at-sign in any form', () => othersStayAsTheyAre(10_000), 600_000);
});
