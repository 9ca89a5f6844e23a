/**
 * Writes Events for `kubectl get events`; repetitions become a series, and their number is limited. Lossy by design: it
 * never waits and never throws. What must not be lost is written as a record instead.
 */

import type { KubeClient } from '../api/client.ts';
import { type Clock, systemClock } from '../clock.ts';
import { isNotFound } from '../errors.ts';
import { microTime } from '../objects.ts';
import { Events } from '../resources.ts';
import { EventGuard } from './event-guard.ts';
import { type EventDraft, eventKey, eventNamespace, eventObject, type Reporter } from './event-object.ts';

export interface EventRecorderSettings extends Reporter {
  readonly clock?: Clock | undefined;
  /** Called with the reason for each Event that was lost. */
  readonly onProblem?: ((problem: unknown) => void) | undefined;
}

/** After so long without a repetition a series is over (client-go's). */
const seriesMs = 6 * 60_000;
const mostSeries = 4096;
const mostWaiting = 1000;
const sendDeadlineMs = 10_000;

interface Series {
  readonly draft: EventDraft;
  name: string | undefined;
  count: number;
  /** The count that the server has stored. */
  sent: number;
  lastAt: number;
  lastWall: number;
}

export function createEventRecorder(client: KubeClient, settings: EventRecorderSettings): EventRecorder {
  return new EventRecorder(client, settings);
}

export class EventRecorder {
  readonly #client: KubeClient;
  readonly #settings: EventRecorderSettings;
  readonly #clock: Clock;
  readonly #guard: EventGuard;
  readonly #known = new Map<string, Series>();
  readonly #waiting = new Set<Series>();
  #sending: Promise<void> | undefined;

  constructor(client: KubeClient, settings: EventRecorderSettings) {
    this.#client = client;
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
    this.#guard = new EventGuard(this.#clock);
  }

  /** Returns at once. The same again within six minutes becomes a series of the first Event. */
  record(draft: EventDraft): void {
    const series = this.#count(draft);
    if (this.#waiting.has(series) || !this.#guard.admits(draft.regarding.metadata.uid)) return;
    if (this.#waiting.size >= mostWaiting) {
      this.#settings.onProblem?.(new Error('an Event was dropped: too many wait to be sent'));
      return;
    }
    this.#waiting.add(series);
    this.#sending ??= this.#sendAll();
  }

  /** Resolves when everything recorded so far was sent or lost. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  #count(draft: EventDraft): Series {
    const key = eventKey(draft);
    const now = this.#clock.monotonic();
    const known = this.#known.get(key);
    const goesOn = known !== undefined && now - known.lastAt < seriesMs;
    const series = goesOn ? known : { draft, name: undefined, count: 0, sent: 0, lastAt: now, lastWall: 0 };
    series.count += 1;
    series.lastAt = now;
    series.lastWall = this.#clock.now();
    this.#known.delete(key);
    this.#known.set(key, series);
    this.#forgetOldest();
    return series;
  }

  #forgetOldest(): void {
    for (const key of this.#known.keys()) {
      if (this.#known.size <= mostSeries) return;
      this.#known.delete(key);
    }
  }

  async #sendAll(): Promise<void> {
    for (const series of this.#waiting) {
      this.#waiting.delete(series);
      await this.#send(series).catch((problem: unknown) => this.#settings.onProblem?.(problem));
    }
    // No await since the last check for waiting ones: none can be added in between.
    this.#sending = undefined;
  }

  async #send(series: Series): Promise<void> {
    if (series.name === undefined) await this.#create(series);
    if (series.count > series.sent) await this.#extend(series);
  }

  async #create(series: Series): Promise<void> {
    const object = eventObject(series.draft, this.#settings, series.lastWall);
    const made = await this.#client.create(Events, object, { deadlineMs: sendDeadlineMs });
    series.name = made.metadata.name;
    series.sent = 1;
  }

  async #extend(series: Series): Promise<void> {
    const { count, name = '', draft } = series;
    const ref = { namespace: eventNamespace(draft.regarding), name };
    const patch = { series: { count, lastObservedTime: microTime(series.lastWall) } };
    try {
      await this.#client.mergePatch(Events, ref, { patch, deadlineMs: sendDeadlineMs });
      series.sent = count;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      // The Event has expired on the server (after an hour by default): it starts anew.
      series.count -= series.sent;
      series.sent = 0;
      await this.#create(series);
    }
  }
}
