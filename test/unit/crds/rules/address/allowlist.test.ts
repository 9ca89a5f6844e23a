import { BlockList } from 'node:net';
import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
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

const v4 = fc
  .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 32 }))
  .map(([bits, prefix]) => {
    const text = [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
    return `${ipaddr.IPv4.networkAddressFromCIDR(`${text}/${prefix}`).toString()}/${prefix}`;
  });
const v6 = fc
  .tuple(
    fc.array(fc.constantFrom(0, 1, 0x2001, 0xdb8, 0xffff), { minLength: 8, maxLength: 8 }),
    fc.integer({ min: 1, max: 128 }),
  )
  .map(([groups, prefix]) => {
    const network = ipaddr.IPv6.networkAddressFromCIDR(
      `${groups.map((g) => g.toString(16)).join(':')}/${prefix}`,
    );
    return { network, prefix };
  })
  .filter(({ network }) => !network.isIPv4MappedAddress())
  .map(({ network, prefix }) => `${network.toRFC5952String()}/${prefix}`);

/** Addresses where answers change: the edges of every range and their neighbours. */
function edgesOf(cidr: string): string[] {
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const bytes = address.toByteArray();
  const last = bytes.map((byte, at) => byte | (0xff >> Math.min(8, Math.max(0, prefix - at * 8))));
  return [bytes, last, stepped(bytes, -1), stepped(last, 1)].flatMap((each) =>
    each === undefined ? [] : [ipaddr.fromByteArray(each).toString()],
  );
}

function stepped(bytes: readonly number[], step: 1 | -1): number[] | undefined {
  const result = [...bytes];
  for (let at = result.length - 1; at >= 0; at--) {
    const next = (result[at] ?? 0) + step;
    if (next >= 0 && next <= 255) {
      result[at] = next;
      return result;
    }
    result[at] = step > 0 ? 0 : 255;
  }
  return undefined;
}

/** A peer per family: an IPv6 rule that covers `::ffff:0:0/96` makes one BlockList match all of IPv4. */
function blockListsOf(cidrs: readonly string[]): (address: string) => boolean {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const cidr of cidrs) {
    const [network = '', prefix = ''] = cidr.split('/');
    const family = familyOf(network);
    lists[family].addSubnet(network, Number(prefix), family);
  }
  return (address) => lists[familyOf(address)].check(address, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4');

describe('an address list on generated input', () => {
  it('agrees with net.BlockList and ipaddr.js at every edge', () => {
    const lists = fc.array(fc.oneof(v4, v6), { maxLength: 40 });
    fc.assert(
      fc.property(lists, (cidrs) => {
        const list = compileAllowlist(cidrs);
        const peer = blockListsOf(cidrs);
        const ranges = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
        for (const text of cidrs.flatMap(edgesOf)) {
          const address = ipaddr.parse(text);
          if (address.kind() === 'ipv6' && (address as ipaddr.IPv6).isIPv4MappedAddress()) continue;
          const inside = contains(list, text);
          expect(inside, text).toBe(peer(text));
          expect(inside, text).toBe(
            ranges.some((range) => range[0].kind() === address.kind() && address.match(range)),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with net.BlockList where lists are long enough to be indexed', () => {
    const long = fc.array(v4, { minLength: 600, maxLength: 900 }).map((cidrs) =>
      // ranges of one address to 64 Ki addresses only, or everything would merge into one
      cidrs.filter((cidr) => Number(cidr.split('/')[1]) >= 16),
    );
    fc.assert(
      fc.property(long, (cidrs) => {
        const list = compileAllowlist(cidrs);
        const peer = blockListsOf(cidrs);
        for (const text of cidrs.slice(0, 200).flatMap(edgesOf))
          expect(contains(list, text), text).toBe(peer(text));
      }),
      { numRuns: 10 },
    );
  });

  it('answers the same whatever the order of its entries', () => {
    const shuffled = fc
      .array(fc.oneof(v4, v6), { maxLength: 20 })
      .chain((cidrs) =>
        fc.tuple(fc.constant(cidrs), fc.shuffledSubarray(cidrs, { minLength: cidrs.length })),
      );
    fc.assert(
      fc.property(shuffled, ([cidrs, other]) => {
        const [one, two] = [compileAllowlist(cidrs), compileAllowlist(other)];
        for (const text of cidrs.flatMap(edgesOf)) expect(contains(one, text)).toBe(contains(two, text));
      }),
      { numRuns: 100 },
    );
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
