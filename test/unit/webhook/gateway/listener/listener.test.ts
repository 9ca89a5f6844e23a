import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect, createSecureContext, type SecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnections } from '../../../../../webhook/gateway/listener/client-limits.ts';
import { createListener } from '../../../../../webhook/gateway/listener/listener.ts';
import type { Exchange } from '../../../../../webhook/gateway/listener/request-gate.ts';
import { createAuthority } from '../../../../kit/control-plane/pki.ts';

const host = 'support.localhost';
let door: Server;
let port = 0;
let ca = '';
const served: Exchange[] = [];

beforeAll(async () => {
  const authority = await createAuthority('door test');
  const pair = await authority.issueLoopbackServer([host]);
  ca = authority.certificate;
  const context: SecureContext = createSecureContext({ cert: pair.certificate, key: pair.key });
  door = createListener({
    contextFor: (name) => (name === host ? context : undefined),
    serve: async (exchange) => {
      if (exchange.request.url === '/fail') throw new Error('away');
      served.push(exchange);
      for await (const _chunk of exchange.request) continue;
      exchange.response.end('served');
    },
    onRefused: () => undefined,
    connections: createConnections({
      isShared: () => false,
      neighbourAt: () => '',
      mayConnect: () => true,
    }),
    onFailure: () => undefined,
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  ({ port } = door.address() as AddressInfo);
});

afterAll(async () => {
  door.closeAllConnections();
  await new Promise((resolve) => door.close(resolve));
});

/** Sends these very bytes over TLS and returns all that comes back until the other side closes or falls silent. */
async function raw(bytes: string, servername = host): Promise<string> {
  served.length = 0;
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', servername, ca }, () => socket.write(bytes));
    socket.setTimeout(400, () => socket.destroy());
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    socket.on('close', () => resolve(text));
  });
}

const statusOf = (answer: string): number => Number(answer.split(' ')[1]);
const get = (...lines: string[]): string =>
  ['GET /support-access/ HTTP/1.1', `Host: ${host}`, ...lines, '', ''].join('\r\n');

describe('the door', () => {
  it('serves a plain request, with its host in lower case and its peer', async () => {
    const answer = await raw(
      `GET /a?b HTTP/1.1\r\nHost: Support.LOCALHOST:8443\r\nConnection: close\r\n\r\n`,
    );
    expect(statusOf(answer)).toBe(200);
    expect(served[0]?.host).toBe(host);
    expect(served[0]?.origin.peer).toBe('127.0.0.1');
  });

  it.each([
    ['two Host lines', get(`Host: ${host}`)],
    ['two Authorization lines', get('Authorization: Basic eA==', 'Authorization: Basic eQ==')],
    ['two Content-Length lines', get('Content-Length: 0', 'Content-Length: 0')],
    ['two Cookie lines', get('Cookie: a=1', 'Cookie: b=2')],
    ['no Host line', 'GET / HTTP/1.1\r\n\r\n'],
    ['a user part in the host', 'GET / HTTP/1.1\r\nHost: a@support.localhost\r\n\r\n'],
    ['a trailing dot in the host', 'GET / HTTP/1.1\r\nHost: support.localhost.\r\n\r\n'],
    ['an underscore in a header name', get('X_Forwarded_For: 1.2.3.4')],
    ['an odd character in a header name', get("X'Y: 1")],
    ['a length and a transfer encoding', get('Content-Length: 3', 'Transfer-Encoding: chunked')],
    ['an unknown transfer encoding', get('Transfer-Encoding: xchunked')],
    ['a list of transfer encodings', get('Transfer-Encoding: gzip, chunked')],
    ['a body of a GET', `${get('Content-Length: 3')}abc`],
    ['a chunked body of a GET', `${get('Transfer-Encoding: chunked')}0\r\n\r\n`],
    ['an encoded body', get('Content-Encoding: gzip')],
    ['an absolute target', `GET https://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    ['an asterisk target', `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    ['an upgrade', get('Connection: Upgrade', 'Upgrade: websocket')],
    ['an upgrade to HTTP/2', get('Connection: close', 'HTTP2-Settings: AAMAAABkAAQAAP__')],
    [
      'a bearer token in a WebSocket header',
      get('Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.x'),
    ],
    ['an impersonated user', get('Impersonate-User: admin')],
    ['a remote user', get('X-Remote-User: admin')],
    ['a header named in Connection', get('Connection: close, X-Support-Assertion')],
    ['a folded line', get('X-A: 1\r\n 2')],
    ['a space before the colon', get('X-A : 1')],
    ['a bare line feed', `GET / HTTP/1.1\nHost: ${host}\n\n`],
  ])('refuses %s with 400 and serves nothing', async (_, bytes) => {
    const answer = await raw(bytes);
    expect(statusOf(answer)).toBe(400);
    expect(served).toHaveLength(0);
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  it.each([
    ['HTTP/1.0', `GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`, 505],
    ['a tunnel', `CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400],
    ['TRACE', `TRACE / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 405],
    [
      'more lines than Node would keep',
      get(...Array.from({ length: 2100 }, () => 'a: 1'), 'Impersonate-User: admin'),
      431,
    ],
    ['an odd expectation', get('Expect: 200-ok'), 417],
    ['headers without end', get(`X-A: ${'a'.repeat(40_000)}`), 400],
  ])('refuses %s', async (_, bytes, status) => {
    expect(statusOf(await raw(bytes))).toBe(status);
    expect(served).toHaveLength(0);
  });

  it('lets nothing that follows an odd request through on the same connection', async () => {
    const answer = await raw(`${get('Transfer-Encoding: xchunked')}${get()}`);
    expect(answer).not.toContain(' 200 ');
    expect(served).toHaveLength(0);
  });

  it('deps out every forwarding entry in its order, for whoever may trust them', async () => {
    await raw(get('X-Forwarded-For: 1.1.1.1, 2.2.2.2', 'X-Forwarded-For: 3.3.3.3', 'Connection: close'));
    expect(served[0]?.origin.forwardedFor).toEqual(['1.1.1.1, 2.2.2.2', '3.3.3.3']);
  });

  it('answers 503 when serving failed, and goes on', async () => {
    const failing = `GET /fail HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const answer = await raw(failing);
    expect(statusOf(answer)).toBe(503);
    expect(answer).not.toContain('away');
    expect(statusOf(await raw(get('Connection: close')))).toBe(200);
  });

  it('has no certificate for other names, and so no connection', async () => {
    await expect(raw(get(), 'other.localhost')).rejects.toThrow();
  });
});
