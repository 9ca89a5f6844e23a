import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../../../crds/rules/address/address.ts';
import { bucketKey, createBuckets } from '../../../../../webhook/gateway/listener/address-buckets.ts';

/** Buckets of ten, a token a second, with a clock that the test turns. */
function someBuckets() {
  const clock = { now: 0 };
  const buckets = createBuckets({ size: 10, everyMs: 1000, clock: () => clock.now });
  const taken = (key: string, times: number): number =>
    Array.from({ length: times }, () => buckets.take(key)).filter(Boolean).length;
  return { clock, taken };
}

describe('the bucket of an address', () => {
  it('gives what it holds, then a token a second, and never more than it holds', () => {
    const { clock, taken } = someBuckets();
    expect(taken('a', 50)).toBe(10);
    clock.now = 3000;
    expect(taken('a', 50)).toBe(3);
    clock.now = 1_000_000;
    expect(taken('a', 50)).toBe(10);
  });

  it('is its own', () => {
    const { taken } = someBuckets();
    expect([taken('a', 50), taken('b', 5)]).toEqual([10, 5]);
  });

  it('gives over any length of time at most what it held and what came back', () => {
    const { clock, taken } = someBuckets();
    let given = 0;
    for (clock.now = 0; clock.now < 100_000; clock.now += 130) given += taken('a', 1);
    expect(given).toBeLessThanOrEqual(10 + 100);
    expect(given).toBeGreaterThanOrEqual(105);
  });

  it('is shared by those who come when there are too many, and only by them', () => {
    const { taken } = someBuckets();
    taken('early', 4);
    for (let at = 0; at < 9999; at += 1) taken(`flood-${at}`, 1);
    const late = Array.from({ length: 100 }, (_, at) => taken(`late-${at}`, 1));
    expect(late.filter((each) => each === 1)).toHaveLength(10);
    expect(taken('early', 50)).toBe(6);
  });
});

describe('what counts as one address', () => {
  const key = (text: string): string => bucketKey(parseAddress(text));

  it('is the address in IPv4, in whatever form it arrives', () => {
    expect(key('203.0.113.7')).toBe(key('::ffff:203.0.113.7'));
    expect(key('203.0.113.7')).not.toBe(key('203.0.113.8'));
  });

  it('is the network of 64 bits in IPv6', () => {
    expect(key('2001:db8:1:2::1')).toBe(key('2001:db8:1:2:ffff::9'));
    expect(key('2001:db8:1:2::1')).not.toBe(key('2001:db8:1:3::1'));
  });

  it('is one for all whose address is not known', () => {
    expect(bucketKey(undefined)).toBe(key('nonsense'));
  });
});
