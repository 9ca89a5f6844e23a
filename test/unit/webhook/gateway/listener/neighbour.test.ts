import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../../../crds/rules/address/address.ts';
import { neighbourAt, neighbourOf } from '../../../../../webhook/gateway/listener/neighbour.ts';

const of = (text: string): string => neighbourOf(parseAddress(text));

describe('one neighbour', () => {
  it('is one address in IPv4, in whatever form it arrives', () => {
    expect(of('::ffff:203.0.113.7')).toBe(of('203.0.113.7'));
    expect(of('::ffff:cb00:7107')).toBe(of('203.0.113.7'));
    expect(of('64:ff9b::203.0.113.7')).toBe(of('203.0.113.7'));
    for (const form of ['', '::ffff:', '64:ff9b::'])
      expect(of(`${form}203.0.113.7`)).not.toBe(of(`${form}203.0.113.8`));
  });

  it('is a network of 48 bits in IPv6', () => {
    expect(of('2001:db8:1::1')).toBe(of('2001:db8:1:ffff:ffff:ffff:ffff:ffff'));
    expect(of('2001:db8:1::1')).not.toBe(of('2001:db8:2::1'));
    expect(of('2001:db8:8001::1')).not.toBe(of('2001:db8:1::1'));
  });

  it('is the peer, where no address can be trusted', () => {
    const at = (peer: string): string => neighbourAt({ ip: 'unknown', peer });
    expect(at('10.0.0.1')).not.toBe(at('10.0.0.2'));
    expect(at('10.0.0.1')).not.toBe(of('10.0.0.1'));
    expect(neighbourAt({ ip: '203.0.113.7', peer: '10.0.0.1' })).toBe(of('203.0.113.7'));
  });
});
