/** Has the operator opened today's consent? Its status can keep access closed; it can never open it by itself. */
import { defaults } from '../../defaults.ts';
import { present } from '../../object-meta.ts';
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';
import { closesByStatus, isReason } from '../reasons.ts';

export const wasOpened = {
  name: 'wasOpened',
  entryPoints: ['anonymous', 'sign-in', 'session', 'application', 'kube-api', 'kubernetes'],
  check,
} as const satisfies Check;

/**
 * The pins must be those of today's consent number. `observedGeneration` is not compared: narrowing must work while
 * the operator is dead, and widening needs a higher consent number or another check's yes.
 */
function check({ grant: read }: Ask): CheckResult {
  const grant = present(read);
  if (grant === undefined) return { reason: 'NoGrant' };
  const { pins, activeReason } = grant.status ?? {};
  if (pins === undefined || pins.consent !== (grant.spec.consent ?? defaults.consent))
    return { reason: 'NotOpened', detail: 'The operator has not opened the present spec.consent yet.' };

  if (!closesByStatus(activeReason)) return untilChanged;
  const known = activeReason !== undefined && isReason(activeReason) ? activeReason : 'NotOpened';
  return { reason: known, detail: `status.activeReason of the grant is ${activeReason ?? 'not set'}.` };
}
