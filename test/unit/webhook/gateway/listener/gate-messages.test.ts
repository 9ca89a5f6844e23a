/** Breaks every rule of the request gate by real bytes on a real connection, and reads what comes back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceOf } from '../../../../../crds/audit/reference.ts';
import { gateRules } from '../../../../../webhook/gateway/listener/gate-rules.ts';
import {
  headerBytes,
  parserRules,
  tunnelRule,
} from '../../../../../webhook/gateway/listener/unparsed-request.ts';
import { refusalComplaints } from '../../../../kit/messages/good-message.ts';
import {
  anOpenListener,
  gateRecordId,
  listenerHost as host,
  type OpenListener,
} from '../../../../kit/objects/open-listener.ts';

let gateway: OpenListener;

beforeAll(async () => {
  gateway = await anOpenListener();
});

afterAll(() => gateway.close());

const lines = (...all: readonly string[]): string => [...all, '', ''].join('\r\n');
const get = (...more: readonly string[]): string => lines('GET /jobs HTTP/1.1', `Host: ${host}`, ...more);
const post = (...more: readonly string[]): string => lines('POST /jobs HTTP/1.1', `Host: ${host}`, ...more);

/** What is sent, and what of it the message has to show. */
interface Provocation {
  readonly bytes: string;
  readonly shows: string;
}

/** By the name of the rule; one that nothing here breaks fails below. */
const provocations: Readonly<Record<string, Provocation>> = {
  Version: { bytes: lines('GET / HTTP/1.0', `Host: ${host}`), shows: 'HTTP/1.0' },
  Method: { bytes: lines('TRACE / HTTP/1.1', `Host: ${host}`), shows: 'TRACE' },
  Lines: { bytes: get(...Array.from({ length: 120 }, (_, at) => `X-A${at}: 1`)), shows: '121 header lines' },
  Target: { bytes: lines(`GET https://${host}/ HTTP/1.1`, `Host: ${host}`), shows: `https://${host}/` },
  HeaderName: { bytes: get('X_Forwarded_For: s3cret'), shows: 'x_forwarded_for' },
  Repeated: { bytes: get('Cookie: a=s3cret', 'Cookie: b=s3cret'), shows: 'cookie' },
  Identity: { bytes: get('Impersonate-User: s3cret'), shows: 'impersonate-user' },
  Protocol: { bytes: get('Upgrade: websocket'), shows: 'upgrade' },
  ForProxies: { bytes: get('Proxy-Authorization: Basic s3cret'), shows: 'proxy-authorization' },
  PackedBody: { bytes: post('Content-Encoding: gzip', 'Content-Length: 0'), shows: 'content-encoding' },
  Connection: { bytes: get('Connection: close, Cookie'), shows: 'connection: close, Cookie' },
  TransferEncoding: { bytes: post('Transfer-Encoding: xchunked'), shows: 'transfer-encoding: xchunked' },
  BodyOfRead: { bytes: `${get('Content-Length: 3')}abc`, shows: 'GET' },
  Expectation: { bytes: get('Expect: 200-ok'), shows: 'expect: 200-ok' },
  Host: { bytes: lines('GET / HTTP/1.1', 'Host: 10.0.0.1:x'), shows: 'host: 10.0.0.1:x' },
  Malformed: { bytes: 'nonsense\r\n\r\n', shows: 'HTTP/1.1' },
  HeaderBytes: { bytes: get(`X-A: ${'a'.repeat(headerBytes)}`), shows: '32 KiB' },
  Tunnel: { bytes: lines('CONNECT 10.0.0.1:443 HTTP/1.1', `Host: ${host}`), shows: 'CONNECT' },
};

/** Node's own parser refuses these first, as something else; the gate does not rely on that. */
const refusedByTheParser: readonly string[] = ['TwoLengths', 'Length'];
/** Only time breaks it; the server's clock cannot be stepped. */
const brokenByTime: readonly string[] = ['Late'];

async function told(
  bytes: string,
): Promise<Readonly<Record<'status' | 'text' | 'rule' | 'message' | 'reason', string>>> {
  const [head = '', body = ''] = (await gateway.raw(bytes)).split('\r\n\r\n');
  const { rule = '', message = '', reason = '' } = JSON.parse(body) as Readonly<Record<string, string>>;
  return { status: head.split(' ')[1] ?? '', text: body, rule, message, reason };
}

const rules = [...gateRules, ...Object.values(parserRules), tunnelRule];

describe('every rule of the request gate', () => {
  it('is broken here, or the list says by what it cannot be', () => {
    const known = [...Object.keys(provocations), ...refusedByTheParser, ...brokenByTime];
    expect(rules.map(({ name }) => name).toSorted()).toEqual(known.toSorted());
  });

  it.each(rules.filter(({ name }) => Object.hasOwn(provocations, name)))(
    'says what is wrong: $name',
    async ({ name, status, rule }) => {
      const { bytes, shows } = provocations[name] ?? expect.unreachable(name);
      const answer = await told(bytes);
      expect(answer).toMatchObject({ status: String(status), reason: 'BadRequest', rule: name });
      expect(answer.message).toContain(rule);
      expect(refusalComplaints({ text: answer.message, value: shows })).toEqual([]);
      expect(answer.text).not.toContain('s3cret');
      expect(gateway.served).toEqual([]);
    },
  );

  it.each([
    [post('Content-Length: 3', 'Transfer-Encoding: chunked'), 'Malformed'],
    [post('Content-Length: 0x1'), 'Malformed'],
  ])('is said by the parser where it is first: %j', async (bytes, name) => {
    expect(await told(bytes)).toMatchObject({ status: '400', rule: name });
  });

  it('says that there is no Host line where none is', async () => {
    const { message } = await told(lines('GET / HTTP/1.1'));
    expect(message).toContain('no Host line');
    expect(refusalComplaints({ text: message })).toEqual([]);
  });

  it('is told to a browser as a page, with the rule and the reference of the record', async () => {
    const answer = await gateway.raw(
      get('Connection: close, Cookie', 'Accept: text/html', 'Sec-Fetch-Mode: navigate'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*content-type: text\/html/is);
    for (const part of [
      '<h1>The request cannot be accepted</h1>',
      'connection: close, Cookie',
      'BadRequest',
      'Connection',
      referenceOf(gateRecordId),
    ])
      expect(answer).toContain(part);
  });

  it('is told to a program as a problem document, with the same', async () => {
    const answer = await gateway.raw(get('Connection: close, Cookie'));
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      title: 'The request cannot be accepted',
      status: 400,
      reason: 'BadRequest',
      rule: 'Connection',
      reference: referenceOf(gateRecordId),
      next: expect.any(String),
    });
  });

  it('shows what a client wrote shortened, and without characters that a terminal obeys', async () => {
    const { message } = await told(get(`Expect: \u00e9${'x'.repeat(500)}`));
    expect(message.length).toBeLessThan(250);
    expect(message).toMatch(/^[ -~]+$/);
  });
});
