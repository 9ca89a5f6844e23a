/** The installation as the operator sees it when it looks at the policy. */
import type { PolicyWorld } from '../../../operator/policy/world.ts';
import { aGrant, fromAddresses } from './grant.ts';
import { aConfigMap } from './kube-objects.ts';
import { aPolicy } from './policy.ts';
import { aUser, aUserNamed } from './user.ts';

const open = [aGrant(fromAddresses('203.0.113.0/25'))];

/** What the policy's plan is given: one open grant and two people, and nothing wrong. */
export function aPolicyWorld(
  change: Partial<PolicyWorld['installation']> = {},
  rest: Partial<PolicyWorld> = {},
): PolicyWorld {
  const policy = 'policy' in change ? change.policy : aPolicy();
  return {
    installation: {
      policy,
      open,
      applications: [],
      people: [aUserNamed('bob'), aUser()],
      releaseNamespace: 'support-access',
      spCertificate: 'PEM',
      ...change,
    },
    object: policy,
    networkPolicy: undefined,
    ssoConfig: aConfigMap('support-access-sso', {}),
    names: aConfigMap('support-access-names', {}),
    certificates: undefined,
    identitiesNamespace: 'support-access-identities',
    admission: {},
    authority: undefined,
    recordsProblem: undefined,
    clockProblem: undefined,
    noticesProblem: undefined,
    isLocked: false,
    impersonators: [],
    ...rest,
  };
}
