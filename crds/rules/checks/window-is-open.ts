/** Is it time, and is the time not longer than the policy allows? An expired grant is closed at once, before the operator has closed it. */
import type { Ask, Check, CheckResult, Objection } from '../ask.ts';
import { tooLong } from '../consent.ts';
import { openUntil, type Window, windowInWords, windowState } from '../time/schedule.ts';

export const windowIsOpen = {
  name: 'windowIsOpen',
  entryPoints: [
    'opening',
    'person',
    'anonymous',
    'sign-in',
    'session',
    'application',
    'kube-api',
    'kubernetes',
  ],
  check,
} as const satisfies Check;

function check({ grant, policy, now }: Ask): CheckResult {
  if (grant === undefined) return { reason: 'NoGrant' };
  const { spec } = grant;
  const until = openUntil(spec, now);
  return until === undefined ? closed(spec, now) : (tooLong({ grant, policy, now }) ?? until);
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
