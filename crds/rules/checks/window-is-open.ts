/** Is it time, and is the time not longer than the policy allows? Does not wait for anybody to close an expired grant. */
import type { Ask, Check, CheckResult } from '../ask.ts';
import { lengthObjection, openUntil, windowInWords, windowState } from '../time/schedule.ts';

export const windowIsOpen = {
  name: 'windowIsOpen',
  entryPoints: ['anonymous', 'sign-in', 'session', 'application'],
  check,
} as const satisfies Check;

function check({ grant, policy, now }: Ask): CheckResult {
  if (grant === undefined) return { reason: 'NoGrant' };
  const { spec, metadata } = grant;
  const until = openUntil(spec, now);
  if (until === undefined) {
    const state = windowState(spec, now);
    const reason = state === 'NotStarted' ? 'NotStarted' : 'Expired';
    return { reason, detail: `the grant is open ${windowInWords(spec)}` };
  }
  const length = lengthObjection(spec, policy?.spec.duration, metadata.creationTimestamp);
  return length?.kind === 'TooLong' ? { reason: 'DurationOutOfBounds', detail: length.message } : until;
}
