import { describe, expect, it } from 'vitest';
import { credentialName } from '../../../../crds/identities.ts';
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
import { aBinding } from '../../../kit/objects/kube-objects.ts';
import { type Modifier } from '../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../kit/objects/policy.ts';
import { aUser, aUserNamed, deactivated } from '../../../kit/objects/user.ts';

describe('a credential', () => {
  const acts = (world: GrantWorld) => planGrant(world, noon + 1000).apply.map(({ act }) => act);

  it('is made once for an account, and nothing is looked at again for its sake', () => {
    const world = credited(after(aWorld(withRights()), noon));
    expect(acts(world)).toEqual([]);
    expect(planGrant(world, noon + 1000).lookAgainAt).toBe(Date.parse('2026-12-03T08:00:00Z'));
  });

  it('is made again, and told again, when it was found missing', () => {
    const world = after(aWorld(withRights()), noon);
    const keyOf = (one: GrantWorld) => planGrant(one, noon + 1000).record.drafts.map(({ key }) => key);
    const missing = credited(world, () => 'missing');
    expect(acts(missing)).toEqual(['issue']);
    expect(keyOf(missing)).toEqual([expect.stringMatching(/^credential\.issued\//)]);
    expect(keyOf(missing)).not.toEqual(keyOf(world));
  });

  it.each([
    ['nothing', (world: GrantWorld) => world],
    ['that of an account before it', (world: GrantWorld) => credited(world, ({ name }) => `${name}-before`)],
  ])('is made where what is noted is %s', (_, noted) => {
    expect(acts(noted(after(aWorld(withRights()), noon)))).toEqual(['issue']);
  });

  it('has a name that no account before it had, so that a late deletion takes no later one', () => {
    const account = { name: 'sa-1', uid: 'one' };
    expect(credentialName(account)).not.toBe(credentialName({ ...account, uid: 'two' }));
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
    'rights from elsewhere': of({ excessRights: [aBinding('x/y', 'view')] }),
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
      const [account] = open.accounts.map(({ metadata }) => metadata);
      expect(plan.remove[0]).toMatchObject({ name: credentialName(account!), ownerUid: account?.uid });
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
