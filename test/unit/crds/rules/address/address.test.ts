import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, sameAddress } from '../../../../../crds/rules/address/address.ts';

const accepted: Readonly<Record<string, [text: string, canonical: string]>> = {
  'reads a dotted quad': ['203.0.113.7', '203.0.113.7'],
  'reads the lowest IPv4 address': ['0.0.0.0', '0.0.0.0'],
  'reads the highest IPv4 address': ['255.255.255.255', '255.255.255.255'],
  'reads the loopback of IPv6': ['::1', '::1'],
  'reads the unspecified address': ['::', '::'],
  'reads eight groups': ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  'reads upper case and leading zeros within a group': ['2001:0DB8::00AB', '2001:db8::ab'],
  'reads a gap at the end': ['2001:db8::', '2001:db8::'],
  'reads a gap of one group': ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  'reads an embedded quad': ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  'takes an IPv4-mapped address for the IPv4 address': ['::ffff:203.0.113.7', '203.0.113.7'],
  'takes one in hexadecimal for the IPv4 address, too': ['::FFFF:cb00:7107', '203.0.113.7'],
  'keeps an IPv4-compatible address apart from IPv4': ['::203.0.113.7', '::cb00:7107'],
  'keeps NAT64 apart from IPv4': ['64:ff9b::203.0.113.7', '64:ff9b::cb00:7107'],
  'keeps 6to4 apart from IPv4': ['2002:cb00:7107::', '2002:cb00:7107::'],
};

const refused: Readonly<Record<string, string>> = {
  'an empty text': '',
  'a leading zero, which is octal to some': '0177.0.0.1',
  'a leading zero on a number that would be the same': '127.0.0.01',
  'a hexadecimal number': '0x7f.0.0.1',
  'a short form of two numbers': '127.1',
  'one number': '2130706433',
  'five numbers': '1.2.3.4.5',
  'a number over 255': '1.2.3.256',
  'a dot at the end': '1.2.3.4.',
  'a dot at the beginning': '.1.2.3.4',
  'two dots': '1..2.3',
  'a negative number': '1.2.3.-4',
  'white space before it': ' 1.2.3.4',
  'white space after it': '1.2.3.4 ',
  'a line break after it': '1.2.3.4\n',
  'a NUL after it': '1.2.3.4\0',
  'full-width digits': '１.2.3.4',
  'Arabic digits': '١.2.3.4',
  'a zone id': 'fe80::1%eth0',
  'an encoded zone id': 'fe80::1%25eth0',
  brackets: '[::1]',
  'a port': '1.2.3.4:80',
  'two gaps': '1::2::3',
  'three colons': ':::',
  'a single colon at the beginning': ':1:2:3:4:5:6:7:8',
  'a single colon at the end': '1:2:3:4:5:6:7:8:',
  'nine groups': '1:2:3:4:5:6:7:8:9',
  'seven groups without a gap': '1:2:3:4:5:6:7',
  'eight groups and a gap': '1:2:3:4::5:6:7:8',
  'a group of five digits': '12345::',
  'a letter beyond f': '::g',
  'an embedded quad that is not last': '::1.2.3.4:5',
  'an embedded quad with a leading zero': '::ffff:01.2.3.4',
  'an embedded quad after seven groups': '1:2:3:4:5:6:7:1.2.3.4',
  'a mapped address in octal disguise': '::ffff:0177.0.0.1',
};

describe('reading an address', () => {
  for (const [title, [text, canonical]] of Object.entries(accepted)) {
    it(title, () => {
      const address = parseAddress(text);
      expect(address && formatAddress(address)).toBe(canonical);
    });
  }

  for (const [title, text] of Object.entries(refused)) {
    it(`refuses ${title}`, () => {
      expect(parseAddress(text)).toBeUndefined();
    });
  }

  it('tells 0.0.0.1 from ::1 although their last words are the same', () => {
    const [v4, v6] = [parseAddress('0.0.0.1'), parseAddress('::1')];
    expect(v4 && v6 && sameAddress(v4, v6)).toBe(false);
  });
});
