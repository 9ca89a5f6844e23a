/** Is this consent given? Anything but `Enabled` is no. */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';

export const grantIsEnabled = {
  name: 'grantIsEnabled',
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

function check({ grant }: Ask): CheckResult {
  const access = grant?.spec.access;
  if (access === 'Enabled') return untilChanged;
  const detail = `spec.access of the grant is ${access ?? 'not set'}; write Enabled to give consent.`;
  return { reason: 'Disabled', detail };
}
