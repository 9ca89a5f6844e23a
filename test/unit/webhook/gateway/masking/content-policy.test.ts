import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import {
  createMasker,
  plainTypes,
  textsInPassingFamilies,
} from '../../../../../webhook/gateway/masking/content-policy.ts';
import { doubtfulTypes, fileTypes } from '../../../../../webhook/gateway/masking/known-files.ts';

const masker = createMasker([emailAddress]);
const planOf = (contentType?: string, contentEncoding?: string) =>
  masker.plan({ contentType, contentEncoding });

/** A text of this type as it leaves. */
function masked(contentType: string | undefined, text: string): string {
  const plan = planOf(contentType);
  if (plan.kind !== 'mask') return plan.kind;
  const stream = plan.open();
  return Buffer.concat([stream.push(Buffer.from(text)), stream.end()]).toString();
}

describe('a response passes where it is the file that it is called', () => {
  const examples = {
    'image/': 'image/png',
    'audio/': 'audio/mpeg',
    'video/': 'video/mp4',
    'font/': 'font/woff2',
    'application/font-': 'application/font-woff',
    'application/x-font-': 'application/x-font-ttf',
    ...Object.fromEntries(
      [
        'application/vnd.ms-fontobject',
        'application/pdf',
        'application/zip',
        'application/x-zip-compressed',
        'application/java-archive',
        'application/epub+zip',
        'application/gzip',
        'application/x-gzip',
        'application/x-7z-compressed',
        'application/x-bzip2',
        'application/x-xz',
        'application/zstd',
        'application/vnd.rar',
        'application/wasm',
      ].map((type) => [type, type]),
    ),
    'application/vnd.openxmlformats-officedocument.':
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.oasis.opendocument.': 'application/vnd.oasis.opendocument.text',
  };

  it('by these types and families, and by no other', () => {
    expect(fileTypes.map(([name]) => name).toSorted()).toEqual(Object.keys(examples).toSorted());
  });

  it.each(Object.values(examples))('as %s', (type) => {
    expect(planOf(type).kind).toBe('pass');
    expect(planOf(` ${type.toUpperCase()} ; name=x`).kind).toBe('pass');
  });

  it.each([
    'application/pdfx',
    'image/png\u00a0',
    '\u00a0image/png',
    'application/zip+json',
    'imagex/png',
    'x-image/png',
    'text/image/png',
  ])('but not as %s', (type) => expect(planOf(type).kind).toBe('mask'));
});

describe('a response is masked', () => {
  it.each([
    'application/json',
    'text/html; charset=utf-8',
    'text/xml',
    'application/octet-stream',
    'image/svg+xml',
    'image/png, text/html',
    'image/png text',
    'image/',
    '',
    undefined,
  ])('as %s', (type) => expect(masked(type, 'to ada@x.com')).toBe('to [e-mail-hidden]'));

  it.each([
    'image/svg+xml',
    'image/svg-xml',
    'image/x-xpixmap',
    'image/x-portable-pixmap',
    'image/vnd.dxf',
    'image/x-eps',
    'audio/x-mpegurl',
    'audio/x-scpls',
    'video/vnd.mpegurl',
    'video/x-ms-asx',
    'video/x+json',
    'audio/x+yaml',
    'font/x+xml',
    'application/vnd.oasis.opendocument.text-flat-xml',
    'application/vnd.oasis.opendocument.spreadsheet-flat-xml',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
  ])('as %s, although its family passes', (type) => {
    expect(textsInPassingFamilies.some((name) => name.test(type))).toBe(true);
    expect(planOf(type).kind).toBe('mask');
    expect(masked(type, 'to ada@x.com')).toBe('to [e-mail-hidden]');
  });

  it('or looked at first, only as these types', () => {
    expect(doubtfulTypes).toEqual([
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
    ]);
  });
});

describe('a local part is taken whole', () => {
  const types = ['application/json', 'application/x-ndjson', 'text/plain', 'text/csv', 'text/event-stream'];

  it('in these types, and in no other', () => expect(plainTypes.toSorted()).toEqual(types.toSorted()));

  it.each([...types, 'application/problem+json', 'text/csv; charset=utf-8'])('in %s', (type) =>
    expect(masked(type, 'x ada/l=1@x.com')).toBe('x [e-mail-hidden]'),
  );

  it.each(['text/html', 'application/javascript', 'application/json5', 'image/svg+xml', undefined])(
    'and not in %s, where some of its characters are syntax',
    (type) => expect(masked(type, 'x ada/l=1@x.com')).toBe('x ada/l=[e-mail-hidden]'),
  );
});

describe('a response is refused', () => {
  it.each([
    ['application/json', 'gzip'],
    ['image/png', 'br'],
    ['image/png', 'identity, gzip'],
    ['text/html; charset=utf-7', undefined],
    ['text/html; charset=utf-8; charset=utf-16', undefined],
    ['application/json', 'identity, gzip'],
    ['multipart/mixed', undefined],
    ['text/plain; charset="iso-2022-jp"', undefined],
    ['text/plain; charset=xutf-8', undefined],
    ['text/plain; charset=utf-8x', undefined],
  ])('as %s in encoding %s', (type, encoding) => expect(planOf(type, encoding).kind).toBe('refuse'));

  it.each(['identity', ' Identity ', '', undefined])('but not in encoding %j', (encoding) =>
    expect(planOf('text/html', encoding).kind).toBe('mask'),
  );

  it.each(['utf-8', 'utf8', 'us-ascii', 'ascii', 'iso-8859-1', 'iso-8859-15', 'latin1', '"windows-1252"'])(
    'but not in charset %s',
    (charset) => expect(planOf(`text/html; x=y; Charset=${charset} `).kind).toBe('mask'),
  );
});

describe('what has no single meaning is refused, and its rule says why', () => {
  it.each([
    [{ contentTypes: 2 }, 'must have one Content-Type line'],
    [{ transferEncoding: 'gzip' }, 'must come with no Transfer-Encoding but chunked'],
    [{ transferEncoding: 'gzip, chunked' }, 'must come with no Transfer-Encoding but chunked'],
    [{ transferEncoding: 'chunked,chunked' }, 'must come with no Transfer-Encoding but chunked'],
    [{ contentEncoding: 'identity,br' }, 'must come without a Content-Encoding, as it was asked for'],
  ])('%j', (headers, rule) => {
    for (const contentType of ['text/html', 'image/png', undefined]) {
      expect(masker.plan({ contentType, contentEncoding: undefined, ...headers })).toEqual({
        kind: 'refuse',
        rule,
      });
    }
  });

  it.each([{ transferEncoding: 'chunked' }, { transferEncoding: ' Chunked' }, { contentTypes: 0 }, {}])(
    'but not %j',
    (headers) => {
      expect(masker.plan({ contentType: 'text/html', contentEncoding: undefined, ...headers }).kind).toBe(
        'mask',
      );
    },
  );
});

it('masks a header’s value and counts what it took out', () => {
  expect(masker.text('a; filename="ada@x.com.txt"')).toEqual({
    value: 'a; filename="[e-mail-hidden]"',
    counts: { EmailAddress: 1 },
  });
  expect(masker.text('nothing')).toEqual({ value: 'nothing', counts: {} });
});
