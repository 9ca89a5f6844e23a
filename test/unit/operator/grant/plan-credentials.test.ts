import { describe, expect, it } from 'vitest';
import { planGrant } from '../../../../operator/grant/plan.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { disabled, forUser, until } from '../../../kit/objects/grant.ts';
import { after, credited } from '../../../kit/objects/grant-life.ts';
import {
  aWorld,
  locked,
  noon,
  of,
  withGrant,
  withRights,
  withUsers,
} from '../../../kit/objects/grant-world.ts';
import { type Modifier } from '../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../kit/objects/policy.ts';
import { aUser, aUserNamed, deactivated } from '../../../kit/objects/user.ts';

describe('a credential', () => {
  it('is renewed after eight tenths of its life and not before', () => {
    const world = credited(after(aWorld(withRights()), noon), {
      expires: noon + 3_600_000,
      renews: noon + 2_880_000,
    });
    const acts = (now: number) => planGrant(world, now).apply.map(({ act }) => act);
    expect(acts(noon + 2_879_999)).toEqual([]);
    expect(acts(noon + 2_880_000)).toEqual(['issue']);
    expect(planGrant(world, noon + 1000).lookAgainAt).toBe(noon + 2_880_000);
  });

  it('is not renewed in the last ten minutes of the grant', () => {
    const end = noon + 4_000_000;
    const world = credited(after(aWorld(withRights(), withGrant(until(new Date(end).toISOString()))), noon), {
      expires: end - 300_000,
      renews: end - 900_000,
    });
    expect(planGrant(world, end - 600_001).apply.map(({ act }) => act)).toEqual(['issue']);
    expect(planGrant(world, end - 600_000).apply).toEqual([]);
  });

  it('is asked for until the end of the grant, at least for ten minutes and at most for an hour', () => {
    const lifetime = (end: number) => {
      const world = aWorld(withRights(), withGrant(until(new Date(end).toISOString())));
      return planGrant(world, noon).apply.flatMap((write) =>
        write.act === 'issue' ? [write.lifetimeSeconds] : [],
      );
    };
    expect(lifetime(noon + 60_000)).toEqual([600]);
    expect(lifetime(noon + 1_800_000)).toEqual([1800]);
    expect(lifetime(noon + 86_400_000)).toEqual([3600]);
  });

  it('of one who leaves an open grant is gone before the record, the account after it', () => {
    const both = withGrant(forUser('ada', 'bob'));
    const open = credited(after(aWorld(withRights(), both, withUsers(aUser(), aUserNamed('bob'))), noon));
    const plan = planGrant(withUsers(aUser(), aUserNamed('bob', deactivated()))(open), noon + 1000);
    expect(plan.remove).toHaveLength(1);
    expect(plan.remove[0]).toMatchObject({ ownerUid: expect.any(String) });
    expect(plan.apply.map(({ act }) => act)).toEqual(['replace', 'remove']);
    expect(plan.record.drafts.map(({ type }) => type)).toContain('credential.revoked');
    expect(plan.record.mustBeDurable).toBe(true);
  });
});

describe('what is taken away', () => {
  const ends: Record<string, Modifier<GrantWorld>> = {
    expiry: withGrant(until('2026-12-01T12:00:00Z')),
    disabling: withGrant(disabled()),
    'switching the policy off': of({ policy: aPolicy(switchedOff()) }),
    'deleting the policy': of({ policy: undefined }),
    'a lock': locked('all'),
    'a person who is gone': withUsers(),
    'deleting the grant': of({ gone: true }),
    'deleting the matrix': of({ matrix: undefined }),
    'deleting the application': of({ application: undefined }),
    'rights from elsewhere': of({ excessRights: ['RoleBinding x/y'] }),
  };
  it.each(Object.entries(ends))(
    'by %s is everything, credentials first, and waits for no record',
    (_, end) => {
      const open = credited(after(aWorld(withRights()), noon - 1000));
      const plan = planGrant(end(open), noon);
      expect(plan.remove.map((one) => one.resource.kind)).toEqual([
        'Secret',
        'RoleBinding',
        'ServiceAccount',
      ]);
      expect(plan.remove.every(({ uid }) => uid !== undefined)).toBe(true);
      expect(plan.apply).toEqual([]);
      expect(plan.record.mustBeDurable).toBe(false);
    },
  );

  it('is cleared of foreign finalizers', () => {
    const open = credited(after(aWorld(withRights()), noon - 1000));
    const held = open.bindings.map((one) => ({
      ...one,
      metadata: { ...one.metadata, finalizers: ['example.com/hold'] },
    }));
    const plan = planGrant(of({ bindings: held, gone: true })(open), noon);
    expect(plan.remove).toContainEqual(
      expect.objectContaining({ strip: true, name: held[0]?.metadata.name }),
    );
  });
});
