/** Is the master switch on? No policy, or one of another name, means off (requirement CC-1). */
import { type Ask, type Check, present, untilChanged, type Verdict } from '../ask.ts';

export const policyIsEnabled = {
  name: 'policyIsEnabled',
  entryPoints: ['anonymous', 'sign-in', 'session', 'application'],
  verdict,
} as const satisfies Check;

/** The one policy that counts. */
export const policyName = 'default';

function verdict({ policy: read }: Ask): Verdict {
  const policy = present(read);
  if (policy === undefined || policy.metadata.name !== policyName) return { reason: 'NoPolicy' };
  return policy.spec.access === 'Enabled' ? untilChanged : { reason: 'PolicyDisabled' };
}
