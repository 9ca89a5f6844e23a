import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../../../crds/rules/address/address.ts';
import type { Source } from '../../../../../webhook/gateway/listener/source-address.ts';
import {
  type Costly,
  costs,
  createAnonymousCost,
} from '../../../../../webhook/gateway/sign-in/anonymous-cost.ts';

const from = (ip: string): Source => ({ ip, address: parseAddress(ip) });

function aCost() {
  const clock = { now: 0 };
  const cost = createAnonymousCost(() => clock.now);
  const asked = (ip: string, times: number, costly: Costly = 'begin-sign-in', requestId?: string): number =>
    Array.from({ length: times }, () => cost.mayAsk(from(ip), costly, requestId)).filter(Boolean).length;
  return { clock, asked };
}

describe('what anonymous clients may cost the API server', () => {
  it('has a part that no address can take from the others', () => {
    const { asked } = aCost();
    expect(asked('203.0.113.7', 5000)).toBe(375);
    expect(asked('203.0.113.8', 10)).toBe(10);
  });

  it('has a bound for all together, however many they are', () => {
    const { clock, asked } = aCost();
    let sum = 0;
    for (clock.now = 0; clock.now < 60_000; clock.now += 100)
      for (let number = 0; number < 20; number += 1) sum += asked(`10.${clock.now % 251}.${number}.1`, 1);
    expect(sum * costs['begin-sign-in']).toBeLessThanOrEqual(9000 + 60 * 300);
  });

  it('is what one neighbour may cost in a whole IPv6 network of 48 bits', () => {
    const { asked } = aCost();
    let metadata = 0;
    for (let number = 0; number < 1000; number += 1)
      metadata += asked(`2001:db8:7:${number.toString(16)}::1`, 1, 'metadata');
    expect(metadata).toBe(600);
    expect(asked('2001:db8:8::1', 1, 'metadata')).toBe(1);
  });

  it('lets a genuine AuthnRequest pass three times, whatever its neighbours asked', () => {
    const { asked } = aCost();
    asked('203.0.113.7', 5000, 'metadata');
    expect(asked('203.0.113.7', 10, 'complete-sign-in', '_1')).toBe(3);
    expect(asked('203.0.113.7', 10, 'complete-sign-in', '_2')).toBe(3);
    expect(asked('203.0.113.7', 10, 'begin-sign-in', '_3')).toBe(0);
    expect(asked('203.0.113.7', 10, 'complete-sign-in')).toBe(0);
  });

  it('is not touched by responses without a genuine cookie, for which nothing is read', () => {
    const { asked } = aCost();
    for (let number = 0; number < 100; number += 1) asked(`203.0.113.${number}`, 600, 'complete-sign-in');
    expect(asked('198.51.100.1', 100)).toBe(100);
  });
});
