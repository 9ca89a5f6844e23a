import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watchForMethod } from '../../../../../webhook/gateway/proxy/body-watches.ts';

const form = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data; boundary=b';
const part = (header: string): string => `--b\r\n${header}\r\n\r\nDELETE\r\n--b--\r\n`;

const seen: readonly (readonly [what: string, type: string | undefined, body: string])[] = [
  ['a form', form, '_method=DELETE'],
  ['a form whose parameter is not the first', form, 'name=ada&_method=delete&x=1'],
  ['a form with an encoded name', `${form}; charset=UTF-8`, 'a=b&%5f%6dethod=DELETE'],
  ['a form with a name in capitals', form.toUpperCase(), '_METHOD=PUT'],
  ['a form that some separate by semicolons', form, 'a=b;_method=PUT'],
  ['a form with the name as PHP reads it', form, 'a=1&.method=PUT'],
  ['a form with an array of methods', form, '_method[]=PUT'],
  ['a form with a header’s name', form, 'X-HTTP-Method-Override=PUT'],
  ['a form without a type', undefined, '_method=DELETE'],
  ['a form in EBCDIC', `${form}; charset=ibm037`, 'anything'],
  ['a part', multipart, part('Content-Disposition: form-data; name="_method"')],
  ['a part without quotes', multipart, part('content-disposition: form-data; name=_method')],
  ['a part with an escape', multipart, part('Content-Disposition: form-data; name="_me\\thod"')],
  ['a part with a folded header', multipart, part('Content-Disposition: form-data;\r\n name="_method"')],
  ['a part with an extended name', multipart, part(`Content-Disposition: form-data; name*=utf-8''%5fmethod`)],
  ['JSON', 'application/json', '{"a":1,"_method":"DELETE"}'],
  ['JSON in UTF-16', 'application/json', Buffer.from('{"_method":"PUT"}', 'utf16le').toString('latin1')],
  ['JSON with an escaped name', 'application/vnd.api+json', String.raw`{"\u005fmethod" : "DELETE"}`],
];

const unseen: readonly (readonly [what: string, type: string | undefined, body: string])[] = [
  ['a form that speaks of methods', form, 'method=visa&payment_method=x&note=_method'],
  ['a value that looks like a parameter', form, 'a=x%26_method%3DDELETE'],
  [
    'parts of another name',
    multipart,
    part('Content-Disposition: form-data; name="file"; filename="_method"'),
  ],
  [
    'JSON with the word as a value',
    'application/json',
    '{"a":"_method","b":["_method"],"c":"\\"_method\\":1"}',
  ],
];

const bytesIn = (type: string | undefined, chunks: readonly Buffer[]): boolean => {
  const watch = watchForMethod(type);
  return watch !== undefined && chunks.some((chunk) => watch.sees(chunk));
};

/** The body cut at these places. */
function cutAt(body: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(body);
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((start, index) => bytes.subarray(start, [...at, bytes.length][index]));
}

describe('a body that names another method', () => {
  it.each(seen)('is seen before its last byte: %s', (_, type, body) => {
    expect(bytesIn(type, [Buffer.from(body)])).toBe(true);
  });

  it('is seen wherever the network cuts it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...seen),
        fc.array(fc.nat(), { maxLength: 6 }),
        ([, type, body], places) => {
          expect(bytesIn(type, cutAt(body, places))).toBe(true);
        },
      ),
    );
  });
});

describe('a body that names none', () => {
  it.each(unseen)('passes: %s', (_, type, body) => {
    expect(bytesIn(type, [Buffer.from(body)])).toBe(false);
  });

  it('passes wherever the network cuts it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...unseen),
        fc.array(fc.nat(), { maxLength: 6 }),
        ([, type, body], places) => {
          expect(bytesIn(type, cutAt(body, places))).toBe(false);
        },
      ),
    );
  });

  it.each(['application/octet-stream', 'image/png', 'text/csv'])(
    'is not looked at where it is %s',
    (type) => {
      expect(watchForMethod(type)).toBeUndefined();
    },
  );

  it('does not fill the memory with one long name', () => {
    const watch = watchForMethod(form);
    const megabyte = Buffer.alloc(1024 * 1024, 'a');
    for (let sent = 0; sent < 8; sent += 1) expect(watch?.sees(megabyte)).toBe(false);
    expect(watch?.sees(Buffer.from('=1&_method=PUT'))).toBe(true);
  });
});
