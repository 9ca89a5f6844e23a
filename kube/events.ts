/**
 * How do people see what happened, in `kubectl get events`? Records Events, repeats as a series, floods not at all.
 * Lossy by design: it never waits, never throws, and what must not be lost does not go through here.
 */
import { type Clock, systemClock } from './clock.ts';
import { isNotFound } from './errors.ts';
import { EventGuard } from './event-guard.ts';
import {
  type EventObject,
  type EventSaid,
  eventKey,
  eventNamespace,
  eventObject,
  type Reporter,
} from './event-object.ts';
import type { KubeClient } from './kube-client.ts';
import { microTime } from './micro-time.ts';
import { Events } from './resources.ts';

export interface EventRecorderSettings extends Reporter {
  readonly clock?: Clock | undefined;
  /** Told of Events that were lost, and why. */
  readonly onProblem?: ((problem: unknown) => void) | undefined;
}

export interface EventRecorder {
  /** Returns at once. Said again within six minutes, it becomes a series of the first Event. */
  record(said: EventSaid): void;
  /** Resolves when everything recorded so far was sent or lost. */
  flush(): Promise<void>;
}

/** After so long without a repetition a series is over (client-go's). */
const seriesMs = 6 * 60_000;
const mostSeries = 4096;
const mostWaiting = 1000;
const sendDeadlineMs = 10_000;

interface Series {
  name: string | undefined;
  count: number;
  /** How many of these the server knows of. */
  sent: number;
  lastAt: number;
  lastWall: number;
  readonly said: EventSaid;
}

export function createEventRecorder(client: KubeClient, settings: EventRecorderSettings): EventRecorder {
  const clock = settings.clock ?? systemClock;
  const guard = new EventGuard(clock);
  const known = new Map<string, Series>();
  const waiting = new Set<Series>();
  let sending: Promise<void> | undefined;

  function record(said: EventSaid): void {
    const series = count(said);
    if (waiting.has(series)) return;
    if (!guard.admits(said.regarding.metadata.uid)) return;
    if (waiting.size >= mostWaiting) {
      settings.onProblem?.(new Error('an Event was dropped: too many wait to be sent'));
      return;
    }
    waiting.add(series);
    sending ??= sendAll();
  }

  function count(said: EventSaid): Series {
    const key = eventKey(said);
    const now = clock.monotonic();
    let series = known.get(key);
    if (!series || now - series.lastAt >= seriesMs) {
      series = { name: undefined, count: 0, sent: 0, lastAt: now, lastWall: 0, said };
    }
    series.count += 1;
    series.lastAt = now;
    series.lastWall = clock.now();
    known.delete(key);
    known.set(key, series);
    forgetOldest();
    return series;
  }

  function forgetOldest(): void {
    for (const key of known.keys()) {
      if (known.size <= mostSeries) return;
      known.delete(key);
    }
  }

  async function sendAll(): Promise<void> {
    for (const series of waiting) {
      waiting.delete(series);
      await send(series).catch((problem: unknown) => settings.onProblem?.(problem));
    }
    // In the same turn as the last look at what waits: nothing can fall between the two.
    sending = undefined;
  }

  async function send(series: Series): Promise<void> {
    if (series.name === undefined) await create(series);
    if (series.count > series.sent) await extend(series);
  }

  async function create(series: Series): Promise<void> {
    const object = eventObject(series.said, settings, series.lastWall);
    const made = await client.create<EventObject>(Events, object, { deadlineMs: sendDeadlineMs });
    series.name = made.metadata.name;
    series.sent = 1;
  }

  async function extend(series: Series): Promise<void> {
    const { count: total, name = '', said } = series;
    const ref = { namespace: eventNamespace(said.regarding), name };
    const patch = { series: { count: total, lastObservedTime: microTime(series.lastWall) } };
    try {
      await client.mergePatch(Events, ref, { patch, deadlineMs: sendDeadlineMs });
      series.sent = total;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      // The Event has expired on the server (after an hour by default): it starts anew.
      series.count -= series.sent;
      series.sent = 0;
      await create(series);
    }
  }

  return {
    record,
    flush: async () => sending,
  };
}
