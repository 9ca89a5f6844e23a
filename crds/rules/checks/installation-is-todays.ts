/** Is the product still installed, and is it the installation to which consent was given? What outlived another one is closed. */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';
import { otherInstallation } from '../installation.ts';

export const installationIsTodays = {
  name: 'installationIsTodays',
  entryPoints: [
    'opening',
    'person',
    'anonymous',
    'sign-in',
    'session',
    'application',
    'kube-api',
    'kubernetes',
  ],
  check,
} as const satisfies Check;

function check({ grant, installation }: Ask): CheckResult {
  if (grant === undefined) return { reason: 'NoGrant' };
  // Without its UID it would be the one of every grant that was never looked at.
  if (!installation?.uid) {
    return {
      reason: 'InstallationChanged',
      detail:
        'The namespace of the support identities, or the policy that asks who may consent, is missing or is being deleted; `helm upgrade` makes it again.',
    };
  }
  const detail = otherInstallation(grant, installation);
  return detail === undefined ? untilChanged : { reason: 'InstallationChanged', detail };
}
