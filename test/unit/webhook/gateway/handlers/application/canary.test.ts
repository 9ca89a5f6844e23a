/**
 * A marker of each class stands in every field of everything that an application sends, in each format, charset and encoding. All
 * that leaves the gateway is searched: as it is, and with every escape and encoding taken off, as often as there is one.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { decodeHTML } from 'entities/decode';
import { afterEach, expect, it } from 'vitest';
import { aGrant, fromAddresses, opened } from '../../../../../kit/objects/grant.ts';
import { aMatrix } from '../../../../../kit/objects/matrix.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

let gateway: Awaited<ReturnType<typeof aServedGateway>>;

afterEach(() => gateway.close());

/** One value of each class, with a part of it that stands nowhere else. */
const markers: readonly (readonly [field: string, value: string, core: RegExp])[] = [
  ['mail', 'canary.zq7@secret-host.example', /zq7|secret-host/i],
  ['intern', 'canary.zq8@intranet', /zq8/i],
  ['iban', 'DE89 3704 0044 0532 0130 00', /0532 ?0130/],
  ['card', '4111 1111 1111 1111', /4111 ?1111/],
  ['ssn', '536-90-4399', /90-4399/],
  ['phone', '+44 20 7946 0958', /7946 ?0958/],
  ['text', 'Date of birth: 1971-12-30', /1971-12-30/],
  ['ip', '81.2.69.142', /2\.69\.142/],
  ['token', `ghp_${'Zq9'.repeat(12)}`, /Zq9Zq9/],
  ['nickname', 'Countess of Q.', /Countess/],
  ['reference', 'CASE-471147', /471147/],
];
const fields = Object.fromEntries(markers.map(([field, value]) => [field, value]));
const values = markers.map(([, value]) => value);
const text = values.join('\n');
const entities = (value: string): string =>
  value.replaceAll(/[@<>&"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
const html = Object.entries(fields)
  .map(
    ([name, value]) =>
      `<p>${name === 'nickname' ? '' : entities(value)}</p><input name="${name}" value="${entities(value)}"><!-- x -->`,
  )
  .join('');

/** Everything that the application has: type, body, headers. */
const answers: readonly (readonly [type: string, body: string | Buffer, headers?: OutgoingHttpHeaders])[] = [
  [
    'application/json',
    JSON.stringify({ people: [fields, { deep: [fields] }], inner: JSON.stringify(fields) }),
  ],
  ['application/x-ndjson', `${JSON.stringify(fields)}\n${JSON.stringify(fields)}\n`],
  ['text/event-stream', `data: ${JSON.stringify(fields)}\n\nid: 1\ndata: ${JSON.stringify(fields)}\n\n`],
  [
    'text/html; charset=utf-8',
    `<title>${entities(values[0] ?? '')}</title>${html}<script>var a=${JSON.stringify(fields)}</script>`,
  ],
  [
    'application/xml',
    `<r>${Object.entries(fields)
      .map(([name, value]) => `<${name} a="${entities(value)}">${value}</${name}>`)
      .join('')}</r>`,
  ],
  ['text/csv', `${Object.keys(fields).join(';')}\r\n${values.map((value) => `"${value}"`).join(';')}\r\n`],
  [
    'text/plain',
    `nickname=${encodeURIComponent(fields['nickname'] ?? '')}&x=1\n${values.filter((value) => !value.startsWith('Countess')).join('\n')}`,
  ],
  [
    'application/x-www-form-urlencoded',
    new URLSearchParams({ nickname: fields['nickname'] ?? '', mail: fields['mail'] ?? '' }).toString(),
  ],
  ['text/plain; charset=utf-16le', Buffer.from(`\ufeff${text.replace(/^.*Countess.*$/m, '')}`, 'utf16le')],
  [
    'multipart/mixed; boundary=b',
    `--b\r\nContent-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(JSON.stringify(fields)).toString('base64')}\r\n--b--\r\n`,
  ],
  [
    'message/rfc822',
    `From: ${values[0]}\r\nSubject: =?utf-8?B?${Buffer.from(values[0] ?? '').toString('base64')}?=\r\n\r\n${values[0]}\r\n`,
  ],
  [
    'text/plain',
    'headers',
    {
      location: `/jobs/${values[0]}?nickname=Countess%20of%20Q.`,
      'set-cookie': [`mail=${values[0]}`, `m=${encodeURIComponent(values[0] ?? '')}`],
      'content-disposition': `attachment; filename="${values[0]}.txt"; filename*=UTF-8''${encodeURIComponent(values[0] ?? '')}`,
      etag: `"${values[0]}"`,
    },
  ],
];

/** What a text says with one more encoding taken off, in each way in which there may be one. */
const readings: readonly ((text: string) => string)[] = [
  (said) => said,
  decodeHTML,
  (said) =>
    said.replaceAll(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16))),
  (said) =>
    said.replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    ),
  (said) => said.replaceAll('\\', ''),
  (said) => said.replaceAll('\0', ''),
  (said) => said.replaceAll('+', ' '),
  (said) => said.replaceAll(/<[^>]*>/g, ''),
  (said) =>
    said.replaceAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g, (code) => Buffer.from(code, 'base64').toString('latin1')),
];

function found(said: string): string[] {
  const once = readings.map((reading) => reading(said));
  const all = new Set([...once, ...once.flatMap((each) => readings.map((reading) => reading(each)))]);
  return markers.filter(([, , core]) => [...all].some((each) => core.test(each))).map(([field]) => field);
}

it.each([true, false])(
  'CC-10 EC-18 no marker leaves the gateway, in any encoding, with pseudonyms: %s',
  async (pseudonyms) => {
    let number = 0;
    const serve = (_: IncomingMessage, response: ServerResponse): void => {
      const [type, body, headers] = answers[number] ?? ['text/plain', ''];
      response
        .writeHead(headers?.['location'] === undefined ? 200 : 302, { 'content-type': type, ...headers })
        .end(body);
    };
    gateway = await aServedGateway(serve);
    gateway.state.pseudonyms = pseudonyms;
    const matrix = aMatrix(
      withSpec({
        maskedClasses: undefined as never,
        maskedFields: ['nickname'],
        maskedPatterns: [{ pattern: '\\bCASE-[0-9]{6}\\b', example: 'CASE-000000' }],
      }),
      withMetadata({ resourceVersion: '2' }),
    );
    gateway.objects.put(matrix, aGrant(opened({ matrix }), fromAddresses('127.0.0.0/8')));
    for (number = 0; number < answers.length; number += 1) {
      const [type, body] = answers[number] ?? [];
      // The search finds what there is, or it would find nothing in what leaves either.
      if (body !== 'headers') expect(found(body?.toString('latin1') ?? ''), type).not.toEqual([]);
      const { status, headers, body: out } = await gateway.ask('/jobs');
      expect(status, type).toBeLessThan(400);
      expect(found(out), `${type}: ${out}`).toEqual([]);
      expect(found(JSON.stringify(headers)), type).toEqual([]);
    }
    expect(found(JSON.stringify([gateway.trail.records, gateway.failures]))).toEqual([]);
  },
);
