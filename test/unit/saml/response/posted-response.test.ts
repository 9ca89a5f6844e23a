/** Which posted bodies carry a response, and that no more is read of one than allowed. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bodyLimits, readPostedResponse } from '../../../../saml/response/posted-response.ts';
import { scanLimits } from '../../../../saml/xml/scanner.ts';
import { aFormPost, aPost } from '../../../kit/objects/sign-in.ts';
import { resultReason } from '../../../kit/objects/validated-response.ts';

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const field = (value: string) => `SAMLResponse=${encodeURIComponent(value)}`;

const refused: readonly (readonly [string, string, string])[] = [
  ['no SAMLResponse', 'saml.response_missing', 'RelayState=x'],
  ['two SAMLResponses', 'saml.body_field_repeated', `${field(base64('<a/>'))}&${field(base64('<b/>'))}`],
  ['two RelayStates', 'saml.body_field_repeated', `${field(base64('<a/>'))}&RelayState=a&RelayState=b`],
  ['too many fields', 'saml.body_malformed', `${field(base64('<a/>'))}${'&x=y'.repeat(16)}`],
  ['broken percent-encoding', 'saml.body_malformed', 'SAMLResponse=%zz'],
  ['a percent-encoding that is not UTF-8', 'saml.body_malformed', 'SAMLResponse=%ff'],
  [
    'a RelayState whose percent escape is broken',
    'saml.body_malformed',
    `${field(base64('<a/>'))}&RelayState=%e`,
  ],
  ['a long RelayState', 'saml.body_malformed', `${field(base64('<a/>'))}&RelayState=${'x'.repeat(81)}`],
  ['an empty SAMLResponse', 'saml.base64_malformed', 'SAMLResponse='],
  ['base64 with spaces', 'saml.base64_malformed', 'SAMLResponse=PGEv+Pg=='],
  ['base64 without padding', 'saml.base64_malformed', 'SAMLResponse=PGEvPg'],
  ['URL-safe base64', 'saml.base64_malformed', field('_-8=')],
  ['base64 with bits left over', 'saml.base64_malformed', field('PGEvPh==')],
  ['padding in the middle', 'saml.base64_malformed', field('PGEvPg==PGEvPg==')],
  ['bytes that are not UTF-8', 'saml.not_utf8', field(base64(Buffer.from([0x3c, 0xc0, 0xaf, 0x3e])))],
  ['UTF-16', 'saml.not_utf8', field(base64(Buffer.from([0xff, 0xfe, 0x3c, 0x00])))],
  ['a byte order mark', 'saml.not_utf8', field(base64('\ufeff<a/>'))],
  [
    'a document that is too large',
    'saml.response_too_large',
    field(base64('x'.repeat(scanLimits.characters + 1))),
  ],
];

describe('a posted response', () => {
  it('is read with its RelayState', async () => {
    const answer = await readPostedResponse(aFormPost({ SAMLResponse: base64('<ä/>'), RelayState: 'nonce' }));
    expect(answer).toEqual({ ok: true, value: { xml: '<ä/>', relayState: 'nonce' } });
  });

  it('may stand among 16 fields, and not among 17', async () => {
    const among = (fields: number) =>
      aPost([field(base64('<a/>')), ...Array(fields - 1).fill('x=y')].join('&'));
    expect(resultReason(await readPostedResponse(among(16)))).toBe('accepted');
    expect(resultReason(await readPostedResponse(among(17)))).toBe('saml.body_malformed');
  });

  it('may be broken into lines', async () => {
    const lines = base64('<a/>'.repeat(40)).replaceAll(/.{76}/g, '$&\r\n');
    expect(resultReason(await readPostedResponse(aFormPost({ SAMLResponse: lines })))).toBe('accepted');
  });

  it.each(refused)('with %s is refused: %s', async (_title, code, body) => {
    expect(resultReason(await readPostedResponse(aPost(body)))).toBe(code);
  });

  it.each([
    ['JSON', 'application/json'],
    ['a multipart form', 'multipart/form-data; boundary=x'],
    ['another charset', 'application/x-www-form-urlencoded; charset=utf-7'],
    ['a no-break space before its charset', 'application/x-www-form-urlencoded\u00a0; charset=utf-8'],
    ['nothing', ''],
  ])('is refused as %s', async (_title, type) => {
    expect(resultReason(await readPostedResponse(aPost(field(base64('<a/>')), type)))).toBe(
      'saml.body_not_a_form',
    );
  });

  it('is refused compressed, whatever it would unfold to', async () => {
    const { headers, ...rest } = aPost('x');
    const request = { ...rest, headers: { ...headers, 'content-encoding': 'deflate' } };
    expect(resultReason(await readPostedResponse(request))).toBe('saml.body_not_a_form');
  });

  it('is not inflated, though the other binding would be', async () => {
    const bomb = deflateRawSync(Buffer.alloc(10_000_000, 0x20));
    expect(resultReason(await readPostedResponse(aFormPost({ SAMLResponse: base64(bomb) })))).toBe(
      'saml.not_utf8',
    );
  });

  it('is not read beyond the limit, whatever its Content-Length says', async () => {
    let given = 0;
    const endless = {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      async *[Symbol.asyncIterator]() {
        for (;;) {
          given += 65_536;
          yield Buffer.alloc(65_536, 0x41);
        }
      },
    };
    expect(resultReason(await readPostedResponse(endless))).toBe('saml.body_too_large');
    expect(given).toBeLessThanOrEqual(bodyLimits.bytes + 65_536);
  });

  it.each([
    ['just below', bodyLimits.bytes - 1, 'saml.response_missing'],
    ['at', bodyLimits.bytes, 'saml.response_missing'],
    ['just above', bodyLimits.bytes + 1, 'saml.body_too_large'],
  ])('%s the limit is %s', async (_title, length, code) => {
    expect(resultReason(await readPostedResponse(aPost('x'.repeat(length))))).toBe(code);
  });

  it('is answered though it was not read to its end', async () => {
    const server = createServer((request, response) => {
      void readPostedResponse(request).then((outcome) => response.end(resultReason(outcome)));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const body = new URLSearchParams({ SAMLResponse: 'A'.repeat(4 * bodyLimits.bytes) });
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
    expect(await answer.text()).toBe('saml.body_too_large');
    server.close();
    server.closeAllConnections();
  });
});
