/** Is the master switch on? No policy, or one of another name, means off (requirement CC-1). */
import { type Ask, type Check, type Objection, present } from '../ask.ts';

export const policyIsEnabled = {
  name: 'policyIsEnabled',
  surfaces: ['door', 'sign-in', 'session', 'application'],
  objection,
} as const satisfies Check;

/** The one policy that counts. */
export const policyName = 'default';

function objection({ policy: read }: Ask): Objection | undefined {
  const policy = present(read);
  if (policy === undefined || policy.metadata.name !== policyName) return { reason: 'NoPolicy' };
  return policy.spec.access === 'Enabled' ? undefined : { reason: 'PolicyDisabled' };
}
