import { describe, expect, it } from 'vitest';
import {
  bodilessMethods,
  forbiddenLines,
  judgeRequest,
  knownMethods,
  singleLines,
} from '../../../../../webhook/gateway/listener/request-gate.ts';

/** A request with these header lines beside its Host line. */
function judged(lines: readonly (readonly [string, string])[], method = 'GET') {
  const rawHeaders = [['Host', 'support.example.com'], ...lines].flat();
  return judgeRequest({
    method,
    url: '/',
    httpVersion: '1.1',
    rawHeaders,
    socket: { remoteAddress: '203.0.113.7' },
  });
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
      '^upgrade$',
      '^http2-settings$',
      '^sec-websocket-',
      '^proxy-',
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
    expect(result).toEqual({
      ok: false,
      status: 400,
      rule: 'must not repeat a header line that may be there once',
    });
  });

  it.each([
    'impersonate-user',
    'impersonate-extra-scopes',
    'x-remote-user',
    'x-remote-group',
    'upgrade',
    'http2-settings',
    'sec-websocket-key',
    'proxy-authorization',
    'content-encoding',
  ])('refuses a line of %s', (name) => {
    expect(judged([[name, 'x']])).toMatchObject({
      status: 400,
      rule: 'must not claim an identity or another protocol',
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
      rule: 'must frame its body in one way',
    });
    expect(judged([['Content-Length', '0']], method)).toMatchObject({ ok: true });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('lets a body of a %s request pass', (method) => {
    expect(judged([['Content-Length', '1']], method)).toMatchObject({ ok: true });
  });

  it.each(['01', '+1', '1e3', '1, 1', '0x1', '9999999999999999'])('refuses the length %s', (length) => {
    expect(judged([['Content-Length', length]], 'POST')).toMatchObject({
      rule: 'must frame its body in one way',
    });
  });
});
