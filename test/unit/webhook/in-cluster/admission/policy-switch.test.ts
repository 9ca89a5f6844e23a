/** When the switch may go on again that deactivates people: no one is missed. */
import { describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../../../../crds/generated/support-user.ts';
import { policyRule } from '../../../../../webhook/in-cluster/admission/kinds/policy.ts';
import type { ReviewedObject } from '../../../../../webhook/in-cluster/admission/review.ts';
import { type Modifier, withMetadata, withSpec } from '../../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../../kit/objects/policy.ts';
import { aUserNamed, deactivated, deactivatedForGood } from '../../../../kit/objects/user.ts';

const deactivates = withSpec<SupportAccessPolicy>({ users: { whenDisabled: 'Deactivate' } });
const seenAt =
  (observedGeneration: number): Modifier<SupportAccessPolicy> =>
  (policy) => ({ ...policy, status: { observedGeneration, conditions: [] } });
const off = aPolicy(deactivates, switchedOff(), withMetadata({ generation: 4 }), seenAt(4));
const byVendor: Modifier<SupportUser> = (user) => ({
  ...deactivated()(user),
  status: { deactivation: { startTime: '2026-12-01T08:00:00Z', reason: 'UserDisabled' } },
});
const ada = (...modifiers: Modifier<SupportUser>[]): SupportUser => aUserNamed('ada', ...modifiers);
const charles = aUserNamed('charles', deactivatedForGood());

const problemsOf = async (users: readonly SupportUser[], old = off): Promise<readonly string[]> => {
  const write = { object: aPolicy(deactivates) as unknown, old: old as unknown };
  const deps = { read: () => Promise.resolve(undefined), list: () => Promise.resolve(users), now: 0 };
  const { problems } = await policyRule(write as { object: ReviewedObject; old: ReviewedObject }, deps);
  return problems.map(({ message }) => message);
};

describe('C42-2 the switch that deactivates goes on again', () => {
  it('when everyone is deactivated for good', async () => {
    expect(await problemsOf([ada(deactivatedForGood()), charles])).toEqual([]);
    expect(await problemsOf([])).toEqual([]);
  });

  it.each([
    ['who is not deactivated', ada()],
    ['whom vendor operations deactivated, and may let in again', ada(byVendor)],
  ])('not before it has reached a person %s', async (_, person) => {
    expect(await problemsOf([charles, person])).toEqual([
      expect.stringContaining('1 of 2 people are not deactivated for good yet, among them SupportUser ada'),
    ]);
  });

  it('not before the operator has seen it off', async () => {
    expect(await problemsOf([charles], seenAt(3)(off))).toEqual([
      expect.stringContaining('the operator has not seen yet that it is Disabled'),
    ]);
  });
});
