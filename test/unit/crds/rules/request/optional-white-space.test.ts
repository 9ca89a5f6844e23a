import { assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf, withoutOptionalSpace } from '../../../../../crds/rules/request/optional-white-space.ts';

/** Every character that JavaScript's `trim` removes, but for space and tab. */
const otherSpaces = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
  (mark) => mark.trim() === '' && mark !== ' ' && mark !== '\t',
);

describe('optional white space', () => {
  it('is space and tab, at both ends and nowhere else', () => {
    expect(withoutOptionalSpace(' \t a \t b\t ')).toBe('a \t b');
    expect(withoutOptionalSpace(' \t ')).toBe('');
    expect(partsOf('a ;\tb; ;c', ';')).toEqual(['a', 'b', '', 'c']);
  });

  it('is none of the other characters that JavaScript would trim', () => {
    expect(otherSpaces.length).toBeGreaterThan(20);
    for (const mark of otherSpaces) {
      expect(withoutOptionalSpace(`${mark}a${mark}`)).toBe(`${mark}a${mark}`);
      expect(partsOf(`${mark}a${mark},b`, ',')).toEqual([`${mark}a${mark}`, 'b']);
    }
  });

  it('is taken away once and for all', () => {
    assert(
      property(string({ unit: constantFrom(' ', '\t', '\u00a0', 'a', ';') }), (text) => {
        const once = withoutOptionalSpace(text);
        expect(withoutOptionalSpace(once)).toBe(once);
        expect(once).not.toMatch(/^[ \t]|[ \t]$/);
        expect(text).toContain(once);
      }),
    );
  });
});
