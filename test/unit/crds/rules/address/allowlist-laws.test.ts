import { BlockList } from 'node:net';
import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../../../crds/rules/address/address.ts';
import { type Allowlist, compileAllowlist } from '../../../../../crds/rules/address/allowlist.ts';

const contains = (list: Allowlist, text: string): boolean | undefined => {
  const address = parseAddress(text);
  return address && list.contains(address);
};

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
