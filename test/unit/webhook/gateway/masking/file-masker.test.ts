import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import { createMasker } from '../../../../../webhook/gateway/masking/content-policy.ts';
import { NotMaskable } from '../../../../../webhook/gateway/masking/masker.ts';

const { replacement } = emailAddress;

const signature = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const exported = Buffer.from('<table><tr><td>ada@vendor.example</td></tr></table>');
const legacyTypes = ['application/vnd.ms-excel', 'application/msword', 'application/vnd.ms-powerpoint'];

/** The bytes as they leave, and what was counted, when they come in pieces of this size. */
function through(contentType: string, bytes: Buffer, size: number) {
  const plan = createMasker([emailAddress]).plan({ contentType, contentEncoding: undefined });
  const stream = plan.kind === 'refuse' ? undefined : plan.open?.();
  if (stream === undefined) return expect.unreachable(plan.kind);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(stream.push(bytes.subarray(at, at + size)));
  out.push(stream.end());
  return { bytes: Buffer.concat(out), counts: stream.counts };
}

describe.each(legacyTypes)('a response that is called %s', (type) => {
  it.each([1, 3, 8, 1000])('passes whole where it is such a file, in pieces of %i', (size) => {
    const file = Buffer.concat([signature, Buffer.from('\0\0 ada@vendor.example \xff', 'latin1')]);
    expect(through(type, file, size)).toEqual({ bytes: file, counts: {} });
  });

  it.each([1, 5, 1000])('is masked where it is a text by another name, in pieces of %i', (size) => {
    const { bytes, counts } = through(`${type}; charset=utf-8`, exported, size);
    expect(bytes.toString()).toBe(`<table><tr><td>${replacement}</td></tr></table>`);
    expect(counts).toEqual({ EmailAddress: 1 });
  });

  it('is refused where it only begins like such a file', () => {
    const almost = Buffer.concat([signature.subarray(0, 7), Buffer.from(' ada@vendor.example ')]);
    expect(() => through(type, almost, 4)).toThrow('must be a text, or a file of a kind that its first');
    expect(() => through(type, signature.subarray(0, 5), 1)).toThrow(NotMaskable);
  });

  it('keeps nothing at all', () => {
    expect(through(type, Buffer.alloc(0), 1).bytes).toEqual(Buffer.alloc(0));
  });
});

it('a text in UTF-16 by the name of a spreadsheet is masked as such', () => {
  const wide = Buffer.from('\ufeffada@vendor.example', 'utf16le');
  const { bytes } = through('application/vnd.ms-excel', wide, 1000);
  expect(bytes.toString('utf16le')).toBe(`\ufeff${replacement}`);
});

/** The first bytes of a file of each type that passes. */
const files: Readonly<Record<string, string>> = {
  'image/png': '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
  'image/gif': 'GIF89a\x01\0\x01\0',
  'image/webp': 'RIFF\x24\0\0\0WEBPVP8 ',
  'audio/mpeg': 'ID3\x03\0\0\0',
  'video/mp4': '\0\0\0\x18ftypisom',
  'font/woff2': 'wOF2\0\x01\0\0',
  'application/pdf': '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n',
  'application/zip': 'PK\x03\x04\x14\0',
  'application/gzip': '\x1f\x8b\x08\0',
  'application/wasm': '\0asm\x01\0\0\0',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'PK\x03\x04\x14\0',
  'application/vnd.oasis.opendocument.text': 'PK\x03\x04\x14\0',
};

const unlabelled = ['application/octet-stream', 'application/x-anything', ''];
/** Bytes that are no text and no file on the list, the same in each run. */
const noise = Buffer.concat(
  Array.from({ length: 4096 }, (_, at) => createHash('sha256').update(`noise ${at}`).digest()),
);
const addressed = Buffer.from(' ada@vendor.example ');

describe.each(unlabelled)('a response whose type is %j and says nothing', (type) => {
  it.each(Object.keys(files))('passes whole where it is a file as of %s', (kind) => {
    const file = Buffer.concat([Buffer.from(files[kind] ?? '', 'latin1'), noise, addressed]);
    for (const size of [7, 4096]) {
      const { bytes, counts } = through(type, file, size);
      expect({ same: bytes.equals(file), counts }).toEqual({ same: true, counts: {} });
    }
  });

  it('is refused before a byte is sent where it is neither a text nor a file that is known', () => {
    const plan = createMasker([emailAddress]).plan({ contentType: type, contentEncoding: undefined });
    const stream = plan.kind === 'refuse' ? undefined : plan.open?.();
    expect(() => stream?.push(noise)).toThrow(
      'must be a text, or a file of a kind that its first bytes tell',
    );
    // Readable inside, so that what it holds would pass.
    for (const readable of ['SQLite format 3\0', '\x7fELF\x02\x01\x01\0', `${'a'.repeat(100)}\0ustar`])
      expect(() => through(type, Buffer.from(readable), 1000)).toThrow(NotMaskable);
  });

  it('is masked where it is a text, and one of wide characters too', () => {
    expect(through(type, Buffer.from('to ada@vendor.example'), 1).bytes.toString()).toBe(`to ${replacement}`);
    const wide = Buffer.from('to ada@vendor.example', 'utf16le');
    expect(through(type, wide, 1).bytes.toString('utf16le')).toBe(`to ${replacement}`);
  });

  it('breaks off where a text turns out to be none, instead of having bytes of it changed', () => {
    const late = Buffer.concat([Buffer.alloc(2000, 'a '), noise]);
    expect(() => through(type, late, 500)).toThrow('must be free of bytes that no text has');
  });

  it('is a text where letters of a signature begin a sentence', () => {
    for (const begins of ['BM is short for', 'GIF89a was', 'RIFF and WEBP', 'true', 'Grand', 'MThd']) {
      const text = Buffer.from(`${begins} ada@vendor.example`);
      expect(through(type, text, 3).counts).toEqual({ EmailAddress: 1 });
    }
  });
});

describe('a label that the content contradicts', () => {
  const png = Buffer.from(files['image/png'] ?? '', 'latin1');

  it.each(['application/pdf', 'font/woff2', 'application/zip', 'image/png, text/html', 'application/msword'])(
    'has a picture called %s refused whole',
    (type) => expect(() => through(type, png, 3)).toThrow('must be the kind of file that its type names'),
  );

  it.each([
    'text/html',
    'text/plain',
    'application/json',
    'application/javascript',
    'image/svg+xml',
    'text/css',
  ])('has a file called %s refused whole', (type) => {
    for (const [kind, head] of Object.entries(files))
      expect(() => through(type, Buffer.from(`${head}\0`, 'latin1'), 1000), kind).toThrow(NotMaskable);
  });

  it('passes where both are of one family: a JPEG called PNG, a film called sound', () => {
    const jpeg = Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF', 'latin1');
    expect(through('image/png', jpeg, 2).bytes).toEqual(jpeg);
    const film = Buffer.from(files['video/mp4'] ?? '', 'latin1');
    expect(through('audio/mp4', film, 2).bytes).toEqual(film);
  });
});

describe.each(Object.entries(files))('a response of the passing type %s', (type, head) => {
  it.each([1, 3, 1000])('passes whole where it is such a file, in pieces of %i', (size) => {
    const file = Buffer.from(`${head} ada@vendor.example `, 'latin1');
    expect(through(type, file, size)).toEqual({ bytes: file, counts: {} });
  });

  it.each([1, 7, 1000])('is masked where it is a text by that name, in pieces of %i', (size) => {
    const text = `<?xml version="1.0"?><x>ada@vendor.example</x>${' '.repeat(600)}`;
    expect(through(type, Buffer.from(text), size).bytes.toString()).toBe(
      text.replace('ada@vendor.example', replacement),
    );
    const wide = Buffer.from('see ada@vendor.example', 'utf16le');
    expect(through(type, wide, size).bytes.toString('utf16le')).toBe(`see ${replacement}`);
    const foreign = Buffer.from('\u0440\u0435\u043d\u00e9 ada@vendor.example', 'utf16le');
    expect(through(type, foreign, size).counts).toEqual({ EmailAddress: 1 });
    const wider = Buffer.from(Array.from('see ada@vendor.example', (one) => `\0\0\0${one}`).join(''));
    expect(through(type, wider, size).counts).toEqual({ EmailAddress: 1 });
  });

  it('passes where there is nothing of it', () => {
    expect(through(type, Buffer.alloc(0), 1).bytes).toHaveLength(0);
  });
});
