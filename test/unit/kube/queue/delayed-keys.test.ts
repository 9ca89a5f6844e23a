import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelayedKeys } from '../../../../kube/queue/delayed-keys.ts';

describe('delayed keys', () => {
  it('come out when they are due, the earliest first, each once, at the earliest moment asked for', () => {
    const wish = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), at: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 60 }), fc.nat(100), (wishes, now) => {
        const waiting = new DelayedKeys<undefined>();
        const earliest = new Map<string, number>();
        for (const { key, at } of wishes) {
          waiting.add(key, at, undefined);
          earliest.set(key, Math.min(at, earliest.get(key) ?? at));
        }
        const due = waiting.takeDue(now).map(({ at }) => at);
        const expected = [...earliest.values()].filter((at) => at <= now).sort((a, b) => a - b);
        expect(due).toEqual(expected);
        expect(waiting.size).toBe(earliest.size - expected.length);
        const left = [...earliest.values()].filter((at) => at > now);
        expect(waiting.nextAt()).toBe(left.length > 0 ? Math.min(...left) : undefined);
      }),
    );
  });

  it('may wait again after they came out', () => {
    const waiting = new DelayedKeys<string>();
    waiting.add('a', 10, 'first');
    waiting.takeDue(10);
    waiting.add('a', 30, 'second');
    expect(waiting.takeDue(29)).toEqual([]);
    expect(waiting.takeDue(30)).toEqual([{ key: 'a', at: 30, value: 'second' }]);
  });
});
