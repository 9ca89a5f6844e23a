/** What a notice tells of a grant and of the installation, read from the objects themselves. */
import type { SupportAccessGrant } from '../generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../generated/support-access-policy.ts';
import { parseTime } from '../rules/time/time.ts';
import type { Notice } from './notice.ts';

/** Who, into what, by which matrix, from where, until when and why. */
export function toldOfGrant({
  metadata,
  spec,
}: SupportAccessGrant): Pick<
  Notice,
  'what' | 'people' | 'application' | 'matrix' | 'from' | 'until' | 'why'
> {
  const { userRefs, applicationRef, matrixRef, allowedCIDRs, expirationTime, reason } = spec;
  return {
    what: { kind: 'SupportAccessGrant', namespace: metadata.namespace, name: metadata.name },
    people: userRefs.map(({ name }) => name),
    application: applicationRef?.name,
    matrix: matrixRef.name,
    from: allowedCIDRs ?? [],
    until: parseTime(expirationTime),
    why: reason,
  };
}

/** Which installation speaks; a policy that is gone is told by its name. */
export function toldOfInstallation(policy: SupportAccessPolicy | undefined): Notice['installation'] {
  return { customer: policy?.spec.customerName, host: policy?.spec.gateway.host ?? 'no policy' };
}
