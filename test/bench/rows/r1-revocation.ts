/**
 * R1: how long after the API server acknowledged a lock is the next request refused, and an open stream silent? On the
 * whole product with a real control plane, while eight loops of requests run.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { eventually } from '../../kit/clock/eventually.ts';
import type { ExampleInstallation } from '../../kit/installation/example-installation.ts';
import { anExampleInstallation } from '../../kit/installation/example-installation.ts';
import { requestWithCookiesOf, signedIn, untilActive } from '../../kit/people/acts.ts';
import { aLock, uidOf } from '../../kit/people/customer.ts';
import { lateComers, nowExact, race } from '../../kit/people/race.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const rounds = 24;
const loops = 8;
const limitMs = 1000;
const grant = 'case-4711';
const locks = '/apis/supportaccess.dev/v1beta1/supportaccesslocks';

export const r1: Row = {
  id: 'r1',
  title: `Lock acknowledged, access over (${rounds} rounds, ${loops} loops of requests)`,
  async run(progress) {
    progress('the installation: control plane, product, application');
    const installation = await anExampleInstallation();
    const lateness = monitorEventLoopDelay({ resolution: 1 });
    try {
      const name = `grant.${await uidOf(installation, ['-n', 'ecase', 'sag', grant])}`;
      const seen: Round[] = [];
      lateness.enable();
      for (let number = 1; number <= rounds; number++) {
        seen.push(await playRound(installation, name));
        if (number % 6 === 0) progress(`${number} rounds`);
      }
      return resultsOf(seen, lateness.percentile(99) / 1e6);
    } finally {
      await installation.stop();
    }
  },
};

/** Milliseconds are counted from the acknowledgement; what was over before it counts as 0. */
interface Round {
  /** When the first request that began after the acknowledgement had its refusal. */
  readonly refusedMs: number;
  readonly lastByteMs: number;
  readonly cutMs: number;
  /** Requests that began after the acknowledgement and were let through all the same. */
  readonly accepted: number;
  /** Requests that began after the acknowledgement. */
  readonly after: number;
  readonly sent: number;
}

async function playRound(installation: ExampleInstallation, lock: string): Promise<Round> {
  await untilActive(installation, grant);
  const ada = await signedIn(installation, grant);
  const stream = await ada.open(`${installation.applicationOrigin}/api/events`);
  await eventually(() => {
    if (!stream.text().includes('still working')) throw new Error('the stream is silent');
  });
  const body: unknown = JSON.parse(aLock(lock));
  const asking = requestWithCookiesOf(ada, `${installation.applicationOrigin}/api/jobs`);
  const running = race(Array.from({ length: loops }, () => asking));
  await running.until((tries) => tries.filter(({ status }) => status === 200).length >= 5 * loops);
  const cut = stream.ended.then(nowExact);
  const { status, text } = await installation.controlPlane.admin.send('POST', locks, { body });
  const acknowledgedAt = nowExact();
  if (status !== 201) throw new Error(`the lock was not created: ${status} ${text}`);
  const cutAt = await cut;
  await running.until(
    (tries) => tries.filter(({ beganAt }) => beganAt >= acknowledgedAt).length >= 10 * loops,
  );
  await running.stop();
  ada.leave();
  await lift(installation, lock);
  const after = running.tries.filter(({ beganAt }) => beganAt >= acknowledgedAt);
  const since = (moment: number): number => Math.max(0, moment - acknowledgedAt);
  return {
    refusedMs: since(Math.min(...after.filter((one) => one.status !== 200).map(({ endedAt }) => endedAt))),
    lastByteMs: since(performance.timeOrigin + stream.lastByteAt()),
    cutMs: since(cutAt),
    accepted: lateComers(running.tries, acknowledgedAt).length,
    after: after.length,
    sent: running.tries.length,
  };
}

/** The reason, then the deletion; a lock without a reason stays. */
async function lift({ controlPlane: { admin } }: ExampleInstallation, lock: string): Promise<void> {
  const annotations = { 'supportaccess.dev/unlock-reason': 'the next round' };
  await admin.send('PATCH', `${locks}/${lock}`, {
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations } },
  });
  const { status, text } = await admin.send('DELETE', `${locks}/${lock}`);
  if (status !== 200) throw new Error(`the lock was not lifted: ${status} ${text}`);
}

function resultsOf(seen: readonly Round[], latenessMs: number): Result[] {
  const sum = (count: (round: Round) => number): number => seen.reduce((all, one) => all + count(one), 0);
  const slowest = (what: string, pick: (round: Round) => number): Result => {
    const values = seen.map(pick);
    const [p50, p99] = [quantile(values, 0.5), quantile(values, 0.99)];
    const detail = `slowest of ${values.length}; p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
    return countedResult(what, { value: Math.max(...values), unit: 'ms', limit: limitMs, detail });
  };
  return [
    countedResult('let through after the acknowledgement', {
      value: sum(({ accepted }) => accepted),
      unit: 'requests',
      limit: 0,
      detail: `of ${sum(({ after }) => after)} that began after it, ${sum(({ sent }) => sent)} in all`,
    }),
    slowest('next request refused', ({ refusedMs }) => refusedMs),
    slowest('last byte of an open stream', ({ lastByteMs }) => lastByteMs),
    slowest('connection of the stream closed', ({ cutMs }) => cutMs),
    countedResult('the load generator’s own lateness', {
      value: latenessMs,
      unit: 'ms',
      limit: limitMs / 10,
      detail: 'p99 of its event loop; it is part of every figure above',
    }),
  ];
}
