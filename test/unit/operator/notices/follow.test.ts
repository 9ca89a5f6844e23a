/** What becomes of notices while the policy goes and comes: the loop over a real store, with real SMTP and a clock that is stepped. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EventType } from '../../../../crds/audit/events.ts';
import { canonicalRecord } from '../../../../crds/audit/record.ts';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import { followNotices, type NoticeParts } from '../../../../operator/notices/follow.ts';
import { createToldBy } from '../../../../operator/notices/told-by.ts';
import { openSqliteStore } from '../../../../webhook/in-cluster/records/sqlite/store.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';
import { startMailServer } from '../../../kit/mail/mail-server.ts';
import { recreated, withSpec } from '../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../kit/objects/policy.ts';
import { aRecord, withFields } from '../../../kit/objects/record.ts';
import { aFolder } from '../../../kit/records/store-file.ts';

async function aScene() {
  const server = await startMailServer();
  const clock = aStepClock('2026-12-01T08:00:00Z');
  const store = await openSqliteStore({ path: join(aFolder(), 'records.db'), origin: 'test/follow' });
  const mail = { host: '127.0.0.1', port: server.port, ca: server.ca, from: 'support@example.com' };
  const administrators = [{ name: 'grace', email: 'grace@example.com' }];
  const telling = aPolicy(withSpec({ administrators, notices: { mail } }));
  const state: { policy: SupportAccessPolicy | undefined } = { policy: telling };
  let leading = new AbortController();
  let asked = 0;
  const ask = (wanted: Parameters<typeof store.notices>[0]) => {
    asked += 1;
    return store.notices(wanted);
  };
  const nothing = { get: () => undefined, byIndex: () => [], list: () => [] };
  const lead = (): void => {
    leading = new AbortController();
    const parts: NoticeParts = {
      client: {} as NoticeParts['client'],
      caches: {
        policies: { get: () => state.policy },
        grants: nothing,
        services: nothing,
        apiServerSlices: nothing,
      } as unknown as NoticeParts['caches'],
      queue: { ask },
      records: { write: () => Promise.resolve('recorded') },
      releaseNamespace: 'support-access',
      clock,
      now: () => clock.now(),
      onProblem: (error) => expect(error).toBeUndefined(),
    };
    void followNotices(parts).run(leading.signal);
  };
  onTestFinished(async () => {
    leading.abort();
    await server.close();
    await store.close();
  });
  /** A few looks, each to its end. */
  const looks = async (): Promise<void> => {
    for (let look = 0; look < 3; look += 1) {
      const before = asked;
      await vi.waitFor(
        async () => {
          if (clock.waiting > 0) await clock.step(2000);
          expect(asked).toBeGreaterThan(before);
          expect(clock.waiting).toBe(1);
        },
        { timeout: 10_000, interval: 2 },
      );
    }
  };
  const record = async (type: EventType): Promise<void> => {
    const actor = { kind: 'system', name: 'operator' } as const;
    const records = [canonicalRecord(aRecord(withFields({ type, actor })))];
    expect((await store.append({ writer: 'operator', records })).ok).toBe(true);
  };
  const restart = (): void => {
    leading.abort();
    lead();
  };
  lead();
  await looks();
  const told = () => server.received.map(({ mail: { subject } }) => subject);
  return { server, clock, state, telling, looks, record, restart, told };
}

const isOff = expect.stringMatching(/switched off|is off/i) as string;

describe('C42-5 a policy that is deleted', () => {
  it('has that told to those whom it named', async () => {
    const { state, looks, record, told } = await aScene();
    state.policy = undefined;
    await record('policy.deleted');
    await looks();
    expect(told()).toEqual([isOff]);
  });

  it('has it told also where it is made anew without notices before anyone looks, and then no more', async () => {
    const { clock, state, looks, record, told } = await aScene();
    state.policy = aPolicy(recreated());
    await record('policy.deleted');
    await looks();
    expect(told()).toEqual([isOff]);
    await clock.step(60_000);
    await looks();
    await record('policy.disabled');
    await looks();
    expect(told()).toHaveLength(1);
  });

  it('gives up nothing that waits', async () => {
    const { server, clock, state, looks, record, told } = await aScene();
    server.mood.isBusy = true;
    await record('policy.disabled');
    await looks();
    state.policy = undefined;
    await looks();
    server.mood.isBusy = false;
    await clock.step(60_000);
    await looks();
    expect(told()).toEqual([isOff]);
  });

  it('is told later where the operator starts while there is no policy, with what waited', async () => {
    const { server, clock, state, telling, looks, record, restart, told } = await aScene();
    server.mood.isBusy = true;
    await record('policy.disabled');
    await looks();
    server.mood.isBusy = false;
    state.policy = undefined;
    restart();
    await record('policy.deleted');
    await clock.step(60_000);
    await looks();
    expect(told()).toEqual([]);
    state.policy = telling;
    await looks();
    expect(told()).toEqual([isOff, isOff]);
  });

  it('was never there: what happens is told to no one, also later', async () => {
    const { state, telling, looks, record, restart, told } = await aScene();
    state.policy = undefined;
    restart();
    await looks();
    await record('policy.disabled');
    await looks();
    state.policy = telling;
    await looks();
    expect(told()).toEqual([]);
  });
});

describe('by which policy people are told', () => {
  const old = aPolicy(withSpec({ notices: { webhooks: [] } }));
  const anew = aPolicy(recreated());

  it('is the one that is there, also where its notices were taken out', () => {
    const toldBy = createToldBy();
    expect(toldBy(undefined, 0)).toBeUndefined();
    expect(toldBy(old, 1)).toBe(old);
    const without = aPolicy(switchedOff());
    expect(toldBy(without, 2)).toBe(without);
    expect(toldBy(undefined, 3)).toBe(without);
  });

  it('is the one before for a minute, where it was made anew without notices', () => {
    const toldBy = createToldBy();
    toldBy(old, 0);
    expect(toldBy(anew, 1000)).toBe(old);
    expect(toldBy(anew, 60_999)).toBe(old);
    expect(toldBy(anew, 61_000)).toBe(anew);
    expect(toldBy(undefined, 62_000)).toBe(anew);
  });

  it('is the new one at once where that has notices', () => {
    const toldBy = createToldBy();
    toldBy(old, 0);
    const named = aPolicy(recreated(), withSpec({ notices: { webhooks: [] } }));
    expect(toldBy(named, 1)).toBe(named);
  });
});
