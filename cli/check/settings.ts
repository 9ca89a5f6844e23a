/** What the customer has to write before someone can come in: the policy, its certificate, its identity provider. */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import { conditionOf } from '../../crds/rules/conditions.ts';
import {
  type CheckDeps,
  type Finding,
  failed,
  type InstallationCheck,
  ok,
  readOrNothing,
  toDo,
} from './finding.ts';

const none = `no SupportAccessPolicy named ${policyName} yet, so support access is off: kubectl explain supportaccesspolicy.spec`;

const readPolicy = async (deps: CheckDeps): Promise<SupportAccessPolicy | undefined> =>
  readOrNothing<SupportAccessPolicy>(deps, kinds.SupportAccessPolicy, { name: policyName });

const policy: InstallationCheck = {
  what: 'policy',
  async look(deps) {
    const found = await readPolicy(deps);
    if (found === undefined) return toDo(none);
    const { access, gateway } = found.spec;
    return ok(`access: ${access}, host ${gateway.host}`);
  },
};

/** What the operator says of the policy. While access is off it is a thing to do, and nothing that fails. */
function reported(what: string, type: string): InstallationCheck {
  return {
    what,
    async look(deps) {
      const found = await readPolicy(deps);
      if (found === undefined) return toDo(none);
      return judged(found, type);
    },
  };
}

function judged({ spec, status }: SupportAccessPolicy, type: string): Finding {
  const condition = conditionOf(status?.conditions, type);
  const missing = spec.access === 'Enabled' ? failed : toDo;
  if (condition === undefined) return missing(`the operator has not said yet (${type})`);
  return condition.status === 'True'
    ? ok(condition.message)
    : missing(`${condition.reason}: ${condition.message}`);
}

export const settingsChecks: readonly InstallationCheck[] = [
  policy,
  reported('certificate', 'CertificatesReady'),
  reported('identity provider', 'SSOReady'),
];
