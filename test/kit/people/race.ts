/**
 * Requests without pause while access is taken back: what was let through, and when each began. It judges nothing but
 * times; what "let through" means is the status that the person saw.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from './http-person.ts';

export interface Try {
  /** Epoch milliseconds with fractions, before anything was sent. */
  readonly beganAt: number;
  readonly endedAt: number;
  /** 0 when the connection broke before there was an answer. */
  readonly status: number;
}

export interface Race {
  readonly tries: readonly Try[];
  /** Resolves when so many were answered; throws when they are not within `within` milliseconds. */
  until(enough: (tries: readonly Try[]) => boolean, within?: number): Promise<void>;
  /** Lets those on the way come back, and begins no more. */
  stop(): Promise<void>;
}

/** The wall clock with fractions of a millisecond. */
export const nowExact = (): number => performance.timeOrigin + performance.now();

/** Starts one endless loop for each entry of `lanes`. */
export function race(lanes: readonly (() => Promise<Pick<Page, 'status'>>)[]): Race {
  const tries: Try[] = [];
  const running = { on: true };
  const loop = async (ask: () => Promise<Pick<Page, 'status'>>): Promise<void> => {
    while (running.on) {
      const beganAt = nowExact();
      const status = await ask().then(
        (page) => page.status,
        () => 0,
      );
      tries.push({ beganAt, endedAt: nowExact(), status });
      // A connection that is refused at once would otherwise starve everybody else.
      if (status === 0) await delay(5);
    }
  };
  const loops = Promise.all(lanes.map(loop));
  return {
    tries,
    until: async (enough, within = 60_000) => {
      const deadline = performance.now() + within;
      while (!enough(tries)) {
        if (performance.now() > deadline) throw new Error(`only ${tries.length} answers within ${within} ms`);
        await delay(5);
      }
    },
    stop: async () => {
      running.on = false;
      await loops;
    },
  };
}

/** Those that were let through although they began at `moment` or later. */
export const lateComers = (tries: readonly Try[], moment: number): Try[] =>
  tries.filter(({ beganAt, status }) => beganAt >= moment && status === 200);
