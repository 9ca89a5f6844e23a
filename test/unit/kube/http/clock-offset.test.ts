import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockOffset } from '../../../../kube/http/clock-offset.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

/** What a server whose clock is `ahead` of ours would have us see. */
function seen(sentAt: number, ahead: number, { there = 5, back = 5 } = {}) {
  const stamp = Math.floor((sentAt + there + ahead) / 1000) * 1000;
  return { header: new Date(stamp).toUTCString(), sentAt, receivedAt: sentAt + there + back };
}

describe('the offset of the server clock', () => {
  it('is unknown before the first answer and after an unreadable one', () => {
    const offset = new ClockOffset();
    expect(offset.offsetMs()).toBeUndefined();
    offset.observe({ header: 'yesterday', sentAt: noon, receivedAt: noon });
    expect(offset.offsetMs()).toBeUndefined();
  });

  it('is within half a second after one answer', () => {
    for (const ahead of [-90_000, -300, 0, 999, 3_600_000]) {
      const offset = new ClockOffset();
      offset.observe(seen(noon + 123, ahead));
      expect(Math.abs((offset.offsetMs() ?? 0) - ahead)).toBeLessThanOrEqual(510);
    }
  });

  it('gets better with every answer, far below the second that the header can tell', () => {
    const ahead = fc.integer({ min: -100_000, max: 100_000 });
    fc.assert(
      fc.property(ahead, (truth) => {
        const offset = new ClockOffset();
        for (let at = 0; at < 100; at += 1) offset.observe(seen(noon + at * 1037, truth));
        expect(Math.abs((offset.offsetMs() ?? 0) - truth)).toBeLessThanOrEqual(50);
      }),
    );
  });

  it('is never said to be more ahead than it is, so that nothing ends before its end', () => {
    const ahead = fc.integer({ min: -100_000, max: 100_000 });
    const answers = fc.array(fc.record({ after: fc.nat(5000), there: fc.nat(400), back: fc.nat(400) }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(ahead, answers, (truth, all) => {
        const offset = new ClockOffset();
        let at = noon;
        for (const { after, ...delays } of all) {
          at += after;
          offset.observe(seen(at, truth, delays));
          expect(offset.certainlyAheadMs()).toBeLessThanOrEqual(truth);
        }
      }),
    );
  });

  it('is known to be ahead when it is, within a second after one answer', () => {
    const offset = new ClockOffset();
    expect(offset.certainlyAheadMs()).toBeUndefined();
    offset.observe(seen(noon + 123, 3_600_000));
    expect(3_600_000 - (offset.certainlyAheadMs() ?? 0)).toBeLessThanOrEqual(1010);
  });

  it('follows a clock that was set', () => {
    const offset = new ClockOffset();
    for (let at = 0; at < 50; at += 1) offset.observe(seen(noon + at * 1037, 0));
    offset.observe(seen(noon + 100_000, 60_000));
    expect(Math.abs((offset.offsetMs() ?? 0) - 60_000)).toBeLessThanOrEqual(510);
  });
});
