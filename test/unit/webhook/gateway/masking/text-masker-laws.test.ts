/** Laws of masking over generated texts, each in generated chunks. */
import { describe, it } from 'vitest';
import { jsonStaysValid, noAddressSurvives, othersStayAsTheyAre } from './text-masker-laws.ts';

describe('the masker of e-mail addresses', () => {
  it('lets no address of any written form survive, in any chunking', () => noAddressSurvives(700));

  it('keeps JSON valid around what it takes out', () => jsonStaysValid(400));

  it('changes no text without an at-sign in any form', () => othersStayAsTheyAre(300));
});
