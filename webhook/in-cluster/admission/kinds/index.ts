/** THE list of the rules of admission, one for each kind. A kind without an entry does not compile. */
import type { KindName } from '../../../../crds/kinds.ts';
import { grantRule } from './grant.ts';
import type { KindRule } from './kind-rule.ts';

/** Such an object is judged by itself alone. */
const byItself: KindRule = () => Promise.resolve({ problems: [], warnings: [] });

export const kindRules: Readonly<Record<KindName, KindRule>> = {
  SupportAccessGrant: grantRule,
  SupportAccessLock: byItself,
  SupportAccessPolicy: byItself,
  SupportApplication: byItself,
  SupportPermissionMatrix: byItself,
  SupportSession: byItself,
  SupportUser: byItself,
};
