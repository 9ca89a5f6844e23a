/** A mask that comes back is seen, in each form in which a browser or a program sends it, however it is cut. */
import { describe, expect, it } from 'vitest';
import { dataClasses } from '../../../../../webhook/gateway/masking/classes/index.ts';
import { numberMask } from '../../../../../webhook/gateway/masking/classes/number-finder.ts';
import { carriesMask, MaskWatch } from '../../../../../webhook/gateway/masking/mask-watch.ts';
import { maskText } from '../../../../../webhook/gateway/masking/text-masker.ts';

function seenIn(bytes: Buffer, size: number): boolean {
  const watch = new MaskWatch();
  for (let at = 0; at < bytes.length; at += size) if (watch.sees(bytes.subarray(at, at + size))) return true;
  return false;
}

const forms: readonly (readonly [name: string, written: (mask: string) => string])[] = [
  ['as it is', (mask) => mask],
  ['a form', (mask) => new URLSearchParams({ a: `x ${mask}`, b: '1' }).toString()],
  ['a form in a form', (mask) => encodeURIComponent(encodeURIComponent(mask))],
  ['JSON', (mask) => JSON.stringify({ a: [mask] })],
  ['JSON in JSON', (mask) => JSON.stringify(JSON.stringify({ a: mask }))],
  ['JSON without ASCII marks', (mask) => `"${mask.replace('[', '\\u005b')}"`],
  ['a part of a form', (mask) => `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${mask}\r\n--b--`],
  ['XML', (mask) => `<a>${mask.replace('[', '&#91;')}</a>`],
  ['capitals', (mask) => mask.toUpperCase()],
];

describe.each(dataClasses)('the mask of $name', ({ replacement }) => {
  it.each(forms)('is seen in %s, in any pieces', (_, written) => {
    const bytes = Buffer.from(`before ${written(replacement)} after`);
    for (const size of [1, 3, 16, 1000]) expect(seenIn(bytes, size)).toBe(true);
    expect(carriesMask(written(replacement))).toBe(true);
  });

  it('is seen in characters of two bytes', () => {
    expect(seenIn(Buffer.from(`a ${replacement}`, 'utf16le'), 5)).toBe(true);
  });
});

it('the number that stands for one is seen too', () => {
  const { value } = maskText('{"card": 4111111111111111}', { classes: dataClasses, kind: 'plain' });
  expect(seenIn(Buffer.from(JSON.stringify(JSON.parse(value))), 4)).toBe(true);
  expect(carriesMask(`/a?card=${numberMask}`)).toBe(true);
});

it.each([
  'ada@x.com',
  'e-mail-hidden',
  '[hidden]',
  '[e-mail]',
  'input[type=hidden]',
  'a=%5B1%5D&b=404040404040404',
  '',
])('sees none in %j', (text) => {
  expect(seenIn(Buffer.from(text), 1)).toBe(false);
  expect(carriesMask(text)).toBe(false);
});
