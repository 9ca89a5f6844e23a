/** Is the master switch on? No policy, or one of another name, means off (requirement CC-1). */
import { policyName } from '../../names.ts';
import { present } from '../../object-meta.ts';
import { type Ask, type Check, type CheckResult, type Objection, untilChanged } from '../ask.ts';

export const policyIsEnabled = {
  name: 'policyIsEnabled',
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

function check({ policy: read }: Ask): CheckResult {
  const policy = present(read);
  if (policy === undefined || policy.metadata.name !== policyName) return noPolicy;
  if (policy.spec.access === 'Enabled') return untilChanged;
  const set = policy.spec.access ?? 'not set';
  const detail = `spec.access of SupportAccessPolicy ${policyName} is ${set}; write Enabled to switch support access on.`;
  return { reason: 'PolicyDisabled', detail };
}

const noPolicy: Objection = {
  reason: 'NoPolicy',
  detail: `There is no SupportAccessPolicy ${policyName}, so support access is off; apply one to switch it on.`,
};
