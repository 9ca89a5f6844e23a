import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../../../crds/rules/address/address.ts';
import {
  type Allowlist,
  allowlistOf,
  compileAllowlist,
} from '../../../../../crds/rules/address/allowlist.ts';

const contains = (list: Allowlist, text: string): boolean | undefined => {
  const address = parseAddress(text);
  return address && list.contains(address);
};

describe('an address list', () => {
  const list = compileAllowlist(['203.0.113.0/24', '198.51.100.7', '2001:db8:7::/48']);

  const answers: Readonly<Record<string, [address: string, inside: boolean]>> = {
    'does not contain the last address before a range': ['203.0.112.255', false],
    'contains the first address of a range': ['203.0.113.0', true],
    'contains the last address of a range': ['203.0.113.255', true],
    'does not contain the first address after a range': ['203.0.114.0', false],
    'does not contain the address before a bare one': ['198.51.100.6', false],
    'contains a bare address': ['198.51.100.7', true],
    'does not contain the address after a bare one': ['198.51.100.8', false],
    'does not contain the last IPv6 address before a range': ['2001:db8:6:ffff:ffff:ffff:ffff:ffff', false],
    'contains the first IPv6 address of a range': ['2001:db8:7::', true],
    'contains the last IPv6 address of a range': ['2001:db8:7:ffff:ffff:ffff:ffff:ffff', true],
    'does not contain the first IPv6 address after a range': ['2001:db8:8::', false],
    'contains an IPv4 address that comes as an IPv4-mapped one': ['::ffff:203.0.113.9', true],
    'does not contain an IPv4-compatible twin': ['::203.0.113.9', false],
    'does not contain a NAT64 twin': ['64:ff9b::203.0.113.9', false],
  };
  for (const [title, [address, inside]] of Object.entries(answers)) {
    it(title, () => {
      expect(contains(list, address)).toBe(inside);
    });
  }

  it('contains nothing when it is empty', () => {
    expect(contains(compileAllowlist([]), '203.0.113.1')).toBe(false);
    expect(contains(compileAllowlist([]), '::1')).toBe(false);
  });

  it('contains nothing at all when one entry cannot be read', () => {
    const broken = compileAllowlist(['203.0.113.0/24', '203.0.113.7/24']);
    expect(contains(broken, '203.0.113.1')).toBe(false);
    expect(broken).toMatchObject({ readable: false, size: 2 });
  });

  it('has no IPv4 address in ::/0, and no IPv6 address in 0.0.0.0/0', () => {
    expect(contains(compileAllowlist(['::/0']), '203.0.113.1')).toBe(false);
    expect(contains(compileAllowlist(['0.0.0.0/0']), '::1')).toBe(false);
  });

  it('reaches to the very last addresses', () => {
    const last = compileAllowlist(['255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']);
    expect(contains(last, '255.255.255.255')).toBe(true);
    expect(contains(last, '255.255.255.254')).toBe(false);
    expect(contains(last, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')).toBe(true);
    expect(contains(last, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe')).toBe(false);
  });
});

describe('sharing compiled lists', () => {
  it('gives lists of the same content one compiled form', () => {
    expect(allowlistOf(['10.0.0.0/8'])).toBe(allowlistOf(['10.0.0.0/8']));
  });

  it('does not confuse lists whose entries join to the same text', () => {
    expect(allowlistOf(['10.0.0.1', '10.0.0.2'])).not.toBe(allowlistOf(['10.0.0.1,10.0.0.2']));
  });

  it('notices that an array was altered since it was compiled', () => {
    const cidrs = ['10.0.0.0/8', '192.0.2.0/24'];
    expect(contains(allowlistOf(cidrs), '192.0.2.1')).toBe(true);
    cidrs.pop();
    expect(contains(allowlistOf(cidrs), '192.0.2.1')).toBe(false);
    cidrs[0] = '172.16.0.0/12';
    expect(contains(allowlistOf(cidrs), '10.0.0.1')).toBe(false);
  });

  it('forgets the oldest of more than 1024 lists, and keeps the others', () => {
    const list = (at: number) => [`172.16.${at >> 8}.${at & 255}`];
    const oldest = allowlistOf(list(0));
    const second = allowlistOf(list(1));
    for (let at = 2; at < 1025; at++) allowlistOf(list(at));
    expect(allowlistOf(list(1))).toBe(second);
    expect(allowlistOf(list(0))).not.toBe(oldest);
  });

  it('still answers rightly after more lists than it remembers', () => {
    const lists = Array.from({ length: 1500 }, (_, at) => [`10.${at >> 8}.${at & 255}.0/24`]);
    for (const cidrs of [...lists, ...lists]) {
      const inside = cidrs[0]?.replace('.0/24', '.9') ?? '';
      expect(contains(allowlistOf([...cidrs]), inside)).toBe(true);
      expect(contains(allowlistOf([...cidrs]), '11.0.0.1')).toBe(false);
    }
  });
});
