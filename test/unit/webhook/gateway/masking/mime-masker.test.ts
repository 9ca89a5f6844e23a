import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import { createMasker } from '../../../../../webhook/gateway/masking/content-policy.ts';

const hidden = '[e-mail-hidden]';

/** A body as it leaves, the same in every chunking. */
function masked(contentType: string, body: string): { text: string; counts: unknown } {
  const out = [1, 2, 3, 7, 64, 100_000].map((size) => {
    const plan = createMasker([emailAddress]).plan({ contentType, contentEncoding: undefined });
    if (plan.kind !== 'mask') return expect.unreachable(plan.kind);
    const stream = plan.open();
    const bytes = Buffer.from(body, 'latin1');
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) parts.push(stream.push(bytes.subarray(at, at + size)));
    parts.push(stream.end());
    return { text: Buffer.concat(parts).toString('latin1'), counts: stream.counts };
  });
  for (const other of out) expect(other).toEqual(out[0]);
  return out[0] as { text: string; counts: unknown };
}

const base64 = (text: string | Buffer): string =>
  Buffer.from(text as string)
    .toString('base64')
    .replaceAll(/(.{76})(?=.)/g, '$1\r\n');

/** A body of parts, each with these headers and this content. */
const parts = (...all: (readonly [headers: string, content: string])[]): string =>
  `${all.map(([headers, content]) => `--b 1\r\n${headers}\r\n\r\n${content}\r\n`).join('')}--b 1--\r\n`;
const mixed = 'multipart/mixed; boundary="b 1"';

describe('a body of several parts', () => {
  it('is masked part by part, each by its own type and transfer encoding', () => {
    const long = `Hello ada@x.com, ${'this text goes over a line. '.repeat(9)}`;
    const body = parts(
      ['Content-Type: text/plain\r\nContent-Transfer-Encoding: base64', base64(long)],
      [
        'content-type : text/html\r\nContent-Transfer-Encoding: Quoted-Printable',
        '<p>ada=40exam=\r\nple.com</p>',
      ],
      ['Content-Type: text/vcard', 'BEGIN:VCARD\r\nEMAIL:ada@\r\n example.com\r\nEND:VCARD'],
      [
        'Content-Type: text/plain;\r\n charset=utf-16\r\nContent-Transfer-Encoding: base64',
        base64(Buffer.from('\ufeffada@x.com', 'utf16le')),
      ],
      ['', 'no headers, ren\xe9e@x.com'],
    );
    const { text, counts } = masked(mixed, `before ada@x.com\r\n${body}after ada@x.com`);
    expect(counts).toEqual({ EmailAddress: 7 });
    expect(text).toBe(
      `before ${hidden}\r\n${parts(
        [
          'Content-Type: text/plain\r\nContent-Transfer-Encoding: base64',
          base64(long.replace('ada@x.com', hidden)),
        ],
        [
          'content-type : text/html\r\nContent-Transfer-Encoding: Quoted-Printable',
          `<p>=\r\n${hidden}=\r\n</p>`,
        ],
        ['Content-Type: text/vcard', `BEGIN:VCARD\r\nEMAIL:${hidden}\r\nEND:VCARD`],
        [
          'Content-Type: text/plain;\r\n charset=utf-16\r\nContent-Transfer-Encoding: base64',
          base64(Buffer.from(`\ufeff${hidden}`, 'utf16le')),
        ],
        ['', `no headers, ${hidden}`],
      )}after ${hidden}`,
    );
  });

  it('keeps the files in it by the byte', () => {
    const png = Buffer.from(`\x89PNG\r\n\x1a\n\0${'ada@x.com'.repeat(30)}`, 'latin1');
    const body = parts(['Content-Type: image/png\r\nContent-Transfer-Encoding: base64', base64(png)]);
    expect(masked(mixed, body)).toEqual({ text: body, counts: {} });
  });

  it('may hold others, and messages', () => {
    const inner = '--in\r\nContent-Type: message/rfc822\r\n\r\nFrom: ada@x.com\r\n\r\nto bob@y.org\r\n--in--';
    const body = parts(['Content-Type: multipart/digest; boundary=in', inner]);
    const { text } = masked(mixed, body);
    expect(text).toBe(body.replace('ada@x.com', hidden).replace('bob@y.org', hidden));
  });

  it.each([
    ['a coding that no mail has', 'Content-Transfer-Encoding: x-uuencode'],
    ['two types', 'Content-Type: image/png\r\nContent-Type: text/html'],
    ['parts without a boundary', 'Content-Type: multipart/mixed'],
    ['a charset in which nothing is seen', 'Content-Type: text/plain; charset=utf-7'],
    ['headers that do not end', `X: ${'y'.repeat(70_000)}\r\nX: y`],
    ['one header that does not end', `X: ${'y'.repeat(70_000)}`],
  ])('is refused where a part has %s', (_, headers) => {
    expect(() => masked(mixed, parts([headers, 'ada@x.com']))).toThrow('cannot be masked');
  });
});

describe('a message', () => {
  it('is masked in its headers, folded and encoded, and in its body', () => {
    const { text } = masked(
      'message/rfc822',
      'From: Ada\r\n <ada@x.com>\r\nSubject: =?utf-8?Q?ada=40?=\r\n =?utf-8?Q?x.com?=\r\n' +
        'Content-Transfer-Encoding: quoted-printable\r\n\r\nbob=40y.org, caf=C3=A9',
    );
    const subject = `=?utf-8?B?${Buffer.from(hidden).toString('base64')}?=`;
    expect(text).toBe(
      `From: Ada\r\n <${hidden}>\r\nSubject: ${subject}\r\n` +
        `Content-Transfer-Encoding: quoted-printable\r\n\r\n${hidden}, caf=C3=A9`,
    );
  });

  it('that ends with its headers is masked too', () => {
    expect(masked('message/rfc822', 'To: ada@x.com').text).toBe(`To: ${hidden}`);
  });
});
