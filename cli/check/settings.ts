/** What the customer has to write before someone can come in: the policy, its certificate, its identity provider. */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import { conditionOf } from '../../crds/rules/conditions.ts';
import { type Finding, failed, type InstallationCheck, objectCheck, ok, toDo } from './finding.ts';

/** A check of the policy. */
const policyCheck = (what: string, judge: (found: SupportAccessPolicy) => Finding): InstallationCheck =>
  objectCheck({
    what,
    resource: kinds.SupportAccessPolicy,
    ref: () => ({ name: policyName }),
    none: () =>
      toDo(
        `no SupportAccessPolicy named ${policyName} yet, so support access is off; write one, as docs/install.md shows`,
      ),
    judge,
  });

/** What the operator says of the policy. While access is off it is a thing to do, and nothing that fails. */
function judged({ spec, status }: SupportAccessPolicy, type: string): Finding {
  const condition = conditionOf(status?.conditions, type);
  const missing = spec.access === 'Enabled' ? failed : toDo;
  if (condition === undefined) return missing(`the operator has not said yet (${type}); see that it runs`);
  return condition.status === 'True'
    ? ok(condition.message)
    : missing(`${condition.reason}: ${condition.message}`);
}

export const settingsChecks: readonly InstallationCheck[] = [
  policyCheck('policy', ({ spec: { access, gateway } }) => ok(`access: ${access}, host ${gateway.host}`)),
  policyCheck('certificate', (found) => judged(found, 'CertificatesReady')),
  policyCheck('identity provider', (found) => judged(found, 'SSOReady')),
];
