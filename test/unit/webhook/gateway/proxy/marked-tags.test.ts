import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pseudonymsOf, type SealedTags } from '../../../../../webhook/gateway/masking/pseudonyms.ts';
import {
  markedTag,
  markOf,
  tagsMaskedSo,
  unmarkedTags,
} from '../../../../../webhook/gateway/proxy/marked-tags.ts';

const sealOf = (session: string): SealedTags =>
  pseudonymsOf({ keys: [Buffer.alloc(32, 7)], grant: 'g', session, names: new Map() }).tags;
const seal = sealOf('session-1');
const mark = markOf('EmailAddress', 'matrix-1');
const marked = (tag: string, as = mark): string =>
  markedTag(tag, { mark: as, seal }) ?? expect.unreachable(tag);

describe('the tag of a masked body', () => {
  it.each(['"v3"', 'W/"v3"', '""', '"a,b"', '"masked-12345678-x"', '"é"'])(
    '%s comes back as it was written',
    (tag) => {
      expect(marked(tag)).not.toBe(tag);
      expect(unmarkedTags(marked(tag), seal)).toBe(tag);
      expect(tagsMaskedSo(marked(tag), { mark, seal })).toBe(tag);
    },
  );

  it('stays weak where it was, and is another one where the masking is another', () => {
    expect(marked('W/"v3"')).toMatch(/^W\/"masked-[\w-]{8}-[\w-]{40}"$/);
    expect(marked('"v3"', markOf('EmailAddress', 'matrix-2'))).not.toBe(marked('"v3"'));
    expect(markOf('a', 'b')).not.toBe(markOf('ab'));
  });

  it.each(['v3', '"v3', '"a" "b"', 'W/v3', '"a"b"', ''])('is none where %j is none', (tag) => {
    expect(markedTag(tag, { mark, seal })).toBeUndefined();
  });
});

describe('what the tag of a masked body tells', () => {
  const body = '{"name":"x","dob":"geboren am 01.03.1970"}';
  const digest = `W/"${body.length.toString(16)}-${hash('sha1', body, 'base64').slice(0, 27)}"`;

  it('CC-10 is the same for the same version, and nothing that can be tried against guesses of the body', () => {
    expect(marked(digest)).toBe(marked(digest));
    expect(marked(digest)).not.toContain(digest.slice(3, -1));
    expect(markedTag(digest, { mark, seal: sealOf('session-2') })).not.toBe(marked(digest));
  });

  it('CC-10 is opened for its session alone, and by nothing that opens values', () => {
    expect(unmarkedTags(marked(digest), sealOf('session-2'))).toBe(marked(digest));
    expect(unmarkedTags(marked(digest), undefined)).toBe(marked(digest));
    expect(tagsMaskedSo(marked(digest), { mark, seal: sealOf('session-2') })).toBeUndefined();
    const values = pseudonymsOf({
      keys: [Buffer.alloc(32, 7)],
      grant: 'g',
      session: 'session-1',
      names: new Map(),
    });
    expect(values.open(seal.seal(digest))).toBeUndefined();
    expect(seal.open(seal.seal(digest))).toBe(digest);
  });
});

describe('If-Match', () => {
  it('names to the application what it wrote, also of a version that was masked otherwise, or not at all', () => {
    const other = marked('"v2"', markOf('x'));
    expect(unmarkedTags(`${marked('"v3"')}, ${other},"v1" , W/"w"`, seal)).toBe('"v3", "v2", "v1", W/"w"');
  });

  it.each(['*', 'v3', '"a" "b"', '"a",, "b"', ''])('%j passes as it is', (written) => {
    expect(unmarkedTags(written, seal)).toBe(written);
  });
});

describe('If-None-Match', () => {
  it('names what the client has masked as it would be now, and nothing else', () => {
    const others = ['"v1"', marked('"v2"', markOf('x'))];
    expect(tagsMaskedSo([...others, marked('"v3"'), marked('W/"v4"')].join(', '), { mark, seal })).toBe(
      '"v3", W/"v4"',
    );
    expect(tagsMaskedSo(others.join(', '), { mark, seal })).toBeUndefined();
    expect(tagsMaskedSo(' * ', { mark, seal })).toBe('*');
    for (const odd of ['v3', `${marked('"v3"')} x`, ''])
      expect(tagsMaskedSo(odd, { mark, seal }), odd).toBeUndefined();
  });
});
