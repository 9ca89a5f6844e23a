/**
 * Do the clocks of our programs agree with the API server's? Each response tells the server's time to within a second, so a
 * clock that was set is noticed at the next look, and one that is right again too. What the gateways and the webhook say of
 * theirs comes with the operator's own renewal at the records.
 */
import type { Clock } from '../../kube/clock.ts';
import type { ProgramClock } from '../../trail/wire.ts';
import type { ClockAgreement } from '../watching/controller.ts';

/** Costs nothing but a comparison: what a gateway said is told before thirty seconds are over. */
const lookEveryMs = 2000;
/** Responses tell whole seconds, and one that took long tells no more than that it took long. */
const tolerableMs = 5000;
/** A clock that drifts is not told anew each second. */
const newsMs = 2000;

export interface FollowedClock extends ClockAgreement {
  stop(): void;
}

/** What a watch of the clocks is given. */
export interface WatchedClocks {
  /** The API server's time minus ours, milliseconds. */
  readonly client: { clockOffsetMs(): number | undefined };
  readonly clock: Pick<Clock, 'after'>;
  /** What the other programs said of theirs. */
  readonly others: () => readonly ProgramClock[];
  /** Told when a clock is off and none was before. */
  readonly onOff: (problem: string) => void;
}

/** Looks until it is stopped; makes no request of its own. */
export function followClocks({ client, clock, others, onOff }: WatchedClocks): FollowedClock {
  const listeners: (() => void)[] = [];
  let told: readonly ProgramClock[] = [];
  let cancel = (): void => undefined;
  const look = (): void => {
    const own = { program: 'operator', offsetMs: client.clockOffsetMs() ?? 0 } as const;
    const next = worstOfEach([own, ...others()]);
    if (isNews(told, next)) {
      if (told.length === 0) onOff(wordsFor(next));
      told = next;
      for (const listener of listeners) listener();
    }
    cancel = clock.after(lookEveryMs, look);
  };
  look();
  return {
    problem: () => (told.length === 0 ? undefined : wordsFor(told)),
    onChange: (listener) => listeners.push(listener),
    stop: () => cancel(),
  };
}

/** Of each program the clock that is off the most, as far as one is off: of a hundred gateways one sentence. */
function worstOfEach(clocks: readonly ProgramClock[]): ProgramClock[] {
  const worst = new Map<ProgramClock['program'], ProgramClock>();
  for (const each of clocks.filter(({ offsetMs }) => Math.abs(offsetMs) > tolerableMs)) {
    const before = worst.get(each.program)?.offsetMs ?? 0;
    if (Math.abs(each.offsetMs) > Math.abs(before)) worst.set(each.program, each);
  }
  return [...worst.values()];
}

function isNews(told: readonly ProgramClock[], next: readonly ProgramClock[]): boolean {
  if (told.length !== next.length) return true;
  return next.some(({ program, offsetMs }, at) => {
    const before = told[at];
    return before?.program !== program || Math.abs(before.offsetMs - offsetMs) > newsMs;
  });
}

const named = {
  operator: 'the clock of the operator',
  gateway: 'the clock of a gateway',
  webhook: 'the clock of the webhook',
} as const satisfies Record<ProgramClock['program'], string>;

/** The webhook lets no one in: it dates records, warns of times, and makes the certificate that it shows. */
const follows = {
  access:
    'access begins and ends by the later of the two, so up to that much too early, and times in the records may be off',
  records:
    'times in the records and in the warnings of admission may be off; where it is ahead by more than five minutes, its next certificate is not valid yet',
} as const;

function wordsFor(clocks: readonly ProgramClock[]): string {
  const each = clocks.map(({ program, offsetMs }) => {
    const side = offsetMs > 0 ? 'behind' : 'ahead of';
    return `${named[program]} is ${Math.round(Math.abs(offsetMs) / 1000)} s ${side} the clock of the API server`;
  });
  const isOfAccess = clocks.some(({ program }) => program !== 'webhook');
  return `${each.join(', and ')}: ${isOfAccess ? follows.access : follows.records}`;
}
