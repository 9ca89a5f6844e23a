import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../../../crds/rules/conditions.ts';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { nextStatus } from '../../../../operator/grant/report.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { statusOf } from '../../../../operator/reporting/conditions.ts';
import * as grants from '../../../kit/objects/grant.ts';
import { aWorld, noon, of, withGrant, withRights, withUsers } from '../../../kit/objects/grant-world.ts';
import { aClusterBinding } from '../../../kit/objects/kube-objects.ts';
import type { Modifier } from '../../../kit/objects/object.ts';
import { aUser, aUserNamed } from '../../../kit/objects/user.ts';

/** `maxLength` of a condition's message in every CRD. */
const longest = 4096;

function reportOn(...changes: readonly Modifier<GrantWorld>[]) {
  const plan = planGrant(aWorld(...changes), noon);
  const status = nextStatus(plan.report, { recorded: 'recorded', refused: undefined });
  return { activeReason: status.activeReason, message: conditionOf(status.conditions, 'Active')?.message };
}

describe('a message that no status would admit', () => {
  it('is cut, and the rest of the condition is as it was', () => {
    const plain = { type: 'Ready', holds: false, reason: 'ApplyFailed' } as const;
    const [condition] = statusOf(
      { metadata: {} },
      [{ ...plain, message: 'x'.repeat(longest + 1) }],
      noon,
    ).conditions;
    expect(condition).toMatchObject({ type: 'Ready', status: 'False', reason: 'ApplyFailed' });
    expect(condition?.message).toBe('x'.repeat(longest));
  });

  it('of the very length is left whole', () => {
    const plain = { type: 'Ready', holds: true, reason: 'Enforced' } as const;
    const [condition] = statusOf(
      { metadata: {} },
      [{ ...plain, message: 'x'.repeat(longest) }],
      noon,
    ).conditions;
    expect(condition?.message).toHaveLength(longest);
  });
});

describe('a grant that closes is reported closed', () => {
  it('whatever the name of the binding that gives too many rights', () => {
    const excess = of({ excessRights: [aClusterBinding('b'.repeat(5000), 'view')] });
    const { activeReason, message } = reportOn(withRights(), excess);
    expect(activeReason).toBe('ExcessRights');
    expect(message).toMatch(/before you accept it\.$/);
    expect(message?.length).toBeLessThan(longest);
  });

  it('when several people lack each of the longest list of support roles', () => {
    const roles = Array.from({ length: 20 }, (_, at) => `${at}`.padEnd(100, 'r'));
    const asking = withGrant(grants.forUser('ada', 'bob'), grants.requiringRoles(...roles));
    const { activeReason, message } = reportOn(asking, withUsers(aUser(), aUserNamed('bob')));
    expect(activeReason).toBe('SupportRoleMissing');
    expect(message).toHaveLength(longest);
  });
});
