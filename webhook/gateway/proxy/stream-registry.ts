/**
 * May the answers that are not finished go on? Each is asked about again when something changed, at its deadline and
 * about once a second, and is cut at the first no. A connection that stays open is not a right that stays open.
 */
import type { Decision } from '../../../crds/rules/ask.ts';
import type { Clock } from '../../../kube/clock.ts';
import type { OpenResponse, StreamRegistry } from '../ports.ts';

export interface RegistryOptions {
  readonly clock: Pick<Clock, 'after'>;
  /** The clock of decisions, epoch milliseconds. */
  readonly now: () => number;
  /** How often every answer is asked about, milliseconds; with the reading it stays under a second. */
  readonly everyMs: number;
}

/** Waits are capped and asked again, whatever the deadline. */
const longestWaitMs = 600_000;

interface Entry {
  readonly answer: OpenResponse;
  disarm: () => void;
}

export class Streams implements StreamRegistry {
  readonly #options: RegistryOptions;
  readonly #entries = new Set<Entry>();
  #ticking = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  register(answer: OpenResponse): () => void {
    const entry: Entry = { answer, disarm: () => undefined };
    this.#entries.add(entry);
    this.#arm(entry, answer.until);
    if (!this.#ticking) this.#tick();
    return () => this.#remove(entry);
  }

  /** Something that decisions read has changed: asks about every answer now. */
  poke(): void {
    for (const entry of this.#entries) this.#ask(entry);
  }

  /** Cuts everything, when the process ends. */
  cutAll(reason: string): void {
    for (const entry of this.#entries) this.#cut(entry, reason);
  }

  // Goes on as long as there is anything to ask about.
  #tick(): void {
    this.#ticking = true;
    this.#options.clock.after(this.#options.everyMs, () => {
      this.#ticking = false;
      this.poke();
      if (this.#entries.size > 0) this.#tick();
    });
  }

  #arm(entry: Entry, until: number): void {
    entry.disarm();
    const wait = Math.min(Math.max(0, until - this.#options.now()), longestWaitMs);
    entry.disarm = this.#options.clock.after(wait, () => this.#ask(entry));
  }

  #ask(entry: Entry): void {
    entry.answer.check().then(
      (decision) => this.#obey(entry, decision),
      // Who cannot know cannot allow.
      () => this.#cut(entry, 'StateUnavailable'),
    );
  }

  #obey(entry: Entry, decision: Decision): void {
    if (!this.#entries.has(entry)) return;
    if (decision.allow) this.#arm(entry, decision.until);
    else this.#cut(entry, decision.reason);
  }

  #cut(entry: Entry, reason: string): void {
    if (!this.#entries.has(entry)) return;
    this.#remove(entry);
    entry.answer.cut(reason);
  }

  #remove(entry: Entry): void {
    entry.disarm();
    this.#entries.delete(entry);
  }
}
