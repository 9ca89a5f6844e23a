import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import type { Trail } from '../../../../../trail/trail.ts';
import { validateAppend } from '../../../../../trail/validate-append.ts';
import { respondToReview } from '../../../../../webhook/in-cluster/admission/handler.ts';
import {
  createReviewRecords,
  mostOfReviewsWithin,
} from '../../../../../webhook/in-cluster/admission/unproved-reviews.ts';
import { aStepClock, type StepClock } from '../../../../kit/clock/step-clock.ts';
import { noIdentities } from '../../../../kit/objects/no-identities.ts';

const hour = 3_600_000;
const invented = '10.1.2.3';
const apiServer = '10.0.0.1';

/** Admission with a trail that keeps what it was given. */
function anAdmission({ isDown = false } = {}) {
  const clock = aStepClock();
  const kept: NewRecord[] = [];
  const lost: string[] = [];
  const trail: Pick<Trail, 'append' | 'appendInBackground'> = {
    append: (records) => {
      if (isDown) return Promise.reject(new Error('full'));
      kept.push(...records);
      return Promise.resolve([]);
    },
    appendInBackground: (records) => kept.push(...records) > 0,
  };
  const records = createReviewRecords({ trail, clock, onLost: (id) => lost.push(id) });
  const deps = {
    ...noIdentities,
    judge: () => Promise.resolve({ problems: [], warnings: [] }),
    advise: async () => [],
    tell: () => undefined,
    stamp: () => aRecord(),
    ...records,
  };
  const review = (path: 'decide' | 'record') =>
    respondToReview({ path, body: aReview, proved: false, peer: invented }, deps);
  const flood = (times: number, { peer = invented, proved = false, record = aRecord() } = {}) => {
    for (let at = 0; at < times; at++) records.appendInBackground(record, { peer, proved });
  };
  return { clock, kept, lost, review, flood };
}

const aRecord = (paths: readonly string[] = ['/spec']): NewRecord => ({
  id: '019aa000-0000-7000-8000-000000000001',
  key: 'admission/review-1',
  type: 'admission.requested',
  phase: 'point',
  time: '2026-12-01T08:00:00.000Z',
  actor: { kind: 'system', name: 'unknown' },
  target: { area: 'kubernetes-api' },
  change: { paths },
});

const aReview = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'review-1',
    operation: 'CREATE',
    kind: { group: 'supportaccess.dev', version: 'v1beta1', kind: 'SupportUser' },
    userInfo: { username: 'grace' },
    object: { metadata: { name: 'ada' }, spec: { displayName: 'Ada' } },
  },
});

const numbersIn = (records: readonly NewRecord[]): number[] =>
  records.flatMap(({ message = '' }) => /^(\d+) more reviews/.exec(message)?.slice(1).map(Number) ?? []);

/** Lets a window of numbers end. */
const endWindow = (clock: StepClock): Promise<void> => clock.step(2000);

describe('reviews that no certificate proves', () => {
  it('stand alone at first; in a flood the rest is one number a window, and none is lost', async () => {
    const { clock, kept, lost, flood } = anAdmission();
    flood(20_000);
    const alone = kept.length;
    expect(alone).toBe(2500);
    await endWindow(clock);
    expect(kept).toHaveLength(alone + 1);
    expect(numbersIn(kept)).toEqual([20_000 - alone]);
    expect(lost).toEqual([]);
    expect(validateAppend('admission', kept.slice(-1))).toMatchObject({ ok: true });
    expect(kept.at(-1)).toMatchObject({ requester: { certainty: 'unknown' } });
  });

  it('stay within the bound that the documents tell, whatever is sent all day', async () => {
    const { clock, kept, flood } = anAdmission();
    const long = aRecord(Array.from({ length: 100 }, (_, at) => `${at}`.padStart(256, '/')));
    for (let at = 0; at < 24; at++) {
      flood(100, { record: long });
      flood(at === 0 ? 5000 : 1200);
      await clock.step(hour);
    }
    const most = mostOfReviewsWithin(24 * hour);
    const bytes = kept.reduce((sum, record) => sum + Buffer.byteLength(JSON.stringify(record)), 0);
    expect(kept.length).toBeLessThan(most.records);
    expect(bytes).toBeLessThan(most.bytesAlone);
    expect(Math.ceil(most.records / 1000)).toBe(73);
    expect(Math.ceil(most.bytesAlone / 1024 / 1024)).toBe(57);
  });

  it('of the API server stand alone beside another caller’s flood, and always with its certificate', () => {
    const { kept, flood } = anAdmission();
    flood(20_000);
    const before = kept.length;
    flood(300, { peer: apiServer });
    expect(kept.length - before).toBe(300);
    flood(3000, { proved: true });
    expect(kept.length - before).toBe(3300);
  });

  it('of a machine that changes its address in its network leave the API server what is kept for it', () => {
    const { kept, flood } = anAdmission();
    for (let at = 1; at <= 100; at++) flood(500, { peer: `fd00:10:244:3::${at.toString(16)}` });
    const before = kept.length;
    expect(before).toBe(2500);
    flood(300, { peer: 'fd00:10:1::1' });
    expect(kept.length - before).toBe(300);
  });

  it('that open or widen pass only when the number that they are in is durable', async () => {
    const { clock, kept, review, flood } = anAdmission();
    flood(3000);
    let allowed: unknown;
    void review('decide').then((response) => (allowed = response?.response['allowed']));
    await clock.step(1900);
    expect(allowed).toBeUndefined();
    await clock.step(100);
    expect(allowed).toBe(true);
    expect(numbersIn(kept)).toEqual([501]);
  });

  it('that open or widen are refused when it is not, and those that narrow never wait', async () => {
    const { clock, lost, review, flood } = anAdmission({ isDown: true });
    flood(3000);
    const refused = review('decide');
    expect(await review('record')).toMatchObject({ response: { allowed: true } });
    await endWindow(clock);
    expect(await refused).toMatchObject({ response: { allowed: false, status: { code: 503 } } });
    expect(lost).toHaveLength(1);
  });
});
