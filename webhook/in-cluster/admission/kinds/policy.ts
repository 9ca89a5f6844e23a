/** What admission says of a change of the policy that is allowed but perhaps not meant. */
import type { KindAdvice, KindRule } from './kind-rule.ts';
import { widenedWarnings } from './widened.ts';

export const policyAdvice: KindAdvice = (write) => widenedWarnings('SupportAccessPolicy', write);

export const policyRule: KindRule = (write, { now }) =>
  Promise.resolve({ problems: [], warnings: policyAdvice(write, now) });
