import { describe, expect, it } from 'vitest';
import { openSealedText, sealText } from '../../../../../webhook/gateway/sessions/sealed-text.ts';

const key = Buffer.alloc(32, 1);
const sealed = sealText(key, 'one', 'Grüße');

describe('sealed text', () => {
  it('opens with its key, for its purpose', () => {
    expect(openSealedText(key, 'one', sealed)).toBe('Grüße');
  });

  it.each([
    ['another key', Buffer.alloc(32, 2), 'one', sealed],
    ['a short key', Buffer.alloc(16, 1), 'one', sealed],
    ['another purpose', key, 'two', sealed],
    ['a piece of it', key, 'one', sealed.slice(0, -4)],
    ['nothing', key, 'one', ''],
    ['a nonce and a tag alone', key, 'one', Buffer.alloc(28).toString('base64url')],
  ])('does not open with %s', (_title, other, purpose, text) => {
    expect(openSealedText(other, purpose, text)).toBeUndefined();
  });

  it('is opened up to 2048 characters and no further', () => {
    const longest = sealText(key, 'one', 'x'.repeat(1508));
    expect(longest).toHaveLength(2048);
    expect(openSealedText(key, 'one', longest)).toHaveLength(1508);
    expect(openSealedText(key, 'one', sealText(key, 'one', 'x'.repeat(1509)))).toBeUndefined();
  });

  it('is never the same twice', () => {
    expect(sealText(key, 'one', 'Grüße')).not.toBe(sealed);
  });

  it('is not made with a key that is missing or short', () => {
    expect(() => sealText(undefined, 'one', '')).toThrow('32 bytes');
    expect(() => sealText(Buffer.alloc(31), 'one', '')).toThrow('32 bytes');
  });
});
