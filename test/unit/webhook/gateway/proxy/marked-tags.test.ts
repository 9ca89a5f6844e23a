import { describe, expect, it } from 'vitest';
import {
  markedTag,
  markOf,
  tagsMaskedSo,
  unmarkedTags,
} from '../../../../../webhook/gateway/proxy/marked-tags.ts';

const mark = markOf('EmailAddress', 'matrix-1');
const marked = (tag: string, as = mark): string => markedTag(tag, as) ?? expect.unreachable(tag);

describe('the tag of a masked body', () => {
  it.each(['"v3"', 'W/"v3"', '""', '"a,b"', '"masked-12345678-x"', '"é"'])(
    '%s comes back as it was written',
    (tag) => {
      expect(marked(tag)).not.toBe(tag);
      expect(unmarkedTags(marked(tag))).toBe(tag);
      expect(tagsMaskedSo(marked(tag), mark)).toBe(tag);
    },
  );

  it('stays weak where it was, and is another one where the masking is another', () => {
    expect(marked('W/"v3"')).toMatch(/^W\/"masked-[\w-]{8}-v3"$/);
    expect(marked('"v3"', markOf('EmailAddress', 'matrix-2'))).not.toBe(marked('"v3"'));
    expect(markOf('a', 'b')).not.toBe(markOf('ab'));
  });

  it.each(['v3', '"v3', '"a" "b"', 'W/v3', '"a"b"', ''])('is none where %j is none', (tag) => {
    expect(markedTag(tag, mark)).toBeUndefined();
  });
});

describe('If-Match', () => {
  it('names to the application what it wrote, also of a version that was masked otherwise, or not at all', () => {
    const other = marked('"v2"', markOf('x'));
    expect(unmarkedTags(`${marked('"v3"')}, ${other},"v1" , W/"w"`)).toBe('"v3", "v2", "v1", W/"w"');
  });

  it.each(['*', 'v3', '"a" "b"', '"a",, "b"', ''])('%j passes as it is', (written) => {
    expect(unmarkedTags(written)).toBe(written);
  });
});

describe('If-None-Match', () => {
  it('names what the client has masked as it would be now, and nothing else', () => {
    const others = ['"v1"', marked('"v2"', markOf('x'))];
    expect(tagsMaskedSo([...others, marked('"v3"'), marked('W/"v4"')].join(', '), mark)).toBe('"v3", W/"v4"');
    expect(tagsMaskedSo(others.join(', '), mark)).toBeUndefined();
    expect(tagsMaskedSo(' * ', mark)).toBe('*');
    for (const odd of ['v3', `${marked('"v3"')} x`, '']) expect(tagsMaskedSo(odd, mark), odd).toBeUndefined();
  });
});
