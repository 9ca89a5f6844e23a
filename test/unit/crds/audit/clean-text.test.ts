import { expect, it } from 'vitest';
import { cutText } from '../../../../crds/audit/clean-text.ts';

it.each([
  ['the first astral character', '\u{10000}'],
  ['an emoji', '\u{1f600}'],
  ['the last character of all', '\u{10ffff}'],
])('a cut never goes through %s', (_, character) => {
  expect(cutText(`a${character}b`, 1)).toBe('a');
  expect(cutText(`a${character}b`, 2)).toBe('a');
  expect(cutText(`a${character}b`, 3)).toBe(`a${character}`);
});

it('text that fits is left as it is', () => {
  expect(cutText('abc', 3)).toBe('abc');
  expect(cutText('abc', 2)).toBe('ab');
  expect(cutText('\uffffb', 1)).toBe('\uffff');
});
