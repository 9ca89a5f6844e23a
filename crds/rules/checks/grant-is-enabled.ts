/** Is this consent given? Anything but `Enabled` is no. */
import { type Ask, type Check, untilChanged, type Verdict } from '../ask.ts';

export const grantIsEnabled = {
  name: 'grantIsEnabled',
  entryPoints: ['anonymous', 'sign-in', 'session', 'application'],
  verdict,
} as const satisfies Check;

function verdict({ grant }: Ask): Verdict {
  return grant?.spec.access === 'Enabled' ? untilChanged : { reason: 'Disabled' };
}
