/** What is recorded and reported about a person, through all that can become of them. */
import { describe, expect, it } from 'vitest';
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import { planUser } from '../../../../operator/user/plan.ts';
import { noon } from '../../../kit/objects/grant-world.ts';
import { type Modifier, withMetadata } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aUser, deactivated } from '../../../kit/objects/user.ts';

const { uid } = aUser().metadata;
const atGeneration = (generation: number): Modifier<SupportUser> => withMetadata({ generation });
const reportedAt =
  (observedGeneration: number): Modifier<SupportUser> =>
  (user) => ({ ...user, status: { observedGeneration, conditions: [] } });
const planOf = (object: SupportUser, gone = false) =>
  planUser({ object, gone, policy: aPolicy(), grants: [] }, { now: noon, surely: noon });

describe('the records of a person', () => {
  it.each([
    ['a new person', { object: aUser(), gone: false }, `user.provisioned/${uid}/1`],
    ['a change', { object: aUser(atGeneration(3), reportedAt(2)), gone: false }, `user.changed/${uid}/3`],
    ['a change before any report', { object: aUser(atGeneration(3)), gone: false }, `user.changed/${uid}/3`],
    ['the end', { object: aUser(reportedAt(1)), gone: true }, `user.deprovisioned/${uid}`],
  ])('tell %s once, by a key that a retry repeats', (_name, { object, gone }, key) => {
    const { record } = planOf(object, gone);
    const type = key.split('/')[0];
    expect(record.mustBeDurable).toBe(true);
    expect(record.drafts).toEqual([
      expect.objectContaining({ type, key, time: '2026-12-01T12:00:00.000Z', phase: 'point' }),
    ]);
    expect(record.drafts[0]?.target).toMatchObject({
      area: 'configuration',
      kind: 'SupportUser',
      name: 'ada',
      uid,
    });
    expect(planOf(object, gone).record).toEqual(record);
  });

  it('say nothing about a generation that was reported', () => {
    expect(planOf(aUser(atGeneration(2), reportedAt(2))).record.drafts).toEqual([]);
  });
});

describe('the status of a person', () => {
  const conditionsOf = (object: SupportUser) =>
    planOf(object).status.conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);

  it('is active while the customer lets the person in', () => {
    expect(conditionsOf(aUser())).toEqual(['Ready=True Enforced', 'Active=True Enforced']);
  });

  it('is not active when the person is switched off', () => {
    expect(conditionsOf(aUser(deactivated()))).toEqual(['Ready=True Enforced', 'Active=False UserDisabled']);
  });

  it('is not active when the switch is missing: only `Enabled` lets a person in', () => {
    const { access: _access, ...spec } = aUser().spec;
    const unset = { ...aUser(), spec: spec as SupportUser['spec'] };
    expect(conditionsOf(unset)).toContain('Active=False UserDisabled');
  });

  it('names the generation that was looked at, and keeps conditions of others', () => {
    const foreign = {
      type: 'Foreign',
      status: 'True',
      reason: 'Other',
      message: '',
      lastTransitionTime: '2026-11-01T00:00:00Z',
    } as const;
    const user = aUser(atGeneration(4));
    const { status } = planOf({ ...user, status: { observedGeneration: 3, conditions: [foreign] } });
    expect(status.observedGeneration).toBe(4);
    expect(status.conditions).toContainEqual(foreign);
    expect(status.conditions.filter(({ type }) => type !== 'Foreign')).toHaveLength(2);
  });
});

const nearMissPlan = (object: SupportUser, isNearMiss: boolean) =>
  planUser({ object, gone: false, isNearMiss, policy: aPolicy(), grants: [] }, { now: noon, surely: noon });

describe('EC-16 the condition SignInMatches', () => {
  const conditionOf = (object: SupportUser, isNearMiss: boolean) =>
    nearMissPlan(object, isNearMiss).status.conditions.find(({ type }) => type === 'SignInMatches');

  it('is there only while a sign-in differed in letter case or blanks alone, and says what to compare', () => {
    const near = nearMissPlan(aUser(), true);
    expect(conditionOf(aUser(), true)).toMatchObject({
      status: 'False',
      reason: 'DiffersInForm',
      message: expect.stringContaining('compare the two sides in the records'),
    });
    expect(conditionOf({ ...aUser(), status: near.status }, false)).toBeUndefined();
    expect(conditionOf(aUser(), false)).toBeUndefined();
  });
});
