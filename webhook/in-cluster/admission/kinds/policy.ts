/** What admission says of a change of the policy that is allowed but perhaps not meant. */
import type { KindRule } from './kind-rule.ts';
import { widenedWarnings } from './widened.ts';

export const policyRule: KindRule = (write) =>
  Promise.resolve({ problems: [], warnings: widenedWarnings('SupportAccessPolicy', write) });
