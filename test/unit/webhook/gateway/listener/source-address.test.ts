import { describe, expect, it } from 'vitest';
import {
  isTrustedHop,
  sourceOf,
  whyUnknown,
} from '../../../../../webhook/gateway/listener/source-address.ts';

const behind = { exposure: 'BehindProxy', trustedHops: ['10.0.0.0/8', '192.0.2.7/32'] } as const;
const network = { ...behind, trustedHops: [...behind.trustedHops] };

describe('the source of a request', () => {
  it('is the peer, whatever the client claims, when no proxy is configured', () => {
    expect(sourceOf(undefined, { peer: '203.0.113.9', forwardedFor: ['198.51.100.1'] })).toMatchObject({
      ip: '203.0.113.9',
      claimed: '198.51.100.1',
    });
  });

  it('folds an IPv4 peer of a dual-stack socket, and reads a link-local one without its zone', () => {
    expect(sourceOf({}, { peer: '::ffff:203.0.113.9', forwardedFor: [] }).ip).toBe('203.0.113.9');
    expect(sourceOf({}, { peer: 'fe80::1%eth0', forwardedFor: [] }).ip).toBe('fe80::1');
  });

  it('is unknown behind a proxy when the peer is no trusted hop', () => {
    const source = sourceOf(network, { peer: '203.0.113.9', forwardedFor: ['198.51.100.1'] });
    expect(source).toMatchObject({ address: undefined, ip: 'unknown', peer: '203.0.113.9' });
  });

  it('counts from the right over trusted hops, so that what the client wrote on the left is nothing', () => {
    const forwardedFor = ['203.0.113.1, 198.51.100.1', '10.1.2.3,192.0.2.7'];
    expect(sourceOf(network, { peer: '10.0.0.1', forwardedFor })).toMatchObject({
      ip: '198.51.100.1',
      peer: '10.0.0.1',
    });
  });

  it.each([
    ['no forwarding header', []],
    ['an entry that is no address', ['198.51.100.1, unknown']],
    ['an octal entry', ['010.1.1.1']],
    ['an entry with a no-break space', ['198.51.100.1\u00a0']],
    ['an entry with a port that is none', ['198.51.100.1:http']],
    ['trusted hops all the way', ['10.0.0.2']],
    ['a list longer than any chain', [Array.from({ length: 40 }, () => '10.0.0.2').join(',')]],
  ])('is unknown behind a proxy with %s', (_, forwardedFor) => {
    expect(sourceOf(network, { peer: '10.0.0.1', forwardedFor }).address).toBeUndefined();
  });

  it.each([
    ['203.0.113.7:51234', '203.0.113.7'],
    ['10.1.1.1:80, [2001:db8::7]:443, 192.0.2.7:9000', '2001:db8::7'],
    ['unknown, 203.0.113.7, 10.9.9.9', '203.0.113.7'],
  ])('is read of a list of a hop that writes ports: %s', (line, ip) => {
    expect(sourceOf(network, { peer: '10.0.0.1', forwardedFor: [line] }).ip).toBe(ip);
  });

  it.each([
    [[], ['for="203.0.113.7:51234";proto=https'], '203.0.113.7'],
    [[], ['for=203.0.113.7', 'for=10.4.4.4'], '203.0.113.7'],
    [['203.0.113.7, 10.0.0.9'], ['for=203.0.113.7'], '203.0.113.7'],
    [['::ffff:203.0.113.7'], ['for="203.0.113.7:1"'], '203.0.113.7'],
    [['203.0.113.7'], ['for=198.51.100.1'], 'unknown'],
    [['203.0.113.7'], ['for=unknown'], 'unknown'],
    [['unknown'], ['for=203.0.113.7'], 'unknown'],
    [['203.0.113.7'], ['nonsense'], 'unknown'],
    [[], ['for=203.0.113.7, for=_hidden'], 'unknown'],
  ])('with X-Forwarded-For %j and Forwarded %j is %s', (forwardedFor, forwarded, ip) => {
    expect(sourceOf(network, { peer: '10.0.0.1', forwardedFor, forwarded }).ip).toBe(ip);
    expect(sourceOf(network, { peer: '198.51.100.9', forwardedFor, forwarded }).ip).toBe('unknown');
    expect(sourceOf({}, { peer: '198.51.100.9', forwardedFor, forwarded }).ip).toBe('198.51.100.9');
  });

  it.each([
    ['the nearest hop says it', '203.0.113.7', [], '203.0.113.7'],
    ['a hop before it says it in a line', '10.0.0.9', ['203.0.113.7'], '203.0.113.7'],
    ['the client wrote a line of its own', '203.0.113.7', ['198.51.100.1'], '203.0.113.7'],
    ['the hop reports none', undefined, ['203.0.113.7'], 'unknown'],
    ['the hop reports itself alone', '10.0.0.9', [], 'unknown'],
  ])('by the PROXY protocol, where %s', (_, said, forwardedFor, ip) => {
    const asked = { ...network, proxyProtocol: 'Required' as const };
    expect(sourceOf(asked, { peer: '10.0.0.1', forwardedFor, reported: said }).ip).toBe(ip);
    expect(sourceOf(asked, { peer: '203.0.113.9', forwardedFor, reported: said }).ip).toBe('unknown');
    // By the policy's word alone.
    const unasked = sourceOf(network, { peer: '10.0.0.1', forwardedFor, reported: '192.0.2.99' });
    expect(unasked).toEqual(sourceOf(network, { peer: '10.0.0.1', forwardedFor }));
  });

  it('keeps what Forwarded claims for the records, too', () => {
    const origin = { peer: '198.51.100.9', forwardedFor: ['1.1.1.1'], forwarded: ['for=2.2.2.2'] };
    expect(sourceOf({}, origin).claimed).toBe('1.1.1.1, for=2.2.2.2');
  });

  it.each([
    ['NotTrusted', '203.0.113.9', ['198.51.100.1'], []],
    ['NoLine', '10.0.0.1', [], []],
    ['Unreadable', '10.0.0.1', ['198.51.100.1, unknown'], []],
    ['HopsOnly', '10.0.0.1', ['10.0.0.2'], []],
    ['Disagreement', '10.0.0.1', ['203.0.113.7'], ['for=198.51.100.1']],
    [undefined, '10.0.0.1', ['203.0.113.7'], ['for=203.0.113.7']],
  ] as const)('is told to be unknown for %s', (why, peer, forwardedFor, forwarded) => {
    expect(whyUnknown(network, { peer, forwardedFor, forwarded })).toBe(why);
    expect(whyUnknown({}, { peer, forwardedFor, forwarded })).toBeUndefined();
  });

  it('trusts nobody when no hops are listed', () => {
    const source = sourceOf({ exposure: 'BehindProxy' }, { peer: '10.0.0.1', forwardedFor: ['1.2.3.4'] });
    expect(source.address).toBeUndefined();
  });

  it('has a trusted hop for a peer only behind a proxy, and only one of the list', () => {
    expect(isTrustedHop(network, '::ffff:10.1.2.3')).toBe(true);
    expect(isTrustedHop(network, '203.0.113.9')).toBe(false);
    expect(isTrustedHop({ ...network, exposure: 'Direct' }, '10.1.2.3')).toBe(false);
    expect(isTrustedHop(undefined, '10.1.2.3')).toBe(false);
    expect(isTrustedHop(network, '')).toBe(false);
  });
});
