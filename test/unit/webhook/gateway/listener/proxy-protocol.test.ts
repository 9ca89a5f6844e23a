import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProxyHeader } from '../../../../../webhook/gateway/listener/proxy-protocol.ts';
import { anOpenListener, listenerHost, type OpenListener } from '../../../../kit/objects/open-listener.ts';

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** A header of version 2: command, family, what follows, and how long it says that this is. */
function v2(command: number, family: number, rest: Buffer, says = rest.length): Buffer {
  return Buffer.concat([signature, Buffer.from([command, family, says >> 8, says & 255]), rest]);
}

const four = Buffer.from([203, 0, 113, 7, 10, 0, 0, 1, 0xc8, 0x32, 1, 0xbb]);
const six = Buffer.concat([
  Buffer.from('20010db8000700000000000000000001', 'hex'),
  Buffer.from('20010db8000000000000000000000002', 'hex'),
  Buffer.from([0xc8, 0x32, 1, 0xbb]),
]);
const mapped = Buffer.concat([Buffer.from('00000000000000000000ffffcb007107', 'hex'), six.subarray(16)]);
const tlv = Buffer.concat([Buffer.from([0xea, 0, 3]), Buffer.from('abc')]);
const text = (line: string): Buffer => Buffer.from(line, 'latin1');

describe('a PROXY header', () => {
  it.each([
    ['of version 1, IPv4', text('PROXY TCP4 203.0.113.7 10.0.0.1 51234 443\r\n'), '203.0.113.7'],
    ['of version 1, IPv6', text('PROXY TCP6 2001:db8:7::1 2001:db8::2 51234 443\r\n'), '2001:db8:7::1'],
    ['of version 1, mapped', text('PROXY TCP6 ::ffff:203.0.113.7 ::1 51234 443\r\n'), '203.0.113.7'],
    ['of version 1, unknown', text('PROXY UNKNOWN\r\n'), undefined],
    ['of version 1, unknown with addresses', text('PROXY UNKNOWN ::1 ::1 1 2\r\n'), undefined],
    ['of version 2, IPv4', v2(0x21, 0x11, four), '203.0.113.7'],
    ['of version 2, IPv6', v2(0x21, 0x21, six), '2001:db8:7::1'],
    ['of version 2, mapped', v2(0x21, 0x21, mapped), '203.0.113.7'],
    ['of version 2, with more behind', v2(0x21, 0x11, Buffer.concat([four, tlv])), '203.0.113.7'],
    ['of version 2, a check of the hop itself', v2(0x20, 0x00, Buffer.alloc(0)), undefined],
    ['of version 2, a check that names addresses', v2(0x20, 0x11, four), undefined],
    ['of version 2, no TCP', v2(0x21, 0x12, four), undefined],
    ['of version 2, a socket file', v2(0x21, 0x31, Buffer.alloc(216)), undefined],
  ])('%s is read whole, and no byte more', (_, header, source) => {
    const after = Buffer.concat([header, Buffer.from([0x16, 3, 1])]);
    expect(readProxyHeader(after)).toEqual({ state: 'whole', length: header.length, source });
    for (let length = 0; length < header.length; length++)
      expect(readProxyHeader(header.subarray(0, length))).toEqual({ state: 'partial' });
  });

  it.each([
    ['TLS', Buffer.from([0x16, 3, 1, 0, 5])],
    ['a request', text('GET / HTTP/1.1\r\n')],
    ['lower case', text('proxy TCP4 203.0.113.7 10.0.0.1 1 2\r\n')],
    ['no address', text('PROXY TCP4 nobody 10.0.0.1 1 2\r\n')],
    ['octal', text('PROXY TCP4 0203.0.113.7 10.0.0.1 1 2\r\n')],
    ['the other family', text('PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n')],
    ['IPv4 as IPv6', text('PROXY TCP6 203.0.113.7 10.0.0.1 1 2\r\n')],
    ['a zone', text('PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n')],
    ['two spaces', text('PROXY TCP4  203.0.113.7 10.0.0.1 1 2\r\n')],
    ['no ports', text('PROXY TCP4 203.0.113.7 10.0.0.1\r\n')],
    ['another protocol', text('PROXY UDP4 203.0.113.7 10.0.0.1 1 2\r\n')],
    ['a bare line feed', text(`PROXY TCP4 203.0.113.7 10.0.0.1 1 2\n${' '.repeat(107)}`)],
    ['no end', text(`PROXY UNKNOWN ${'x'.repeat(200)}`)],
    ['version 3', v2(0x31, 0x11, four)],
    ['an unknown command', v2(0x22, 0x11, four)],
    ['too few bytes for its family', v2(0x21, 0x21, four)],
    ['no addresses', v2(0x21, 0x11, Buffer.alloc(0))],
    ['a length beyond every use', v2(0x21, 0x11, four, 65_535)],
  ])('is none with %s', (_, bytes) => {
    expect(readProxyHeader(bytes)).toEqual({ state: 'none' });
  });
});

describe('a connection that must begin with a PROXY header', () => {
  let door: OpenListener;
  const request = `GET / HTTP/1.1\r\nHost: ${listenerHost}\r\nConnection: close\r\n\r\n`;

  beforeAll(async () => {
    door = await anOpenListener({ isBehindProxy: true, saysProxyHeader: true });
  });

  afterAll(() => door.close());

  it.each([
    ['version 1', [text('PROXY TCP4 203.0.113.7 10.0.0.1 51234 443\r\n')], '203.0.113.7'],
    ['version 2', [v2(0x21, 0x21, six)], '2001:db8:7::1'],
    [
      'a header in pieces',
      [v2(0x21, 0x11, four).subarray(0, 5), v2(0x21, 0x11, four).subarray(5)],
      '203.0.113.7',
    ],
    ['a header that names none', [text('PROXY UNKNOWN\r\n')], undefined],
  ])('speaks TLS behind it, and its requests are of that address: %s', async (_, pieces, reported) => {
    door.served.length = 0;
    expect(await door.afterHeader(pieces, request)).toContain('200 OK');
    expect(door.served[0]?.origin).toMatchObject({ peer: '127.0.0.1' });
    expect(door.served[0]?.origin.reported).toBe(reported);
  });

  it('speaks TLS also where the greeting comes in one piece with the header', async () => {
    door.served.length = 0;
    for (let connection = 0; connection < 5; connection++)
      expect(await door.withHeader(v2(0x21, 0x11, four), request)).toContain('200 OK');
  });

  it('is closed without one, and told of', async () => {
    door.served.length = 0;
    await expect(door.raw(request)).rejects.toThrow();
    expect(door.headless).toEqual(['127.0.0.1']);
    expect(door.served).toEqual([]);
  });
});

describe('a connection that need not', () => {
  it('takes such a header for no TLS, whoever sends it', async () => {
    const door = await anOpenListener();
    const request = `GET / HTTP/1.1\r\nHost: ${listenerHost}\r\n\r\n`;
    const header = text('PROXY TCP4 203.0.113.7 10.0.0.1 51234 443\r\n');
    await expect(door.afterHeader([header], request)).rejects.toThrow();
    expect(door.served).toEqual([]);
    await door.close();
  });
});
