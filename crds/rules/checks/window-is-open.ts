/** Is it time, and is the time not longer than the policy allows? An expired grant is closed at once, before the operator has closed it. */
import type { Ask, Check, CheckResult, Objection } from '../ask.ts';
import { lengthObjection, openUntil, type Window, windowInWords, windowState } from '../time/schedule.ts';

export const windowIsOpen = {
  name: 'windowIsOpen',
  entryPoints: ['opening', 'person', 'anonymous', 'sign-in', 'session', 'application'],
  check,
} as const satisfies Check;

function check({ grant, policy, now }: Ask): CheckResult {
  if (grant === undefined) return { reason: 'NoGrant' };
  const { spec, metadata } = grant;
  const until = openUntil(spec, now);
  if (until === undefined) return closed(spec, now);
  const length = lengthObjection(spec, policy?.spec.duration, metadata.creationTimestamp);
  if (length?.kind !== 'TooLong') return until;
  const detail = `spec.expirationTime is too late: ${length.message}. An earlier one opens the grant.`;
  return { reason: 'DurationOutOfBounds', detail };
}

function closed(window: Window, now: number): Objection {
  const times = windowInWords(window);
  if (windowState(window, now) === 'NotStarted')
    return { reason: 'NotStarted', detail: `The grant will be open ${times}, by itself.` };

  return {
    reason: 'Expired',
    detail: `The grant was open ${times}; a later spec.expirationTime opens it again.`,
  };
}
