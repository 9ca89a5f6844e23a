import { describe, expect, it } from 'vitest';
import { neverDialled, objectionToAddress } from '../../../../../webhook/gateway/proxy/dialled-address.ts';

/** What is never dialled, each with its first and last address and those just outside. */
const ranges: Readonly<Record<string, { inside: readonly string[]; outside: readonly string[] }>> = {
  '0.0.0.0/8': { inside: ['0.0.0.0', '0.255.255.255'], outside: ['1.0.0.0'] },
  '127.0.0.0/8': { inside: ['127.0.0.1', '127.255.255.255'], outside: ['126.255.255.255', '128.0.0.0'] },
  '169.254.0.0/16': {
    inside: ['169.254.0.0', '169.254.169.254', '169.254.255.255'],
    outside: ['169.253.255.255', '169.255.0.0'],
  },
  '224.0.0.0/4': { inside: ['224.0.0.0', '239.255.255.255'], outside: ['223.255.255.255'] },
  '240.0.0.0/4': { inside: ['240.0.0.0', '255.255.255.255'], outside: [] },
  '::/128': { inside: ['::'], outside: ['::2'] },
  '::1/128': { inside: ['::1'], outside: ['::2'] },
  'fd00:ec2::254/128': { inside: ['fd00:ec2::254'], outside: ['fd00:ec2::253', 'fd00:ec2::255'] },
  'fe80::/10': { inside: ['fe80::1', 'febf:ffff::1'], outside: ['fe7f:ffff::1', 'fec0::1'] },
  'ff00::/8': { inside: ['ff00::', 'ff02::1'], outside: ['feff:ffff::1'] },
};
const cases = Object.values(ranges);

/** The objection when the address is the Service's own, and nothing else speaks against it. */
const asItsOwn = (text: string, own: readonly string[] = []) =>
  objectionToAddress(text, { given: [text], own });

describe('an address of the Service', () => {
  it('is never dialled in these ranges, and in no other', () => {
    expect(neverDialled.toSorted()).toEqual(Object.keys(ranges).toSorted());
  });

  it.each(cases.flatMap(({ inside }) => inside))(
    'is refused although the Service itself has %s',
    (address) => {
      expect(asItsOwn(address)).toBe(`${address} is refused`);
    },
  );

  it.each(['::ffff:127.0.0.1', '::ffff:169.254.169.254'])('is refused as %s too', (address) => {
    expect(asItsOwn(address)).toBe(`${address} is refused`);
  });

  it.each(cases.flatMap(({ outside }) => outside))('is dialled just outside, as %s', (address) => {
    expect(asItsOwn(address)).toBeUndefined();
  });

  it.each(['10.96.0.7', 'fd00:96::7'])('is dialled as %s, unless it is the gateway’s', (address) => {
    expect(asItsOwn(address)).toBeUndefined();
    expect(asItsOwn(address, ['10.0.0.1', address])).toBe(`${address} is the gateway itself`);
  });

  it('is compared as an address, not as a text', () => {
    expect(objectionToAddress('fd00:96:0::7', { given: ['fd00:96::7'], own: [] })).toBeUndefined();
    const own = ['nonsense', 'fd00:0096::7'];
    expect(objectionToAddress('fd00:96::7', { given: ['fd00:96::7'], own })).toMatch('is the gateway itself');
  });

  it.each(['', 'metadata', '10.96.0.7.nip.io', '10.96.0.07'])('is none when it is written %j', (text) => {
    expect(asItsOwn(text)).toBe(`${text} is refused`);
  });

  it('is one of those that the API server gave', () => {
    const given = ['10.96.0.7', 'fd00:96::7'];
    expect(objectionToAddress('10.96.0.8', { given, own: [] })).toBe(
      '10.96.0.8 is not an address of the Service',
    );
  });
});
