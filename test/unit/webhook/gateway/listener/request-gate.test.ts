import { describe, expect, it } from 'vitest';
import {
  bodilessMethods,
  forbiddenLines,
  knownMethods,
  mostLines,
} from '../../../../../webhook/gateway/listener/gate-rules.ts';
import { singleLines } from '../../../../../webhook/gateway/listener/header-lines.ts';
import { judgeRequest } from '../../../../../webhook/gateway/listener/request-gate.ts';

/** A request with these header lines beside its Host line. */
function judged(lines: readonly (readonly [string, string])[], method = 'GET') {
  const rawHeaders = [['Host', 'support.example.com'], ...lines].flat();
  const socket = { remoteAddress: '203.0.113.7' };
  return judgeRequest({ method, url: '/', httpVersion: '1.1', rawHeaders, socket }, { isTrusted: false });
}

describe('the lists of the request gate', () => {
  it('are these, entry by entry', () => {
    expect(knownMethods).toEqual(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
    expect(bodilessMethods).toEqual(['GET', 'HEAD', 'OPTIONS']);
    expect(singleLines).toEqual([
      'host',
      'authorization',
      'proxy-authorization',
      'content-length',
      'content-type',
      'content-encoding',
      'transfer-encoding',
      'cookie',
      'expect',
      'origin',
      'referer',
      'sec-fetch-site',
      'sec-fetch-mode',
      'sec-fetch-dest',
      'service-worker',
      'range',
    ]);
    expect(forbiddenLines.map(({ source }) => source)).toEqual([
      '^impersonate-',
      '^x-remote-',
      '^x-support-assertion$',
      '^upgrade$',
      '^http2-settings$',
      '^sec-websocket-',
      '^proxy-authorization$',
      '^content-encoding$',
    ]);
  });
});

describe('the request gate', () => {
  it.each(singleLines)('refuses a second line of %s, in whatever case', (name) => {
    const result = judged([
      [name, '0'],
      [name.toUpperCase(), '0'],
    ]);
    expect(result).toMatchObject({ ok: false, status: 400, name: 'Repeated' });
  });

  it.each([
    ['impersonate-user', 'Identity'],
    ['impersonate-extra-scopes', 'Identity'],
    ['x-remote-user', 'Identity'],
    ['x-remote-group', 'Identity'],
    ['upgrade', 'Protocol'],
    ['http2-settings', 'Protocol'],
    ['sec-websocket-key', 'Protocol'],
    ['proxy-authorization', 'ForProxies'],
    ['content-encoding', 'PackedBody'],
  ])('refuses a line of %s as what it is', (line, name) => {
    const refused = judged([[line, 's3cret']]);
    expect(refused).toMatchObject({ status: 400, name });
    expect(JSON.stringify(refused)).toContain(line);
    expect(JSON.stringify(refused)).not.toContain('s3cret');
  });

  it.each([
    ...singleLines,
    'impersonate-user',
    'x-forwarded-for',
    'x-forwarded-proto',
    'forwarded',
    'x-real-ip',
    'x-original-url',
    'x-http-method-override',
    'x-support-user',
    'audit-id',
    'if-match',
    'sec-fetch-site',
  ])('lets Connection not name %s, in whatever case or with whatever mark', (name) => {
    for (const said of [name, name.toUpperCase(), `close, ${name}`, name.replaceAll('-', '_')])
      expect(judged([['Connection', said]])).toMatchObject({ status: 400, name: 'Connection' });
  });

  it.each(['impersonate-user', 'x-forwarded-for', 'content-length', 'x-real-ip', 'x-http-method-override'])(
    'lets no other mark stand in the name %s',
    (name) => {
      for (const mark of ['_', '.', "'", '~'])
        expect(judged([[name.replaceAll('-', mark), 's3cret']])).toMatchObject({ name: 'HeaderName' });
    },
  );

  it('says which lines it takes for not there, and why', () => {
    const lines = [
      ['Connection', 'X-Hop'],
      ['X-Hop', '1'],
      ['X_Id', '2'],
      ['Proxy-Connection', 'close'],
      ['Upgrade', ''],
      ['X-Kept', '3'],
    ] as const;
    expect(judged(lines)).toMatchObject({
      ok: true,
      ended: [
        { name: 'x-hop', why: 'named-in-connection' },
        { name: 'x_id', why: 'odd-name' },
        { name: 'proxy-connection', why: 'for-proxies' },
        { name: 'upgrade', why: 'empty' },
      ],
    });
  });

  it.each(['x-upgrade', 'accept-encoding', 'my-impersonate-user', 'x-proxy-id'])(
    'lets a line of %s pass',
    (name) => {
      expect(judged([[name, 'x']])).toMatchObject({ ok: true });
    },
  );

  it.each(bodilessMethods)('refuses a body of a %s request', (method) => {
    expect(judged([['Content-Length', '1']], method)).toMatchObject({
      status: 400,
      name: 'BodyOfRead',
    });
    expect(judged([['Content-Length', '0']], method)).toMatchObject({ ok: true });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('lets a body of a %s request pass', (method) => {
    expect(judged([['Content-Length', '1']], method)).toMatchObject({ ok: true });
  });

  it('counts the lines, and refuses one more than there may be', () => {
    const lines = (count: number) => Array.from({ length: count }, () => ['x-a', '1'] as const);
    expect(judged(lines(mostLines - 1))).toMatchObject({ ok: true });
    expect(judged(lines(mostLines))).toMatchObject({
      status: 431,
      name: 'Lines',
    });
  });

  it.each(['\u00a0', '\u000b', '\u000c', '\ufeff', '\u2003', '\u2028'])(
    'takes %j as a part of the value that it stands beside, as every other reader does',
    (mark) => {
      const post = (name: string, value: string) => judged([[name, value]], 'POST');
      for (const value of [`chunked${mark}`, `${mark}chunked`])
        expect(post('Transfer-Encoding', value)).toMatchObject({ name: 'TransferEncoding' });
      expect(post('Content-Length', `1${mark}`)).toMatchObject({ name: 'Length' });
      expect(post('Connection', `close${mark}`)).toMatchObject({
        name: 'Connection',
      });
      expect(post('Expect', `100-continue${mark}`)).toMatchObject({ status: 417 });
    },
  );

  it('takes spaces and tabs around a value as no part of it', () => {
    expect(judged([['Transfer-Encoding', ' \t chunked\t ']], 'POST')).toMatchObject({ ok: true });
  });

  it.each(['01', '+1', '1e3', '1, 1', '0x1', '9999999999999999'])('refuses the length %s', (length) => {
    expect(judged([['Content-Length', length]], 'POST')).toMatchObject({
      name: 'Length',
    });
  });
});
