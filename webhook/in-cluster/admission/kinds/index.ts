/** THE list of the rules of admission, one for each kind. A kind without an entry does not compile. */
import type { KindName } from '../../../../crds/kinds.ts';
import { applicationRule } from './application.ts';
import { grantRule } from './grant.ts';
import type { KindRule } from './kind-rule.ts';
import { lockRule } from './lock.ts';
import { policyRule } from './policy.ts';
import { userRule } from './user.ts';

/** Such an object is judged by itself alone. */
const byItself: KindRule = () => Promise.resolve({ problems: [], warnings: [] });

export const kindRules: Readonly<Record<KindName, KindRule>> = {
  SupportAccessGrant: grantRule,
  SupportAccessLock: lockRule,
  SupportAccessPolicy: policyRule,
  SupportApplication: applicationRule,
  SupportPermissionMatrix: byItself,
  SupportSession: byItself,
  SupportUser: userRule,
};
