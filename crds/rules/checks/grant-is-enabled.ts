/** Is this consent given? Anything but `Enabled` is no. */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';

export const grantIsEnabled = {
  name: 'grantIsEnabled',
  entryPoints: ['anonymous', 'sign-in', 'session', 'application'],
  check,
} as const satisfies Check;

function check({ grant }: Ask): CheckResult {
  return grant?.spec.access === 'Enabled' ? untilChanged : { reason: 'Disabled' };
}
