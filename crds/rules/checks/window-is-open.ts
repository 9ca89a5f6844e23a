/** Is it time, and is the time not longer than the policy allows? Does not wait for anybody to close an expired grant. */
import type { Ask, Check, Objection } from '../ask.ts';
import { lengthObjection, windowInWords, windowState } from '../schedule.ts';

export const windowIsOpen = {
  name: 'windowIsOpen',
  surfaces: ['door', 'sign-in', 'session', 'application'],
  objection,
} as const satisfies Check;

function objection({ grant, policy, now }: Ask): Objection | undefined {
  if (grant === undefined) return { reason: 'NoGrant' };
  const { spec, metadata } = grant;
  const state = windowState(spec, now);
  if (state !== 'Open') return { reason: state, detail: `the grant is open ${windowInWords(spec)}` };
  const length = lengthObjection(spec, policy?.spec.duration, metadata.creationTimestamp);
  return length?.kind === 'TooLong' ? { reason: 'DurationOutOfBounds', detail: length.message } : undefined;
}
