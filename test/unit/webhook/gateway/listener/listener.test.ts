import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anOpenListener,
  listenerHost as host,
  listenerDefault,
  type OpenListener,
} from '../../../../kit/objects/open-listener.ts';

let door: OpenListener;

beforeAll(async () => {
  door = await anOpenListener();
});

afterAll(() => door.close());

/** What comes back for these very bytes. */
async function raw(bytes: string, servername?: string): Promise<string> {
  door.served.length = 0;
  return door.raw(bytes, servername);
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
    expect(door.served[0]?.host).toBe(host);
    expect(door.served[0]?.origin.peer).toBe('127.0.0.1');
  });

  it.each([
    ['two Host lines', get(`Host: ${host}`)],
    ['two Authorization lines', get('Authorization: Basic eA==', 'Authorization: Basic eQ==')],
    ['two Content-Length lines', get('Content-Length: 0', 'Content-Length: 0')],
    ['two Cookie lines', get('Cookie: a=1', 'Cookie: b=2')],
    ['no Host line', 'GET / HTTP/1.1\r\n\r\n'],
    ['a user part in the host', 'GET / HTTP/1.1\r\nHost: a@support.localhost\r\n\r\n'],
    ['two dots at the end of the host', 'GET / HTTP/1.1\r\nHost: support.localhost..\r\n\r\n'],
    ['an underscore in the name of a line that counts', get('X_Forwarded_For: 1.2.3.4')],
    ['an odd character in the name of a line that counts', get("Content'Length: 1")],
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
    ['a header of ours named in Connection', get('Connection: close, X-Support-Assertion')],
    ['a password for a proxy', get('Proxy-Authorization: Basic eA==')],
    ['a folded line', get('X-A: 1\r\n 2')],
    ['a space before the colon', get('X-A : 1')],
    ['a bare line feed', `GET / HTTP/1.1\nHost: ${host}\n\n`],
  ])('refuses %s with 400 and serves nothing', async (_, bytes) => {
    const answer = await raw(bytes);
    expect(statusOf(answer)).toBe(400);
    expect(door.served).toHaveLength(0);
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  it.each([
    ['HTTP/1.0', `GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`, 505],
    ['a tunnel', `CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 405],
    ['TRACE', `TRACE / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 405],
    [
      'more lines than Node would keep',
      get(...Array.from({ length: 2100 }, () => 'a: 1'), 'Impersonate-User: admin'),
      431,
    ],
    ['an odd expectation', get('Expect: 200-ok'), 417],
    ['headers without end', get(`X-A: ${'a'.repeat(40_000)}`), 431],
  ])('refuses %s', async (_, bytes, status) => {
    expect(statusOf(await raw(bytes))).toBe(status);
    expect(door.served).toHaveLength(0);
  });

  it('keeps an idle connection longer than the large balancers do, and says so', async () => {
    expect(await raw(get())).toMatch(/keep-alive: timeout=620/i);
  });

  it.each([
    ['its letters in another case', `GET / HTTP/1.1\r\nConnection: close\r\nHost: SUPPORT.localhost\r\n\r\n`],
    ['a dot at its end', `GET / HTTP/1.1\r\nConnection: close\r\nHost: ${host}.\r\n\r\n`],
    ['a dot and a port', `GET / HTTP/1.1\r\nConnection: close\r\nHost: ${host}.:443\r\n\r\n`],
    ['no port behind the colon', `GET / HTTP/1.1\r\nConnection: close\r\nHost: ${host}:\r\n\r\n`],
  ])('takes the host for the same with %s', async (_, bytes) => {
    expect(statusOf(await raw(bytes))).toBe(200);
    expect(door.served.map((each) => each.host)).toEqual([host]);
  });

  it.each([
    ['Connection: upgrade'],
    ['Connection: Keep-Alive, TE', 'TE: trailers', 'Keep-Alive: timeout=5'],
    ['Connection: close, , Upgrade, HTTP2-Settings', 'Upgrade:', 'HTTP2-Settings:'],
    ['Connection: keep-alive', 'Connection: X-Hop, accept-language', 'X-Hop: 1', 'Accept-Language: de'],
    ['Proxy-Connection: keep-alive', 'Proxy-Features: x'],
    ['Sec-WebSocket-Extensions:', 'Sec-WebSocket-Key: '],
    ['X_Request_Id: 7', 'x.trace: 8', "X'Y: 1"],
  ])('serves a request without what is over at this hop: %s', async (...lines) => {
    const answer = await raw(get(...lines, 'X-Kept: 1', 'Connection: close'));
    expect(statusOf(answer)).toBe(200);
    const { headers } = door.served[0]?.request ?? expect.unreachable();
    expect(Object.keys(headers).filter((name) => !['connection', 'keep-alive', 'te'].includes(name))).toEqual(
      ['host', 'x-kept'],
    );
  });

  it('lets nothing that follows an odd request through on the same connection', async () => {
    const answer = await raw(`${get('Transfer-Encoding: xchunked')}${get()}`);
    expect(answer).not.toContain(' 200 ');
    expect(door.served).toHaveLength(0);
  });

  it('puts no second response behind one that has been given', async () => {
    const answer = await raw(
      `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: xchunked\r\n\r\nnonsense`,
    );
    expect(answer.split('HTTP/1.1 ')).toHaveLength(2);
  });

  it('puts no bytes of its own into a response that is under way', async () => {
    const answer = await raw(`GET /slow HTTP/1.1\r\nHost: ${host}\r\n\r\nnonsense\r\n\r\n`);
    expect(answer).not.toContain('RFC 9112');
  });

  it('hands out every forwarding entry in its order, for whoever may trust them', async () => {
    await raw(get('X-Forwarded-For: 1.1.1.1, 2.2.2.2', 'X-Forwarded-For: 3.3.3.3', 'Connection: close'));
    expect(door.served[0]?.origin.forwardedFor).toEqual(['1.1.1.1, 2.2.2.2', '3.3.3.3']);
  });

  it('answers 503 when serving failed, and goes on', async () => {
    const failing = `GET /fail HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const answer = await raw(failing);
    expect(statusOf(answer)).toBe(503);
    expect(answer).not.toContain('away');
    expect(statusOf(await raw(get('Connection: close')))).toBe(200);
  });

  it.each([
    ['of the host', host, host],
    ['of the host, in whatever case', 'Support.LOCALHOST', host],
    ['of the host, named with its end dot', `${host}.`, host],
    ['that is the default, to a client that names no host', undefined, listenerDefault],
    ['that is the default, to a client that names another one', 'other.localhost', listenerDefault],
    ['that is the default, to a proxy that names its target as it knows it', 'gw.ns.svc', listenerDefault],
  ])('shows the certificate %s', async (_, named, shown) => {
    expect(await door.shown(named)).toContain(`DNS:${shown}`);
  });

  it('serves by the Host line, whatever the handshake named', async () => {
    expect(statusOf(await raw(get('Connection: close'), 'other.localhost'))).toBe(200);
    expect(door.served.map((each) => each.host)).toEqual([host]);
  });
});

describe('the door behind a trusted proxy', () => {
  let behind: OpenListener;

  beforeAll(async () => {
    behind = await anOpenListener({ isBehindProxy: true });
  });

  afterAll(() => behind.close());

  async function answered(bytes: string, servername?: string): Promise<string> {
    behind.served.length = 0;
    return behind.raw(bytes, servername);
  }

  it.each([
    ['with a Host line', `GET /a HTTP/1.0\r\nHost: ${host}\r\n\r\n`],
    ['without one, by what the handshake named', 'GET /a HTTP/1.0\r\n\r\n'],
    ['with a body', `POST /a HTTP/1.0\r\nHost: ${host}\r\nContent-Length: 3\r\n\r\nabc`],
  ])('serves HTTP/1.0 %s, and closes the connection', async (_, bytes) => {
    const answer = await answered(bytes);
    expect(statusOf(answer)).toBe(200);
    expect(answer).toMatch(/connection: close/i);
    expect(answer).not.toMatch(/transfer-encoding/i);
    expect(behind.served.map((each) => each.host)).toEqual([host]);
  });

  it('takes HTTP/1.0 that names no host anywhere for the support host', async () => {
    behind.served.length = 0;
    expect(statusOf(await behind.raw('GET /a HTTP/1.0\r\n\r\n', ''))).toBe(200);
    expect(behind.served.map((each) => each.host)).toEqual([host]);
  });

  it('hears no expectation of an HTTP/1.0 client, who would take 100 for the answer', async () => {
    const answer = await answered(
      `POST /a HTTP/1.0\r\nHost: ${host}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc`,
    );
    expect(statusOf(answer)).toBe(200);
    expect(behind.served[0]?.request.headers.expect).toBeUndefined();
  });

  it.each([
    [
      'a transfer encoding in HTTP/1.0',
      `POST / HTTP/1.0\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [
      'a length in two ways in HTTP/1.0',
      `POST / HTTP/1.0\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc`,
      400,
    ],
    ['HTTP/1.1 without a host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['HTTP/1.2', `GET / HTTP/1.2\r\nHost: ${host}\r\n\r\n`, 400],
    ['HTTP/0.9', 'GET /\r\n\r\n', 505],
    ['an impersonated user', `GET / HTTP/1.0\r\nHost: ${host}\r\nImpersonate-User: admin\r\n\r\n`, 400],
  ])('refuses %s as from anybody', async (_, bytes, status) => {
    expect(statusOf(await answered(bytes))).toBe(status);
    expect(behind.served).toHaveLength(0);
  });
});
