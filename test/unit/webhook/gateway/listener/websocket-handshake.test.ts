/** Which requests leave HTTP, and that nothing is smuggled behind one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anOpenListener,
  listenerHost as host,
  type OpenListener,
} from '../../../../kit/objects/open-listener.ts';

let door: OpenListener;

beforeAll(async () => {
  door = await anOpenListener();
});

afterAll(() => door.close());

const lines = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

function handshake(
  change: Readonly<Record<string, string | undefined>> = {},
  start = 'GET /live HTTP/1.1',
): string {
  const all = Object.entries({ ...lines, ...change }).filter(([, value]) => value !== undefined);
  return [start, `Host: ${host}`, ...all.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
}

async function raw(bytes: string): Promise<string> {
  door.served.length = 0;
  return door.raw(bytes);
}

const smuggled = `GET /secret HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const statusesOf = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);

describe('a WebSocket handshake', () => {
  it.each([
    [
      'as browsers send it',
      { Connection: 'keep-alive, Upgrade', 'Sec-WebSocket-Extensions': 'permessage-deflate' },
    ],
    ['in other letters', { Upgrade: 'WebSocket', Connection: 'upgrade' }],
    ['with a protocol within it', { 'Sec-WebSocket-Protocol': 'chat, superchat' }],
  ])('%s passes, and its connection ends with the answer that is no change', async (_, change) => {
    const text = await raw(handshake(change) + smuggled);
    expect(statusesOf(text)).toEqual(['200']);
    expect(text.toLowerCase()).toContain('connection: close');
    expect(door.served.map(({ request }) => request.url)).toEqual(['/live']);
  });

  it.each<[string, string]>([
    ['another protocol', handshake({ Upgrade: 'h2c' })],
    ['two protocols', handshake({ Upgrade: 'websocket, h2c' })],
    ['another method', handshake({}, 'POST /live HTTP/1.1')],
    ['a body', handshake({ 'Content-Length': '3' })],
    ['a body in chunks', handshake({ 'Transfer-Encoding': 'chunked' })],
    ['an expectation', handshake({ Expect: '100-continue' })],
    ['another version', handshake({ 'Sec-WebSocket-Version': '8' })],
    ['no version', handshake({ 'Sec-WebSocket-Version': undefined })],
    ['no key', handshake({ 'Sec-WebSocket-Key': undefined })],
    ['a short key', handshake({ 'Sec-WebSocket-Key': 'dGhl' })],
    [
      'a key that is not the one spelling of its bytes',
      handshake({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZR==' }),
    ],
    ['no word in Connection', handshake({ Connection: 'keep-alive' })],
    ['HTTP/2 besides', handshake({ 'HTTP2-Settings': 'AAMAAABkAAQAAP__' })],
    ['a line that only servers send', handshake({ 'Sec-WebSocket-Accept': 'x' })],
    ['two keys', handshake().replace('Upgrade:', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nUpgrade:')],
    ['two versions', handshake().replace('Upgrade:', 'Sec-WebSocket-Version: 13\r\nUpgrade:')],
  ])('with %s is refused, and nothing behind it is served', async (_, bytes) => {
    const text = await raw(bytes + smuggled);
    expect(statusesOf(text)).toEqual(['400']);
    expect(text).toContain('"rule":"Protocol"');
    expect(door.served).toEqual([]);
  });

  it('that breaks another rule is refused by that rule', async () => {
    const text = await raw(handshake({ 'Impersonate-User': 'x' }) + smuggled);
    expect(statusesOf(text)).toEqual(['400']);
    expect(text).toContain('"rule":"Identity"');
    expect(door.served).toEqual([]);
  });
});
