/** The life of a person: suspended and back, deactivated by each way, removed. Played look by look, as the operator would. */
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import { planUser, type UserPlan } from '../../../../operator/user/plan.ts';
import { aGrant, disabled, until } from '../../../kit/objects/grant.ts';
import { noon } from '../../../kit/objects/grant-world.ts';
import { type Modifier, recreated, withMetadata, withSpec } from '../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../kit/objects/policy.ts';
import { aUser, deactivated } from '../../../kit/objects/user.ts';

const second = 1000;
const day = 86_400 * second;
const withUsers = (users: NonNullable<SupportAccessPolicy['spec']['users']>): Modifier<SupportAccessPolicy> =>
  withSpec({ users });
const code42 = withUsers({ whenDisabled: 'Deactivate', afterLastGrant: 'Deactivate' });

interface Look {
  readonly policy?: SupportAccessPolicy | undefined;
  readonly grants?: readonly SupportAccessGrant[];
  readonly user?: Modifier<SupportUser>;
  readonly at?: number;
  /** The earliest clock; without it, all agree. */
  readonly surely?: number;
}

/** Looks one after the other; the types of what each recorded, and the last plan. */
function life(
  looks: readonly Look[],
  start: SupportUser = aUser(),
): { recorded: string[][]; last: UserPlan; keys: string[] } {
  let object = start;
  const plans = looks.map(({ policy, grants = [], user, at = noon, surely = at }) => {
    object = user?.(object) ?? object;
    const plan = planUser({ object, gone: false, policy, grants }, { now: at, surely });
    object = { ...object, status: plan.status };
    expect(
      planUser({ object, gone: false, policy, grants }, { now: at, surely }).record.drafts.map(
        ({ type }) => type,
      ),
    ).toEqual(plan.remove ? ['user.removed'] : []);
    return plan;
  });
  const drafts = plans.map(({ record }) => record.drafts);
  return {
    recorded: drafts.map((some) => some.map(({ type }) => type)),
    keys: drafts.flat().map(({ key }) => key),
    last: plans.at(-1) as UserPlan,
  };
}

const activeIn = ({ status }: UserPlan): string | undefined => {
  const active = status.conditions.find(({ type }) => type === 'Active');
  return active && `${active.status} ${active.reason}`;
};

describe('a person whom the switch suspends', () => {
  it('comes back with it, and each transition is recorded once', () => {
    const { recorded, keys, last } = life([
      { policy: aPolicy() },
      { policy: aPolicy(switchedOff(), withMetadata({ generation: 2 })) },
      { policy: aPolicy(withMetadata({ generation: 3 })) },
      { policy: undefined },
      { policy: aPolicy(recreated()) },
    ]);
    expect(recorded).toEqual([
      ['user.provisioned'],
      ['user.suspended'],
      ['user.resumed'],
      ['user.suspended'],
      ['user.resumed'],
    ]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(activeIn(last)).toBe('True Enforced');
  });

  it.each([
    ['the policy is switched off', aPolicy(switchedOff()), 'False PolicyDisabled'],
    ['there is no policy', undefined, 'False NoPolicy'],
  ])('is not active while %s', (_, policy, condition) => {
    const { last } = life([{ policy }]);
    expect(activeIn(last)).toBe(condition);
    expect(last.status.deactivation).toBeUndefined();
  });
});

describe('C42-2 a person whom the switch deactivates', () => {
  it('stays deactivated when it is on again', () => {
    const { recorded, last } = life([
      { policy: aPolicy(code42) },
      { policy: aPolicy(code42, switchedOff()) },
      { policy: aPolicy(code42), at: noon + day },
    ]);
    expect(recorded).toEqual([['user.provisioned'], ['user.deactivated'], []]);
    expect(last.status.deactivation).toEqual({
      startTime: '2026-12-01T12:00:00.000Z',
      reason: 'SwitchedOff',
    });
    expect(activeIn(last)).toBe('False UserDeactivated');
  });

  it('is not missed where the policy was deleted and made again while no one looked', () => {
    const { recorded } = life([{ policy: aPolicy(code42) }, { policy: aPolicy(code42, recreated()) }]);
    expect(recorded).toEqual([['user.provisioned'], ['user.deactivated']]);
  });

  it('is not deactivated by a policy that is deleted, nor by one that is made after the person', () => {
    const { last } = life([{ policy: undefined }, { policy: aPolicy(code42) }, { policy: undefined }]);
    expect(last.status.deactivation).toBeUndefined();
  });
});

describe('C42-3 a person whose work is over', () => {
  const policy = aPolicy(code42);
  const end = '2026-12-01T13:00:00Z';
  const after = Date.parse(end);

  it.each([
    ['an instant before its end', after - 1, undefined],
    ['at its end', after, 'LastGrantEnded'],
    ['after it', after + 1, 'LastGrantEnded'],
  ])('is deactivated when the last grant that names the person has ended: %s', (_, at, reason) => {
    const grants = [aGrant(until('2026-12-01T12:30:00Z')), aGrant(until(end))];
    const { last } = life([
      { policy, grants },
      { policy, grants, at },
    ]);
    expect(last.status.deactivation?.reason).toBe(reason);
    if (reason === undefined) expect(last.lookAgainAt).toBe(after);
  });

  it.each([
    ['when that grant is deleted', [aGrant(until(end))], [], 'LastGrantEnded'],
    [
      'not while a disabled one may be enabled again',
      [aGrant(until(end))],
      [aGrant(until(end), disabled())],
      undefined,
    ],
    ['not when no grant ever named the person', [], [], undefined],
    [
      'not for one that was over before there was this person',
      [aGrant(until('2020-01-01T00:00:00Z'))],
      [],
      undefined,
    ],
    ['also when its whole life was missed', [], [aGrant(until('2026-12-01T11:59:00Z'))], 'LastGrantEnded'],
  ])('is deactivated %s', (_, before, then, reason) => {
    const { last } = life([
      { policy, grants: before },
      { policy, grants: then },
    ]);
    expect(last.status.deactivation?.reason).toBe(reason);
  });

  it('stays where the policy does not say so, however many grants have ended', () => {
    const grants = Array.from({ length: 1000 }, () => aGrant(until('2026-12-01T11:59:00Z')));
    const { last } = life([{ policy: aPolicy(), grants }]);
    expect(last.status.deactivation).toBeUndefined();
    expect(last.status.firstNamedTime).toBe('2026-12-01T12:00:00.000Z');
  });

  it('is let in again by vendor operations only when they deactivated the person themselves', () => {
    const off: Modifier<SupportUser> = (user) =>
      deactivated()(withMetadata<SupportUser>({ generation: 2 })(user));
    const on: Modifier<SupportUser> = (user) =>
      withSpec<SupportUser>({ access: 'Enabled' })(withMetadata<SupportUser>({ generation: 3 })(user));
    const looks = (policies: SupportAccessPolicy): Look[] => [
      { policy: policies },
      { policy: policies, user: off },
      { policy: policies, user: on },
    ];
    expect(life(looks(aPolicy())).recorded).toEqual([
      ['user.provisioned'],
      ['user.changed', 'user.deactivated'],
      ['user.changed', 'user.resumed'],
    ]);
    const { last } = life([
      ...looks(aPolicy()).slice(0, 2),
      { policy: aPolicy(code42, switchedOff()) },
      { policy: aPolicy(code42), user: on },
    ]);
    expect(last.status.deactivation).toEqual({
      startTime: '2026-12-01T12:00:00.000Z',
      reason: 'SwitchedOff',
    });
  });

  const sixtyDays = noon + 60 * day;
  it.each([
    ['an instant before', sixtyDays - 1, false],
    ['when 60 days have passed', sixtyDays, true],
    ['after', sixtyDays + 1, true],
  ])('is removed after 60 days: %s', (_, at, removed) => {
    const { last, recorded } = life([{ policy: aPolicy(code42, switchedOff()) }, { policy, at }]);
    expect(last.remove).toBe(removed);
    expect(recorded[1]).toEqual(removed ? ['user.removed'] : []);
    if (!removed) expect(last.lookAgainAt).toBe(sixtyDays);
  });

  it('is kept while there is no policy, and as long as another policy says', () => {
    const off = { policy: aPolicy(code42, switchedOff()) };
    expect(life([off, { policy: undefined, at: sixtyDays }]).last.remove).toBe(false);
    const longer = aPolicy(code42, withSpec({ retention: { deactivatedUsersSeconds: 61 * 86_400 } }));
    expect(life([off, { policy: longer, at: sixtyDays }]).last.remove).toBe(false);
    expect(life([off, { policy: longer, at: sixtyDays + day }]).last.remove).toBe(true);
  });

  it.each([
    ['a clock that is ahead', noon],
    ['an API server whose clock is not known', Number.NEGATIVE_INFINITY],
  ])('is neither deactivated nor removed by %s, and is looked at again', (_, surely) => {
    const grants = [aGrant(until(end))];
    const ahead = { policy, grants, at: after + day, surely };
    const { last } = life([{ policy, grants }, ahead]);
    expect([last.status.deactivation, last.lookAgainAt]).toEqual([undefined, ahead.at + 60_000]);
    expect(life([{ policy, grants }, ahead, { policy, grants }]).last.lookAgainAt).toBe(after);
    const off = { policy: aPolicy(code42, switchedOff()) };
    const late = life([off, { policy, at: sixtyDays + day, surely }]);
    expect([late.last.remove, late.recorded[1]]).toEqual([false, []]);
    expect(late.last.lookAgainAt).toBe(sixtyDays + day + 60_000);
  });

  it('is looked at for no clock where no grant names the person', () => {
    const { last } = life([{ policy, at: noon, surely: Number.NEGATIVE_INFINITY }]);
    expect(last.lookAgainAt).toBeUndefined();
  });

  it('is deactivated by the switch whatever the clocks say', () => {
    const { last } = life([{ policy: aPolicy(code42, switchedOff()), surely: Number.NEGATIVE_INFINITY }]);
    expect(last.status.deactivation?.reason).toBe('SwitchedOff');
  });
});
