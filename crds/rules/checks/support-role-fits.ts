/** Does the person have one of the support roles that the grant asks for? An empty list asks for none (requirement ZH-9). */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';

export const supportRoleFits = {
  name: 'supportRoleFits',
  entryPoints: ['person', 'sign-in', 'session', 'application', 'kube-api', 'kubernetes'],
  check,
} as const satisfies Check;

function check({ grant, user }: Ask): CheckResult {
  const required = grant?.spec.requiredSupportRoles ?? [];
  const held = user?.spec.supportRoles ?? [];
  if (required.length === 0 || required.some((role) => held.includes(role))) return untilChanged;
  return {
    reason: 'SupportRoleMissing',
    detail: `SupportUser ${user?.metadata.name} has none of the required support roles (${required.join(', ')}); add one, or change spec.requiredSupportRoles of the grant.`,
  };
}
