import { describe, expect, it } from 'vitest';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { PlanMemo } from '../../../../operator/grant/plan-memo.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { disabled } from '../../../kit/objects/grant.ts';
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
import { aClusterBinding } from '../../../kit/objects/kube-objects.ts';
import type { Modifier } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aUser } from '../../../kit/objects/user.ts';

const world = credited(after(aWorld(withRights()), noon));
const boundary = planGrant(world, noon).lookAgainAt ?? 0;

function settledAtNoon(): PlanMemo {
  const memo = new PlanMemo();
  memo.keep(world, noon, boundary);
  return memo;
}

describe('a world that wanted nothing', () => {
  it('wants nothing again as long as it is the same', () => {
    const memo = settledAtNoon();
    expect(memo.find(world, noon)?.lookAgainAt).toBe(boundary);
    expect(memo.find({ ...world, users: [...world.users] }, noon + 1000)).toBeDefined();
  });

  it('is thought about again from its boundary on, and when the clock was set back', () => {
    const memo = settledAtNoon();
    expect(memo.find(world, boundary - 1)).toBeDefined();
    expect(memo.find(world, boundary)).toBeUndefined();
    expect(memo.find(world, noon - 1)).toBeUndefined();
  });

  const changes: Record<string, Modifier<GrantWorld>> = {
    'the grant': withGrant(disabled()),
    'its going': of({ gone: true }),
    'the policy': of({ policy: aPolicy() }),
    'the policy’s going': of({ policy: undefined }),
    'a person': withUsers(aUser()),
    'nobody left': withUsers(),
    'the matrix': of({ matrix: undefined }),
    'the Service': of({ service: undefined }),
    'who names the host': of({ sameHost: [] }),
    'who had the host first': of({ holder: 'other' }),
    'slices made by hand': of({ handMadeSlices: ['ecase-mine'] }),
    'the application': of({ application: undefined }),
    'a lock': locked('all'),
    'the role': of({ clusterRole: 'Different' }),
    'rights from elsewhere': of({ excessRights: [aClusterBinding('x', 'view')] }),
    'an account': of({ accounts: world.accounts.map((one) => ({ ...one })) }),
    'a binding': of({ bindings: [] }),
    'the namespace of the release': of({ release: undefined }),
    'the namespace of the identities': of({ identities: undefined }),
    'the right to make accounts': of({ makersBinding: undefined }),
    'the guard of consents': of({ consentGuard: undefined }),
  };
  it.each(Object.entries(changes))('is thought about again when %s changed', (_, change) => {
    expect(settledAtNoon().find(change(world), noon + 1000)).toBeUndefined();
  });

  it('has a test for each part of it', () => {
    const parts = Object.keys(world).filter((part) => part !== 'identitiesNamespace');
    expect(parts.toSorted()).toEqual([
      'accounts',
      'application',
      'bindings',
      'clusterRole',
      'consentGuard',
      'excessRights',
      'gone',
      'grant',
      'handMadeSlices',
      'holder',
      'identities',
      'locks',
      'makersBinding',
      'matrix',
      'policy',
      'release',
      'sameHost',
      'service',
      'users',
    ]);
  });

  it('is forgotten with its grant', () => {
    const memo = settledAtNoon();
    memo.forget(world.grant.metadata.uid);
    expect(memo.find(world, noon)).toBeUndefined();
  });
});
