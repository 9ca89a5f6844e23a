/**
 * Why remove, record, apply, report? A toy model of these four steps on one grant, all 24 orders, with up to two crashes
 * before any step and the records away at any time. Exactly two orders keep every promise, and ours is one of them; that
 * the product keeps this order is read from the calls of the real reconcile.
 */
import { describe, expect, it } from 'vitest';
import { type GrantWriters, reconcileGrant } from '../../../../operator/grant/reconcile.ts';
import { aWorld, noon, withRights } from '../../../kit/objects/grant-world.ts';

type Step = 'remove' | 'record' | 'apply' | 'report';

/** What survives a crash: the cluster, the records, the status. */
interface Durable {
  readonly exists: boolean;
  readonly opened: boolean;
  readonly closed: boolean;
  readonly reported: boolean;
  /** It was reported open at least once: then a person may have signed in. */
  readonly told: boolean;
  /** The closing was reported while its record was owed. */
  readonly owed: boolean;
}

/** What one run of the reconcile knows besides: whether it could record. */
interface Run extends Durable {
  readonly halted: boolean;
  readonly couldNotRecord: boolean;
}

const start: Durable = {
  exists: false,
  opened: false,
  closed: false,
  reported: false,
  told: false,
  owed: false,
};

/** One step, as the real one behaves: derived from the last report; `due` is whether access should be open. */
const steps: Readonly<Record<Step, (run: Run, moment: Moment) => Run>> = {
  remove: (run, { due }) => (due ? run : { ...run, exists: false }),
  record,
  apply: (run, { due }) => (due ? { ...run, exists: true } : run),
  report: (run, { due }) => ({
    ...run,
    reported: due,
    told: run.told || due,
    owed: !due && run.couldNotRecord,
  }),
};

interface Moment {
  readonly due: boolean;
  /** The records are away. */
  readonly away: boolean;
}

function record(run: Run, { due, away }: Moment): Run {
  const opens = due && !run.reported;
  const closes = !due && (run.reported || run.owed);
  if (!opens && !closes) return run;
  // What would open stops the run; what only closes is owed and goes on.
  if (away) return opens ? { ...run, halted: true } : { ...run, couldNotRecord: true };
  return opens ? { ...run, opened: true } : { ...run, closed: true };
}

interface History {
  readonly order: readonly Step[];
  /** Before which steps the process dies, counted as `run * 4 + place in the order`. */
  readonly crashes: readonly number[];
  /** In which of the runs the records are away. */
  readonly outages: readonly boolean[];
}

const runs = 6;

/** Plays three runs while access is due and three while it is not; returns the broken promises. */
function play(history: History): string[] {
  const broken = new Set<string>();
  let state = start;
  for (let run = 0; run < runs; run++)
    state = playRun(state, { ...history, run }, (promise) => broken.add(promise));

  if (state.exists) broken.add('ends open');
  if (state.told && !state.closed) broken.add('ends unrecorded');
  if (state.reported || state.owed) broken.add('ends unreported');
  return [...broken];
}

function playRun(
  state: Durable,
  { order, crashes, outages, run }: History & { readonly run: number },
  breaks: (promise: string) => void,
): Durable {
  const moment = { due: run < runs / 2, away: outages[run] ?? false };
  let now: Run = { ...state, halted: false, couldNotRecord: false };
  for (const [at, step] of order.entries()) {
    if (now.halted || crashes.includes(run * order.length + at)) return durable(now);
    const next = steps[step](now, moment);
    for (const [promise, isBroken] of Object.entries(promises))
      if (isBroken({ step, before: now, after: next, moment })) breaks(promise);

    now = next;
  }
  return durable(now);
}

interface Taken {
  readonly step: Step;
  readonly before: Run;
  readonly after: Run;
  readonly moment: Moment;
}

/** What no step may do. */
const promises: Readonly<Record<string, (taken: Taken) => boolean>> = {
  // While a step waits for records that are away, access stays open.
  'an outage keeps access open': ({ step, before, moment }) =>
    step === 'record' && moment.away && !moment.due && before.exists,
  'open without a record': ({ after }) => after.exists && !after.opened,
  'reported open before it is': ({ after, moment }) => after.reported && moment.due && !after.exists,
};

const durable = ({ halted: _halted, couldNotRecord: _couldNot, ...rest }: Run): Durable => rest;

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

/** No crash, one, or two, before any of the 24 steps of six runs; the last run is always calm. */
function* crashSets(): Generator<number[]> {
  yield [];
  for (let one = 0; one < 20; one++) {
    yield [one];
    for (let two = one + 1; two < 20; two++) yield [one, two];
  }
}

/** The records away in any of the first five runs. */
const outageSets = Array.from({ length: 32 }, (_, bits) =>
  Array.from({ length: 5 }, (__, run) => (bits & (1 << run)) !== 0),
);

function promisesKept(order: readonly Step[], forgiven: readonly string[]): boolean {
  for (const crashes of crashSets()) {
    for (const outages of outageSets)
      if (play({ order, crashes, outages }).some((promise) => !forgiven.includes(promise))) return false;
  }
  return true;
}

describe('the order of the four steps', () => {
  const orders = permutations<Step>(['remove', 'record', 'apply', 'report']);

  it('keeps all promises in exactly two of 24 orders, and ours is the one that claims nothing too early', () => {
    expect(orders).toHaveLength(24);
    const early = 'reported open before it is';
    expect(orders.filter((order) => promisesKept(order, [early]))).toEqual([
      ['remove', 'record', 'apply', 'report'],
      ['remove', 'record', 'report', 'apply'],
    ]);
    expect(orders.filter((order) => promisesKept(order, []))).toEqual([
      ['remove', 'record', 'apply', 'report'],
    ]);
  });

  it('is the order in which the product calls its writers', async () => {
    const called: Step[] = [];
    const writers: GrantWriters = {
      clock: { now: () => noon },
      cluster: {
        remove: async () => void called.push('remove'),
        apply: async () => {
          called.push('apply');
          return undefined;
        },
      },
      records: {
        write: async () => {
          called.push('record');
          return 'recorded';
        },
      },
      status: { report: async () => called.push('report') > 0 },
    };
    await reconcileGrant(aWorld(withRights()), writers);
    expect(called).toEqual(['remove', 'record', 'apply', 'report']);
  });
});
