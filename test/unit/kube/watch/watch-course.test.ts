import { describe, expect, it } from 'vitest';
import { KubeError, ServerUnreachable, ServerWentBack } from '../../../../kube/errors.ts';
import { WatchCourse } from '../../../../kube/watch/watch-course.ts';

const noJitter = () => 0;
const lost = new ServerUnreachable('WATCH pods', 'ECONNRESET');
const expired = new KubeError({ method: 'WATCH', path: '/', status: 410, body: '' });

function refusal(status: number, details: object = {}): KubeError {
  const body = JSON.stringify({ kind: 'Status', code: status, details });
  return new KubeError({ method: 'WATCH', path: '/', status, body });
}

function aCourse(random = noJitter): WatchCourse {
  return new WatchCourse(undefined, random);
}

describe('after a watch', () => {
  it('that the server ended in good order, the next one follows at once from where it was', () => {
    const course = aCourse();
    expect(course.afterWatch({ events: 0, lastedMs: 300_000 })).toEqual({ relist: false, waitMs: 0 });
    expect(course.afterWatch({ events: 3, lastedMs: 10 })).toEqual({ relist: false, waitMs: 0 });
  });

  it('that worked and then broke, a list follows at once: another server may be there by now', () => {
    const course = aCourse();
    expect(course.afterWatch({ error: lost, events: 7, lastedMs: 20 })).toEqual({ relist: true, waitMs: 0 });
  });

  it('that cannot be opened, the waits double from 0.8 s to 4 s', () => {
    const course = aCourse();
    const waits = Array.from(
      { length: 8 },
      () => course.afterWatch({ error: lost, events: 0, lastedMs: 5 }).waitMs,
    );
    expect(waits).toEqual([800, 1600, 3200, 4000, 4000, 4000, 4000, 4000]);
  });

  it.each([
    ['cannot be reached', lost],
    ['refuses everybody, as until it has read its roles', refusal(403)],
    ['is going down', refusal(503)],
    ['failed', refusal(500)],
  ])('whose server %s, a list follows: it may be there with the data of a backup', (_title, error) => {
    expect(aCourse().afterWatch({ error, events: 0, lastedMs: 5 }).relist).toBe(true);
  });

  it('that a server with too much to do refused, no list follows: that would be more to do', () => {
    expect(aCourse().afterWatch({ error: refusal(429), events: 0, lastedMs: 5 }).relist).toBe(false);
  });

  it('whose server was found to have gone back, a list follows at once', () => {
    const error = new ServerWentBack('pods', { reached: '9', now: '7' });
    expect(aCourse().afterWatch({ error, events: 0, lastedMs: 5 })).toEqual({ relist: true, waitMs: 0 });
  });

  it('that worked again, the waits start anew', () => {
    const course = aCourse();
    for (let times = 0; times < 5; times += 1) course.afterWatch({ error: lost, events: 0, lastedMs: 5 });
    course.afterWatch({ events: 1, lastedMs: 5 });
    expect(course.afterWatch({ error: lost, events: 0, lastedMs: 5 }).waitMs).toBe(800);
  });

  it('waits with jitter, never less than the first step and never more than the last', () => {
    for (const random of [0, 0.5, 0.999]) {
      const course = aCourse(() => random);
      for (let times = 0; times < 12; times += 1) {
        const { waitMs } = course.afterWatch({ error: lost, events: 0, lastedMs: 5 });
        expect(waitMs).toBeGreaterThanOrEqual(800);
        expect(waitMs).toBeLessThanOrEqual(4000);
      }
    }
  });

  it('whose version is too old, a list follows at once, and with growing waits if that does not help', () => {
    const course = aCourse();
    const gone = { error: expired, events: 0, lastedMs: 5 };
    expect(course.afterWatch(gone)).toEqual({ relist: true, waitMs: 0 });
    expect(course.afterWatch(gone)).toEqual({ relist: true, waitMs: 1600 });
    expect(course.afterWatch(gone)).toEqual({ relist: true, waitMs: 3200 });
  });

  it('whose version is from a future that a restored backup took away, a list follows', () => {
    const error = refusal(504, { causes: [{ reason: 'ResourceVersionTooLarge' }] });
    expect(aCourse().afterWatch({ error, events: 0, lastedMs: 5 }).relist).toBe(true);
  });

  it('that ends at once and empty for the fifth time in a row, a list follows', () => {
    const course = aCourse();
    const relists = Array.from({ length: 6 }, () => course.afterWatch({ events: 0, lastedMs: 5 }).relist);
    expect(relists).toEqual([false, false, false, false, true, false]);
  });

  it('that the server asked to come back to later, it is obeyed', () => {
    const error = refusal(429, { retryAfterSeconds: 7 });
    expect(aCourse().afterWatch({ error, events: 0, lastedMs: 5 }).waitMs).toBe(7000);
  });

  it('that the server asked to come back to in an hour, it is asked again within half a minute', () => {
    const error = refusal(429, { retryAfterSeconds: 3600 });
    expect(aCourse().afterWatch({ error, events: 0, lastedMs: 5 }).waitMs).toBe(30_000);
  });
});

describe('after a list that failed', () => {
  it('another list follows, with growing waits', () => {
    const course = aCourse();
    expect(course.afterFailedList(lost)).toEqual({ relist: true, waitMs: 800 });
    expect(course.afterFailedList(refusal(429, { retryAfterSeconds: 9 }))).toEqual({
      relist: true,
      waitMs: 9000,
    });
  });
});
