import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../../../crds/rules/address/address.ts';
import {
  addressOfNode,
  type Hop,
  hopsOfForwarded,
  hopsOfForwardedFor,
} from '../../../../../webhook/gateway/listener/forwarding-lines.ts';

const shown = (hop: Hop): string | undefined => hop && formatAddress(hop);
const all = (hops: readonly Hop[] | undefined) => hops?.map(shown);

describe('how a hop names another', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:51234', '203.0.113.7'],
    ['203.0.113.7:_source', '203.0.113.7'],
    ['2001:DB8::7', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['[2001:db8::7]:_x1', '2001:db8::7'],
    ['2001:db8:0:0:0:0:0:7', '2001:db8::7'],
    // No port: the last group.
    ['2001:db8::7:443', '2001:db8::7:443'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:80', '203.0.113.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:80', 'fe80::1'],
  ])('is read of %s', (node, address) => {
    expect(shown(addressOfNode(node))).toBe(address);
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    'host.example',
    '203.0.113.7:',
    '203.0.113.7:123456',
    '203.0.113.7:http',
    '203.0.113.7%eth0',
    '203.0.113.7 ',
    '010.0.0.1',
    '010.0.0.1:80',
    '127.1:80',
    '[203.0.113.7]',
    '[203.0.113.7]:80',
    '[2001:db8::7',
    '2001:db8::7]',
    '[2001:db8::7]443',
    '[2001:db8::7]:',
    '[[2001:db8::7]]',
    '"203.0.113.7"',
    '203.0.113.7:80:80',
    '1.2.3.4, 5.6.7.8',
  ])('is no address in %j', (node) => {
    expect(addressOfNode(node)).toBeUndefined();
  });
});

describe('X-Forwarded-For', () => {
  it('is one list over all of its lines, each entry in its own form', () => {
    expect(all(hopsOfForwardedFor(['203.0.113.7:51234, [2001:db8::7]:443', ' unknown ,10.0.0.1']))).toEqual([
      '203.0.113.7',
      '2001:db8::7',
      undefined,
      '10.0.0.1',
    ]);
  });
});

describe('Forwarded', () => {
  it.each([
    ['for=203.0.113.7', ['203.0.113.7']],
    ['For="203.0.113.7:4711"', ['203.0.113.7']],
    ['for="[2001:db8:cafe::17]:4711"', ['2001:db8:cafe::17']],
    ['for=[2001:db8::1]:80', ['2001:db8::1']],
    ['for=203.0.113.7;proto=https;by=203.0.113.43', ['203.0.113.7']],
    ['proto=https ; FOR=203.0.113.7;host="a,b;c"', ['203.0.113.7']],
    ['for=192.0.2.43, for="[2001:db8:cafe::17]";proto=http', ['192.0.2.43', '2001:db8:cafe::17']],
    ['for=unknown, for=_mystery, for="_SEVKISEK"', [undefined, undefined, undefined]],
    ['proto=https', [undefined]],
    ['for="203\\.0.113.7"', ['203.0.113.7']],
    ['host="x, for=10.0.0.1";for=203.0.113.7', ['203.0.113.7']],
  ])('is read: %s', (line, hops) => {
    expect(all(hopsOfForwarded([line]))).toEqual(hops);
  });

  it('is one list over all of its lines', () => {
    expect(all(hopsOfForwarded(['for=192.0.2.1', 'for=192.0.2.2, for=192.0.2.3']))).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.3',
    ]);
  });

  it.each([
    '',
    ',',
    '203.0.113.7',
    'for=203.0.113.7;for=10.0.0.1',
    'for="203.0.113.7',
    'for="203.0.113.7", "',
    'for==203.0.113.7',
    'for=203.0.113.7 10.0.0.1',
    'for="203.0.113.7"x',
    'for=203.0.113.7;=b',
  ])('is no chain in %j', (line) => {
    expect(hopsOfForwarded([line])).toBeUndefined();
  });
});
