/** Is the master switch on? No policy, or one of another name, means off (requirement CC-1). */
import { policyName } from '../../names.ts';
import { present } from '../../object-meta.ts';
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';

export const policyIsEnabled = {
  name: 'policyIsEnabled',
  entryPoints: ['anonymous', 'sign-in', 'session', 'application'],
  check,
} as const satisfies Check;

function check({ policy: read }: Ask): CheckResult {
  const policy = present(read);
  if (policy === undefined || policy.metadata.name !== policyName) return { reason: 'NoPolicy' };
  return policy.spec.access === 'Enabled' ? untilChanged : { reason: 'PolicyDisabled' };
}
