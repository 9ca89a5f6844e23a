import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../../crds/audit/canonical.ts';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { nextStatus } from '../../../../operator/grant/report.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { disabled, forUser, from, fromAddresses, until } from '../../../kit/objects/grant.ts';
import { active, after, at, ready, recorded, types } from '../../../kit/objects/grant-life.ts';
import {
  aWorld,
  locked,
  noon,
  of,
  withGrant,
  withRights,
  withUsers,
} from '../../../kit/objects/grant-world.ts';
import { allowing, aPolicy, switchedOff } from '../../../kit/objects/policy.ts';
import { aService, withServiceSpec } from '../../../kit/objects/service.ts';
import { aUserNamed } from '../../../kit/objects/user.ts';

describe('what is recorded', () => {
  it('is created, pinned and activated when a grant opens, before anything is made', () => {
    expect(types(aWorld(), noon)).toEqual(['grant.created', 'grant.pinned', 'grant.activated']);
    expect(planGrant(aWorld(), noon).record.mustBeDurable).toBe(true);
  });

  it.each([
    ['grant.expired', withGrant(until('2026-12-01T12:00:00Z'))],
    ['grant.revoked', withGrant(disabled())],
    ['grant.suspended', locked('all')],
    ['grant.suspended', of({ policy: aPolicy(switchedOff()) })],
    ['grant.closed', of({ matrix: undefined })],
  ] as const)('is %s when it ends so', (type, end) => {
    expect(types(end(after(aWorld(), noon - 1000)), noon)).toEqual([type]);
  });

  it('says of an expiry when the window ended, not when it was noticed', () => {
    const late = planGrant(after(aWorld(), noon), at('2026-12-05T00:00:00Z'));
    expect(late.record.drafts).toMatchObject([{ type: 'grant.expired', time: '2026-12-03T08:00:00.000Z' }]);
  });

  it('has the same keys on a retry, and others after the next report', () => {
    const keys = (world: GrantWorld, now: number) =>
      planGrant(world, now).record.drafts.map(({ key }) => key);
    expect(keys(aWorld(), noon)).toEqual(keys(aWorld(), noon + 60_000));
    const open = after(aWorld(), noon);
    const closed = after(locked('all')(open), noon + 5000);
    expect(keys(of({ locks: new Set() })(closed), noon + 9000)).not.toEqual(keys(aWorld(), noon));
    expect(new Set(keys(locked('all')(open), noon + 5000))).toEqual(
      new Set(keys(locked('all')(open), noon + 50_000)),
    );
  });

  it('is owed while the records are away, told by the status, and told again with the same key', () => {
    const open = after(aWorld(withRights()), noon - 1000);
    const end = withGrant(disabled());
    const first = planGrant(end(open), noon);
    const owed = after(end(open), noon, { recorded: 'owed', refused: undefined });
    expect(active(owed.grant.status)).toMatchObject({ status: 'False', reason: 'Disabled' });
    expect(owed.grant.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Recorded', status: 'False', reason: 'RecordsUnavailable' }),
    );
    const again = planGrant(owed, noon + 5000);
    expect(again.record.mustBeDurable).toBe(false);
    const revoked = (record: typeof first.record) =>
      record.drafts.filter(({ type }) => type === 'grant.revoked');
    expect(revoked(again.record).map(({ key }) => key)).toEqual(revoked(first.record).map(({ key }) => key));
    const settled = after(owed, noon + 5000);
    expect(settled.grant.status?.conditions?.map(({ type }) => type)).not.toContain('Recorded');
    expect(types(settled, noon + 6000)).toEqual([]);
  });

  it('of an end that was owed is that end alone, although another reason keeps it closed by now', () => {
    const open = after(aWorld(), noon - 1000);
    const owed = after(locked('all')(open), noon, { recorded: 'owed', refused: undefined });
    const unlocked = of({ locks: new Set() })(owed);
    expect(types(unlocked, at('2026-12-05T00:00:00Z'))).toEqual(['grant.created', 'grant.suspended']);
  });

  it('of pins has a key that the order of people does not change, the same in every version', () => {
    const planFor = (...names: readonly string[]) =>
      planGrant(
        aWorld(withGrant(forUser(...names)), withUsers(...names.map((name) => aUserNamed(name)))),
        noon,
      );
    const keyFor = (...names: readonly string[]) =>
      planFor(...names).record.drafts.find(({ type }) => type === 'grant.pinned')?.key;
    // Written by one operator and, after a crash, by the next: the people of the hash are in the order of their names.
    const content = canonicalize({ ...planFor('ada', 'bob', 'eve').report.pins });
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 32);
    expect(keyFor('ada', 'bob', 'eve')).toBe(`grant.pinned/${aWorld().grant.metadata.uid}/1/${digest}`);
    expect(keyFor('eve', 'ada', 'bob')).toBe(keyFor('ada', 'bob', 'eve'));
  });

  it('of pins names people in at most 1,024 characters', () => {
    const names = Array.from({ length: 40 }, (_, number) => `person-${number}`);
    const world = aWorld(withGrant(forUser(...names)), withUsers(...names.map((name) => aUserNamed(name))));
    const pinned = planGrant(world, noon).record.drafts.find(({ type }) => type === 'grant.pinned');
    expect(pinned?.change?.summary).toHaveLength(1024);
    expect(pinned?.change?.summary).toMatch(/^consent 1: person-0 \(/);
  });

  it('has an end also when a crash kept the opening from being reported', () => {
    const never = after(aWorld(withGrant(from('2026-12-01T12:00:00Z'))), noon - 1000);
    expect(active(never.grant.status)?.reason).toBe('NotStarted');
    expect(types(never, at('2026-12-04T00:00:00Z'))).toEqual(['grant.expired']);
  });
});

describe('when to look again', () => {
  it('is at the start, then at the end, then not any more', () => {
    const look = (time: string) => planGrant(aWorld(), at(time)).lookAgainAt;
    expect(look('2026-11-30T00:00:00Z')).toBe(at('2026-12-01T08:00:00Z'));
    expect(look('2026-12-01T08:00:00Z')).toBe(at('2026-12-03T08:00:00Z'));
    expect(look('2026-12-03T08:00:00Z')).toBeUndefined();
  });
});

describe('what is reported', () => {
  it('moves a transition time only with its status', () => {
    const open = after(aWorld(withGrant(from('2026-12-01T13:00:00Z'))), noon);
    const expired = after(
      withGrant(until('2026-12-01T12:00:01Z'), from('2026-12-01T11:00:00Z'))(open),
      noon + 60_000,
    );
    expect(active(expired.grant.status)).toMatchObject({ reason: 'Expired' });
    expect(active(expired.grant.status)?.lastTransitionTime).toBe(
      active(open.grant.status)?.lastTransitionTime,
    );
  });

  it('is Ready also while access is closed', () => {
    for (const modify of [withGrant(disabled()), locked('all'), withUsers()])
      expect(ready(nextStatus(planGrant(aWorld(modify), noon).report, recorded))?.status).toBe('True');
  });

  it.each([
    ['NotStarted', withGrant(from('2026-12-01T13:00:00Z'))],
    ['PolicyDisabled', of({ policy: aPolicy(switchedOff()) })],
    ['Locked', locked('all')],
  ] as const)('is not Ready while it is %s and something that it names is missing', (reason, modify) => {
    for (const [without, missing, name] of [
      [of({ matrix: undefined }), 'NoMatrix', /^SupportPermissionMatrix ecase-1 does not exist; /],
      [of({ application: undefined }), 'NoApplication', /^SupportApplication ecase does not exist in /],
      [of({ service: undefined }), 'NoService', /^There is no Service ecase in this namespace; create it/],
      [
        of({ service: aService(withServiceSpec({ type: 'ExternalName' })) }),
        'ExternalService',
        /leads out of the cluster; use a Service/,
      ],
      [
        (world: GrantWorld) => ({ ...withRights()(world), clusterRole: 'Missing' as const }),
        'ClusterRoleMissing',
        /^ClusterRole .* does not exist; apply the output of /,
      ],
    ] as const) {
      const status = nextStatus(planGrant(aWorld(modify, without), noon).report, recorded);
      expect(active(status)).toMatchObject({ status: 'False', reason });
      expect(ready(status)).toMatchObject({ status: 'False', reason: missing });
      expect(ready(status)?.message).toMatch(name);
    }
  });

  it('is not Ready while its Service leads out of the cluster', () => {
    const outside = of({ service: aService(withServiceSpec({ type: 'ExternalName' })) });
    const status = nextStatus(planGrant(aWorld(outside), noon).report, recorded);
    expect(ready(status)).toMatchObject({ status: 'False', reason: 'ExternalService' });
  });

  it('is neither Ready nor Active when the API server refuses what should be made', () => {
    const refused = { reason: 'ApplyFailed', message: 'RoleBinding x: forbidden' } as const;
    const status = nextStatus(planGrant(aWorld(withRights()), noon).report, {
      recorded: 'recorded',
      refused,
    });
    expect(ready(status)).toMatchObject({ status: 'False', reason: 'ApplyFailed' });
    expect(active(status)).toMatchObject({ status: 'False', reason: 'ApplyFailed' });
  });

  it.each([
    ['the grant', of({ policy: aPolicy(allowing()) })],
    ['the policy', withGrant(fromAddresses())],
  ] as const)('is Restricted while %s alone lists addresses', (_, modify) => {
    const { conditions } = nextStatus(planGrant(aWorld(modify), noon).report, recorded);
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'Restricted', status: 'True', reason: 'AddressesListed' }),
    );
  });

  it('has the sign-in address of the policy’s gateway', () => {
    const status = nextStatus(planGrant(aWorld(), noon).report, recorded);
    expect(status.signInURL).toBe('https://support.example.com/support-access/sign-in/ecase/case-4711');
  });
});
