/** THE lists of the rules of admission and of its advice, one for each kind. A kind without an entry does not compile. */
import type { KindName } from '../../../../crds/kinds.ts';
import { applicationAdvice, applicationRule } from './application.ts';
import { caseRule } from './case.ts';
import { grantRule } from './grant.ts';
import { grantAdvice } from './grant-advice.ts';
import type { KindAdvice, KindRule } from './kind-rule.ts';
import { policyAdvice, policyRule } from './policy.ts';
import { userRule } from './user.ts';

/** Such an object is judged by itself alone. */
const byItself: KindRule = () => Promise.resolve({ problems: [], warnings: [] });

export const kindRules: Readonly<Record<KindName, KindRule>> = {
  SupportAccessGrant: grantRule,
  SupportAccessLock: byItself,
  SupportAccessPolicy: policyRule,
  SupportCase: caseRule,
  SupportApplication: applicationRule,
  SupportPermissionMatrix: byItself,
  SupportSession: byItself,
  SupportUser: userRule,
};

const nothing: KindAdvice = () => [];

/** What is said of writes that narrow. A lock's is `lockAdvice`, which has to read. */
export const kindAdvice: Readonly<Record<Exclude<KindName, 'SupportAccessLock'>, KindAdvice>> = {
  SupportAccessGrant: grantAdvice,
  SupportAccessPolicy: policyAdvice,
  SupportCase: nothing,
  SupportApplication: applicationAdvice,
  SupportPermissionMatrix: nothing,
  SupportSession: nothing,
  SupportUser: nothing,
};
