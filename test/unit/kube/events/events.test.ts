import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../../kube/api/client.ts';
import { KubeError } from '../../../../kube/errors.ts';
import { EventGuard } from '../../../../kube/events/event-guard.ts';
import { type EventDraft, eventObject, type Regarding } from '../../../../kube/events/event-object.ts';
import { createEventRecorder } from '../../../../kube/events/events.ts';
import { microTime } from '../../../../kube/objects.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

const minutes = 60_000;
const reporter = { controller: 'supportaccess.dev/operator', instance: 'operator-0' };

function regarding(name: string, namespace?: string): Regarding {
  const place = namespace === undefined ? {} : { namespace };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, uid: `uid-${name}`, ...place } };
}

function saying(note: string, about = regarding('thing', 'ns')): EventDraft {
  return { regarding: about, type: 'Normal', reason: 'Opened', action: 'Open', note };
}

interface Sent {
  readonly how: 'create' | 'patch';
  readonly name: string;
  readonly note?: string;
  readonly count?: number;
}

/** What the recorder would have sent. */
function aRecorder() {
  const clock = aStepClock();
  const sent: Sent[] = [];
  const problems: unknown[] = [];
  const state = { broken: false, expired: false };
  const client = {
    create: async (_: unknown, object: { metadata: { name: string }; note: string }) => {
      if (state.broken) throw new Error('the server is away');
      sent.push({ how: 'create', name: object.metadata.name, note: object.note });
      return object;
    },
    mergePatch: async (
      _: unknown,
      ref: { name: string },
      { patch }: { patch: { series: { count: number } } },
    ) => {
      if (state.expired) throw new KubeError({ method: 'PATCH', path: '/', status: 404, body: '' });
      sent.push({ how: 'patch', name: ref.name, count: patch.series.count });
    },
  } as unknown as KubeClient;
  const onProblem = (problem: unknown) => problems.push(problem);
  return {
    clock,
    sent,
    problems,
    state,
    recorder: createEventRecorder(client, { ...reporter, clock, onProblem }),
  };
}

describe('recording', () => {
  it('makes a series of what is said again, and another event of what is said differently', async () => {
    const { sent, recorder } = aRecorder();
    recorder.record(saying('one'));
    await recorder.flush();
    recorder.record(saying('one'));
    await recorder.flush();
    recorder.record(saying('two'));
    await recorder.flush();
    expect(sent.map(({ how, note, count }) => [how, note ?? count])).toEqual([
      ['create', 'one'],
      ['patch', 2],
      ['create', 'two'],
    ]);
    expect(sent[1]?.name).toBe(sent[0]?.name);
  });

  it('sends repetitions that came while it was sending as one', async () => {
    const { sent, recorder } = aRecorder();
    for (let times = 0; times < 10; times += 1) recorder.record(saying('one'));
    await recorder.flush();
    expect(sent.map(({ how, count }) => [how, count])).toEqual([
      ['create', undefined],
      ['patch', 10],
    ]);
  });

  it.each([
    [6 * minutes - 1, 'patch'],
    [6 * minutes, 'create'],
    [6 * minutes + 1, 'create'],
  ])('after %i ms without a repetition, the next one is a %s', async (passed, how) => {
    const { clock, sent, recorder } = aRecorder();
    recorder.record(saying('one'));
    await recorder.flush();
    await clock.step(passed);
    recorder.record(saying('one'));
    await recorder.flush();
    expect(sent.at(-1)?.how).toBe(how);
  });

  it('starts anew when the event has expired on the server', async () => {
    const { sent, state, recorder } = aRecorder();
    recorder.record(saying('one'));
    await recorder.flush();
    state.expired = true;
    recorder.record(saying('one'));
    await recorder.flush();
    expect(sent.map(({ how }) => how)).toEqual(['create', 'create']);
  });

  it('never throws, reports what it lost, and goes on afterwards', async () => {
    const { sent, state, problems, recorder } = aRecorder();
    state.broken = true;
    expect(() => recorder.record(saying('lost'))).not.toThrow();
    await recorder.flush();
    expect(problems).toHaveLength(1);
    state.broken = false;
    recorder.record(saying('kept'));
    await recorder.flush();
    expect(sent.map(({ note }) => note)).toEqual(['kept']);
  });

  it('does not flood: 25 about one object, then one in five minutes, others are not affected', async () => {
    const { clock, sent, recorder } = aRecorder();
    for (let times = 0; times < 60; times += 1) recorder.record(saying(`note ${times}`));
    recorder.record(saying('another object', regarding('other', 'ns')));
    await recorder.flush();
    expect(sent).toHaveLength(26);
    await clock.step(5 * minutes);
    recorder.record(saying('later'));
    recorder.record(saying('too much'));
    await recorder.flush();
    expect(sent.slice(26).map(({ note }) => note)).toEqual(['later']);
  });
});

describe('the guard', () => {
  it('refills one token in five minutes and never holds more than 25', async () => {
    const clock = aStepClock();
    const guard = new EventGuard(clock);
    const admitted = () => Array.from({ length: 40 }, () => guard.admits('a')).filter(Boolean).length;
    expect(admitted()).toBe(25);
    await clock.step(5 * minutes - 1);
    expect(admitted()).toBe(0);
    await clock.step(1);
    expect(admitted()).toBe(1);
    await clock.step(10_000 * minutes);
    expect(admitted()).toBe(25);
  });
});

describe('the object', () => {
  const now = Date.parse('2026-11-22T12:00:00.123Z');

  it('lives beside what it is about, or in default for a cluster-wide object', () => {
    expect(eventObject(saying('x'), reporter, now).metadata.namespace).toBe('ns');
    expect(eventObject(saying('x', regarding('wide')), reporter, now).metadata.namespace).toBe('default');
  });

  it('writes its time with six digits', () => {
    expect(eventObject(saying('x'), reporter, now).eventTime).toBe('2026-11-22T12:00:00.123000Z');
    expect(microTime(0)).toBe('1970-01-01T00:00:00.000000Z');
  });

  it.each([
    ['a'.repeat(1024), 1024],
    ['a'.repeat(1025), 1024],
    ['ü'.repeat(2000), 1023],
    ['\u{1F512}'.repeat(2000), 1023],
  ])('cuts a note at 1024 bytes without breaking a character', (note, bytes) => {
    const cut = eventObject(saying(note), reporter, now).note;
    expect(Buffer.byteLength(cut)).toBe(bytes);
    expect(cut).not.toContain('\uFFFD');
  });

  it.each(['system:basic-user', 'UPPER_case', '-dash', `${'long.'.repeat(50)}x`, '::', 'a..b'])(
    'has a name that the server accepts for an object called %s',
    (name) => {
      const made = eventObject(saying('x', regarding(name, 'ns')), reporter, now).metadata.name;
      expect(made).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
      expect(made.length).toBeLessThanOrEqual(253);
    },
  );
});
