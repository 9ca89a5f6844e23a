import { expect, it } from 'vitest';
import { dataClasses } from '../../../../../webhook/gateway/masking/classes/index.ts';

/** Texts that could always go on, some made of marks that a class searches for. */
const openTexts = [
  'a'.repeat(9000),
  '@'.repeat(9000),
  `${'a.'.repeat(4000)}@`,
  `a@${'bb.'.repeat(3000)}`,
  'a%40'.repeat(2000),
  '\\'.repeat(9000),
  '4'.repeat(9000),
  '4111 '.repeat(1800),
  `+1${'(2) '.repeat(2000)}`,
  '01 '.repeat(3000),
  'DE89 '.repeat(1800),
  '\\u00a01'.repeat(1300),
];

it.each(dataClasses)('$name never holds back more than what it may look at', ({ find, reach }) => {
  // The mark between the two and the backslashes in front of it.
  const mark = 40;
  for (const text of openTexts) {
    for (let length = 1; length < text.length; length += 97) {
      const searched = text.slice(0, length);
      const open = find(searched, { kind: 'plain', final: false }, () => undefined);
      expect(length - open).toBeLessThanOrEqual(reach.back + reach.ahead + mark);
    }
  }
});
