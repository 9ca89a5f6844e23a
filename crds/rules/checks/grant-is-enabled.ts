/** Is this consent given? Anything but `Enabled` is no. */
import type { Ask, Check, Objection } from '../ask.ts';

export const grantIsEnabled = {
  name: 'grantIsEnabled',
  surfaces: ['door', 'sign-in', 'session', 'application'],
  objection,
} as const satisfies Check;

function objection({ grant }: Ask): Objection | undefined {
  return grant?.spec.access === 'Enabled' ? undefined : { reason: 'Disabled' };
}
