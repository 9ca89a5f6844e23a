/** Does the person have one of the support roles that the grant asks for? An empty list asks for none (requirement ZH-9). */
import type { Ask, Check, Objection } from '../ask.ts';

export const supportRoleFits = {
  name: 'supportRoleFits',
  surfaces: ['sign-in', 'session', 'application'],
  objection,
} as const satisfies Check;

function objection({ grant, user }: Ask): Objection | undefined {
  const required = grant?.spec.requiredSupportRoles ?? [];
  const held = user?.spec.supportRoles ?? [];
  if (required.length === 0 || required.some((role) => held.includes(role))) return undefined;
  return { reason: 'SupportRoleMissing', detail: `the grant asks for one of: ${required.join(', ')}` };
}
