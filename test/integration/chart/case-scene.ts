/** What the operator must leave alone of support cases: a Role of others, one for a case, and such a case. */
import type { Caller } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { caseLabels, caseRule } from '../../kit/rights/operator-cases.ts';
import { rbac, victim } from '../../kit/rights/scene.ts';
import { standingCase } from './acts-of-people.ts';

interface CaseScene {
  readonly cp: ControlPlane;
  readonly make: (path: string, body: object, caller?: Caller) => Promise<void>;
  readonly operator: Caller;
}

export async function makeCases({ cp, make, operator }: CaseScene): Promise<void> {
  const roles = `${rbac}/namespaces/${victim}/roles`;
  const rules = [{ apiGroups: [''], resources: ['services'], verbs: ['get'] }];
  await make(roles, { metadata: { name: 'theirs' }, rules });
  await make(roles, { metadata: { name: 'sac-x', labels: caseLabels }, rules: [caseRule] }, operator);
  const metadata = { name: 'standing', namespace: victim };
  const input = JSON.stringify({ ...standingCase, metadata, spec: { ...standingCase.spec, owner: 'grace' } });
  await cp.kubectl(['create', '-f', '-', '--as=grace', '--as-group=system:masters'], { input });
}
