import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import {
  containsCIDR,
  formatCIDR,
  isVeryWide,
  parseCIDR,
  splitList,
  withinBoth,
} from '../../../../../crds/rules/address/cidr.ts';
import { isProblem, problemLine } from '../../../../../crds/rules/problem.ts';

const accepted: Readonly<Record<string, [text: string, canonical: string]>> = {
  'reads an IPv4 range': ['203.0.113.0/24', '203.0.113.0/24'],
  'reads an IPv6 range': ['2001:DB8:7::/48', '2001:db8:7::/48'],
  'takes a bare IPv4 address for a range of one': ['203.0.113.7', '203.0.113.7/32'],
  'takes a bare IPv6 address for a range of one': ['2001:db8::7', '2001:db8::7/128'],
  'reads everything of IPv4': ['0.0.0.0/0', '0.0.0.0/0'],
  'reads everything of IPv6': ['::/0', '::/0'],
  'reads a prefix that ends within a word': ['2001:db8:8000::/33', '2001:db8:8000::/33'],
};

const refused: Readonly<Record<string, [text: string, rule: string, fix: string]>> = {
  'an empty entry': ['', 'not empty', 'remove the entry'],
  'a prefix without an address': ['/8', 'not empty', 'remove the entry'],
  'host bits': ['203.0.113.7/24', 'no bits set after the first 24', 'write 203.0.113.0/24, or 203.0.113.7'],
  'host bits of IPv6': ['2001:db8::1/32', 'no bits set after the first 32', 'write 2001:db8::/32'],
  'a prefix over 32': ['10.0.0.0/33', 'from 0 to 32', 'write for example 10.0.0.0/32'],
  'a prefix over 128': ['2001:db8::/129', 'from 0 to 128', '2001:db8::/128'],
  'a prefix with a leading zero': ['10.0.0.0/08', 'without leading zeros', '10.0.0.0/32'],
  'an empty prefix': ['10.0.0.0/', 'prefix length', '10.0.0.0/32'],
  'a netmask instead of a prefix': ['10.0.0.0/255.0.0.0', 'prefix length', '10.0.0.0/32'],
  'two prefixes': ['10.0.0.0/8/8', 'prefix length', '10.0.0.0/32'],
  'a negative prefix': ['10.0.0.0/-1', 'prefix length', '10.0.0.0/32'],
  'the range of all IPv4-mapped addresses': ['::ffff:0:0/96', 'IPv4-mapped', 'write 0.0.0.0/0'],
  'an IPv4-mapped range': ['::ffff:10.0.0.0/104', 'IPv4-mapped', 'write 10.0.0.0/8'],
  'an IPv4-mapped address': ['::ffff:10.0.0.1', 'IPv4-mapped', 'write 10.0.0.1'],
  'a zone id': ['fe80::1%eth0', 'zone id', 'without the % part'],
  octal: ['0177.0.0.1', 'leading zeros', 'without leading zeros'],
  hexadecimal: ['0x7f.0.0.1', 'hexadecimal', '127.0.0.1'],
  'a short form': ['127.1', 'in full', 'not 127.1'],
  'a short range': ['10/8', 'in full', 'not 127.1'],
  'a fifth number': ['1.2.3.4.5', 'IPv4 or IPv6', '203.0.113.0/24'],
  'white space before it': [' 10.0.0.0/8', 'white space', 'remove the spaces'],
  'two entries in one': ['10.0.0.0/8;11.0.0.0/8', 'one address', 'an entry of its own'],
  'foreign digits': ['１0.0.0.0/8', 'ASCII', 'by hand'],
  'a host name': ['example.com', 'IPv4 or IPv6', '203.0.113.0/24'],
};

describe('reading an entry of an address list', () => {
  for (const [title, [text, canonical]] of Object.entries(accepted)) {
    it(title, () => {
      const cidr = parseCIDR(text);
      expect(isProblem(cidr) ? problemLine(cidr) : formatCIDR(cidr)).toBe(canonical);
    });
  }

  for (const [title, [text, rule, fix]] of Object.entries(refused)) {
    it(`refuses ${title}, says the rule and the way out`, () => {
      const problem = parseCIDR(text, 'spec.allowedCIDRs[3]');
      expect(problem).toMatchObject({
        field: 'spec.allowedCIDRs[3]',
        rule: expect.stringContaining(rule),
        fix: expect.stringContaining(fix),
      });
    });
  }

  it('shows a foreign value shortened and without invisible characters', () => {
    const problem = parseCIDR(`\u202e\n${'9'.repeat(5000)}`);
    expect(isProblem(problem) && problem.value).toMatch(/^\\u202e\\u000a9+\.\.\.$/);
    expect(isProblem(problem) && problem.value?.length).toBe(64);
  });
});

describe('how wide an entry is', () => {
  const warned = { '0.0.0.0/0': true, '10.0.0.0/7': true, '10.0.0.0/8': false, '10.0.0.0/9': false };
  const warnedV6 = { '::/0': true, '2000::/31': true, '2001:db8::/32': false, '2001:db8::/33': false };
  for (const [cidr, wide] of Object.entries({ ...warned, ...warnedV6 })) {
    it(`${wide ? 'warns about' : 'says nothing about'} ${cidr}`, () => {
      expect(isVeryWide(cidr)).toBe(wide);
    });
  }
});

describe('the list of the source document', () => {
  it('is split at the semicolons', () => {
    expect(splitList('203.0.113.0/24;2001:db8::7')).toEqual(['203.0.113.0/24', '2001:db8::7']);
  });

  it('is empty when the text is', () => {
    expect(splitList('')).toEqual([]);
  });

  it('leaves spaces and empty entries in, for them to be refused', () => {
    expect(splitList('10.0.0.1; 10.0.0.2;')).toEqual(['10.0.0.1', ' 10.0.0.2', '']);
  });
});

const cidr4 = fc
  .tuple(fc.constantFrom(0x0a000000, 0x0a010000, 0xffffffff), fc.integer({ min: 0, max: 32 }))
  .map(([bits, prefix]) => formatted(bits, prefix));
const cidr6 = fc
  .tuple(fc.constantFrom('2001:db8::', '2001:db8:0:1::', 'ffff::'), fc.integer({ min: 0, max: 128 }))
  .map(
    ([address, prefix]) =>
      ipaddr.IPv6.networkAddressFromCIDR(`${address}/${prefix}`).toString() + `/${prefix}`,
  );

function formatted(bits: number, prefix: number): string {
  const bytes = [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
  return `${ipaddr.IPv4.networkAddressFromCIDR(`${bytes}/${prefix}`).toString()}/${prefix}`;
}

describe('containment of ranges', () => {
  it('agrees with ipaddr.js on generated pairs', () => {
    const any = fc.oneof(cidr4, cidr6);
    fc.assert(
      fc.property(any, any, (outer, inner) => {
        const [address, prefix] = ipaddr.parseCIDR(inner);
        const [, outerPrefix] = ipaddr.parseCIDR(outer);
        const range = ipaddr.parseCIDR(outer);
        const expected = range[0].kind() === address.kind() && prefix >= outerPrefix && address.match(range);
        expect(containsCIDR(outer, inner)).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });

  it('holds nothing in, and puts into nothing, what cannot be read', () => {
    expect(containsCIDR('0.0.0.0/0', '10.0.0.1/8')).toBe(false);
    expect(containsCIDR('10.0.0.1/8', '10.0.0.1')).toBe(false);
  });

  it('finds a range in itself, an address in its range, and no IPv4 in IPv6', () => {
    expect(containsCIDR('10.0.0.0/8', '10.0.0.0/8')).toBe(true);
    expect(containsCIDR('10.0.0.0/8', '10.255.255.255')).toBe(true);
    expect(containsCIDR('::/0', '10.0.0.0/8')).toBe(false);
  });
});

it('two lists leave what both contain, and an empty one restricts nothing', () => {
  expect(withinBoth([], [])).toBeUndefined();
  expect(withinBoth(['10.0.0.0/8'], [])).toEqual(['10.0.0.0/8']);
  expect(withinBoth([], ['10.0.0.0/8'])).toEqual(['10.0.0.0/8']);
  expect(withinBoth(['10.1.0.0/16', '192.0.2.1'], ['10.0.0.0/8'])).toEqual(['10.1.0.0/16']);
  expect(withinBoth(['10.0.0.0/8'], ['10.1.0.0/16', '10.2.0.0/16'])).toEqual(['10.1.0.0/16', '10.2.0.0/16']);
});
