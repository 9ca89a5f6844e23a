import { isIP } from 'node:net';
import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../../../../crds/rules/address/address.ts';

const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });
const groups = fc.array(fc.oneof(fc.constant(0), fc.constant(0xffff), fc.integer({ min: 0, max: 0xffff })), {
  minLength: 8,
  maxLength: 8,
});

describe('reading generated addresses', () => {
  it('agrees with ipaddr.js on every IPv4 address', () => {
    fc.assert(
      fc.property(octets, (bytes) => {
        const text = bytes.join('.');
        expect(parseAddress(text)?.d).toBe(new DataView(Uint8Array.from(bytes).buffer).getInt32(0));
      }),
    );
  });

  it('agrees with ipaddr.js on what every spelling of an IPv6 address is', () => {
    fc.assert(
      fc.property(groups, (parts) => {
        const peer = new ipaddr.IPv6(parts);
        const canonical = peer.isIPv4MappedAddress()
          ? peer.toIPv4Address().toString()
          : peer.toRFC5952String();
        const spellings = [
          peer.toNormalizedString(),
          parts.map((group) => group.toString(16).padStart(4, '0')).join(':'),
          peer.toRFC5952String(),
        ];
        for (const spelling of [...spellings, ...spellings.map((each) => each.toUpperCase())]) {
          const address = parseAddress(spelling);
          expect(address && formatAddress(address)).toBe(canonical);
        }
      }),
    );
  });

  it('accepts nothing that node:net refuses, and all that it accepts but zone ids', () => {
    const alphabet = fc.constantFrom(...Array.from('0123456789abfF:::...%x /'));
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 24 }), (text) => {
        expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0 && !text.includes('%'));
      }),
      { numRuns: 20_000 },
    );
  });

  it('agrees with node:net on addresses with one character altered', () => {
    const spelled = fc.oneof(
      octets.map((bytes) => bytes.join('.')),
      groups.map((parts) => new ipaddr.IPv6(parts).toRFC5952String()),
      octets.map((bytes) => `::ffff:${bytes.join('.')}`),
    );
    const altered = fc
      .tuple(spelled, fc.nat(), fc.constantFrom('', ':', '.', '0', 'f', '/', '1.', '::'))
      .map(([text, at, character]) => {
        const place = at % text.length;
        return text.slice(0, place) + character + text.slice(place + 1);
      });
    fc.assert(
      fc.property(altered, (text) => {
        expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0);
      }),
      { numRuns: 10_000 },
    );
  });
});
