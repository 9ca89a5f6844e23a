/** Texts of before UTF-8: what a browser reads of them after the gateway is what it would have read, masked. */
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { applicationPolicy } from '../../../../../webhook/gateway/handlers/application/policy.ts';
import { createStaticMasker } from '../../../../../webhook/gateway/masking/static-files.ts';
import type { ProxyPolicy } from '../../../../../webhook/gateway/proxy/policy.ts';
import { aGateway, responseTo } from './proxied.ts';

const unmasked: ProxyPolicy = { ...applicationPolicy, masker: undefined };

/** "Mail of <text>: ada@x.com" in its charset, as bytes. */
const texts: readonly (readonly [charset: string, text: string, bytes: string])[] = [
  ['Shift_JIS', '\u30c6\u30b9\u30c8', '836583588367'],
  ['windows-31j', '\u30c6\u30b9\u30c8', '836583588367'],
  ['EUC-JP', '\u30c6\u30b9\u30c8', 'a5c6a5b9a5c8'],
  ['ISO-2022-JP', '\u30c6\u30b9\u30c8', '1b24422546253925481b2842'],
  ['EUC-KR', '\ud55c\uae00', 'c7d1b1db'],
  ['Big5', '\u4e2d\u6587', 'a4a4a4e5'],
  ['GB2312', '\u4e2d\u6587', 'd6d0cec4'],
  ['gb18030', '\u4e2d\u6587', 'd6d0cec4'],
  ['KOI8-R', '\u043f\u043e\u0447\u0442\u0430', 'd0cfded4c1'],
  ['IBM866', '\u043f\u043e\u0447\u0442\u0430', 'afaee7e2a0'],
  ['TIS-620', '\u0e17\u0e14', 'b7b4'],
];

function sending(contentType: string, bytes: Buffer, step = 1) {
  return createServer((_, response) => {
    response.writeHead(200, { 'content-type': contentType });
    for (let at = 0; at < bytes.length; at += step) response.write(bytes.subarray(at, at + step));
    response.end();
  });
}

const inBytes = (hex: string): Buffer =>
  Buffer.concat([Buffer.from('Mail of '), Buffer.from(hex, 'hex'), Buffer.from(': ada@x.com')]);

describe('a text in an old character set', () => {
  it.each(texts)('is decoded from %s, masked, and sent as UTF-8', async (charset, text, hex) => {
    const { ask, forwarded } = await aGateway(
      applicationPolicy,
      sending(`text/html; charset=${charset}`, inBytes(hex)),
    );
    const { head, body } = await responseTo(ask());
    expect(head.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toBe(`Mail of ${text}: [e-mail-hidden]`);
    expect((await forwarded).outcome.masked).toEqual({ EmailAddress: 1 });
  });

  it.each([
    ['that nothing decodes', 'text/html; charset=utf-7'],
    ['that browsers refuse', 'text/html; charset=iso-2022-kr'],
    ['that is unknown', 'text/html; charset=x-ours'],
    ['of a type that is no text', 'application/octet-stream; charset=shift_jis'],
  ])('%s is refused, as before', async (_, contentType) => {
    const { ask, forwarded } = await aGateway(
      applicationPolicy,
      sending(contentType, inBytes('836583588367'), 99),
    );
    expect((await responseTo(ask())).head.statusCode).toBe(502);
    expect(await forwarded).toMatchObject({ rule: 'must be in a charset in which an address can be seen' });
  });

  it('passes as it is, with the charset that it has, as a script on a Static route', async () => {
    const script = Buffer.concat([Buffer.from('var a = "'), Buffer.from('8365', 'hex'), Buffer.from('";')]);
    const policy = { ...applicationPolicy, masker: createStaticMasker(applicationPolicy.masker) };
    const { ask } = await aGateway(policy, sending('text/javascript; charset=shift_jis', script));
    const { head, body } = await responseTo(ask());
    expect(head.headers['content-type']).toBe('text/javascript; charset=shift_jis');
    expect(body).toBe(script.toString());
  });

  it('passes as it is where nothing is masked', async () => {
    const { ask } = await aGateway(unmasked, sending('text/plain; charset=EUC-KR', Buffer.from('ok'), 2));
    const { head, body } = await responseTo(ask());
    expect([head.headers['content-type'], body]).toEqual(['text/plain; charset=EUC-KR', 'ok']);
  });
});
