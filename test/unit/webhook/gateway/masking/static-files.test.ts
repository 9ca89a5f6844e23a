import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import { createMasker } from '../../../../../webhook/gateway/masking/content-policy.ts';
import { createStaticMasker } from '../../../../../webhook/gateway/masking/static-files.ts';

const masker = createStaticMasker(createMasker([emailAddress]));

/** What leaves of a file, byte by byte and at once; `refused` where nothing does. */
function sent(contentType: string | undefined, content: string | Buffer): string {
  const bytes = Buffer.from(content as string);
  const once = passed(contentType, [bytes]);
  expect(
    passed(
      contentType,
      [...bytes].map((byte) => Buffer.from([byte])),
    ),
  ).toBe(once);
  return once;
}

function passed(contentType: string | undefined, chunks: readonly Buffer[]): string {
  const plan = masker.plan({ contentType, contentEncoding: undefined });
  if (plan.kind === 'refuse' || plan.open === undefined) return 'refused';
  const stream = plan.open();
  try {
    return Buffer.concat([...chunks.map((chunk) => stream.push(chunk)), stream.end()]).toString('latin1');
  } catch {
    return 'refused';
  }
}

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const script = '/* (c) ada@example.com */\nconst a = {"x": 1};';

describe('on a Static route', () => {
  it.each([
    ['text/javascript', script],
    ['application/javascript; charset=utf-8', '\u{feff}"use strict";(()=>{})()'],
    ['text/javascript', '// [1]\n\n(function () {})()'],
    ['text/javascript', ''],
    ['text/css', '@import "a.css"; [data-x] { color: red }'],
    ['text/css', '[data-x] { color: red }'],
    ['image/png', png],
    ['image/svg+xml', '<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="x"><text>hi</text></svg>'],
    ['font/woff2', Buffer.from('774f463200010000', 'hex')],
    ['application/wasm', Buffer.from('0061736d01000000', 'hex')],
  ])('%s passes as it is where its first bytes agree', (type, content) => {
    expect(sent(type, content)).toBe(Buffer.from(content as string).toString('latin1'));
  });

  it.each([
    ['text/html', '<h1>All users</h1>'],
    ['application/json', '[{"mail":"ada@example.com"}]'],
    ['text/plain', 'ada@example.com'],
    ['text/csv', 'name,mail'],
    ['application/pdf', '%PDF-1.7'],
    ['application/octet-stream', png],
    [undefined, script],
    ['text/javascript, text/html', script],
    ['text/javascript', '<!doctype html><p>All users</p>'],
    ['text/javascript', '  \n[{"mail":"ada@example.com"}]'],
    ['text/javascript', '{"mail":"ada@example.com"}'],
    ['text/javascript', ')]}\',\n[{"mail":"ada@example.com"}]'],
    ['text/javascript', '"ada@example.com"'],
    ['text/javascript', '/* a list */ [{"mail":1}]'],
    ['text/javascript', Buffer.from('c\0o\0n\0s\0t\0', 'latin1')],
    ['text/css', '{"mail":"ada@example.com"}'],
    ['text/css', '<p>'],
    ['image/png', '<svg></svg>'],
    ['image/png', '{"mail":"ada@example.com"}'],
    ['image/svg+xml', '<?xml version="1.0"?><users><mail>ada@example.com</mail></users>'],
    ['image/svg+xml', '<html><svg/></html>'],
    ['image/x-portable-bitmap', 'P1 1 1 0'],
    ['font/woff2', 'ada@example.com, and so on'],
  ])('%s is refused, and not masked, where type or first bytes are others: %j', (type, content) => {
    expect(sent(type, content)).toBe('refused');
  });

  it('what comes packed or with two types is refused', () => {
    const headers = { contentType: 'text/css', contentEncoding: 'gzip' };
    expect(masker.plan(headers)).toMatchObject({ kind: 'refuse' });
    expect(masker.plan({ ...headers, contentEncoding: undefined, contentTypes: 2 })).toMatchObject({
      kind: 'refuse',
    });
  });

  it('headers are masked as the matrix has it', () => {
    expect(masker.text('a@example.com').value).not.toContain('a@example.com');
    expect(createStaticMasker(undefined).text('a@example.com').value).toBe('a@example.com');
  });

  it('no file passes that a page is not built of, also under a type that is on the list of all files', () => {
    for (const [type, content] of [
      ['video/mp4', '000000186674797069736f6d'],
      ['application/zip', '504b0304140000000800'],
      ['image/png', '504b0304140000000800'],
      ['application/gzip', '1f8b080000000000'],
    ] as const)
      expect(sent(type, Buffer.from(content, 'hex')), type).toBe('refused');
  });
});
