import { describe, expect, it } from 'vitest';
import { decideOpening, type OpeningDecision } from '../../../../operator/grant/decide-opening.ts';
import { nextPins } from '../../../../operator/grant/pins.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import * as grants from '../../../kit/objects/grant.ts';
import {
  aWorld,
  locked,
  noon,
  of,
  withGrant,
  withMatrix,
  withUsers,
} from '../../../kit/objects/grant-world.ts';
import { aBinding, aClusterBinding } from '../../../kit/objects/kube-objects.ts';
import { aMatrix, forVersions } from '../../../kit/objects/matrix.ts';
import { beingDeleted, type Modifier, recreated, withoutSpec } from '../../../kit/objects/object.ts';
import { aUser, aUserNamed, deactivated, withRoles } from '../../../kit/objects/user.ts';

function opening(...changes: readonly Modifier<GrantWorld>[]): OpeningDecision {
  const world = aWorld(...changes);
  return decideOpening({ world, pins: nextPins(world), now: noon });
}

const ada = aUser();
const bob = aUserNamed('bob');
const two = withGrant(grants.forUser('ada', 'bob'));

describe('an opening', () => {
  it('is for those of the people who may come in, until the window ends', () => {
    expect(opening(two, withUsers(aUser(deactivated()), bob))).toEqual({
      open: true,
      people: [bob],
      matrix: aMatrix(),
      until: Date.parse('2026-12-03T08:00:00Z'),
    });
  });

  it('is for those who are not locked', () => {
    const one = opening(two, withUsers(ada, bob), locked(`user.${ada.metadata.uid}`));
    expect(one).toMatchObject({ open: true, people: [bob] });
  });

  it('is not for a person who was not pinned', () => {
    const world = aWorld(two, withUsers(ada, bob));
    const pins = nextPins(aWorld());
    expect(decideOpening({ world, pins, now: noon })).toMatchObject({ open: true, people: [ada] });
    expect(decideOpening({ world, pins: undefined, now: noon })).toMatchObject({ reason: 'MatrixChanged' });
  });

  it('is not for a person whose access is not written', () => {
    expect(opening(withUsers(aUser(withoutSpec('access'))))).toMatchObject({
      open: false,
      reason: 'UserDisabled',
    });
  });
});

describe('what keeps a grant closed', () => {
  const order: Readonly<
    Record<string, [first: Modifier<GrantWorld>, second: Modifier<GrantWorld>, reason: string]>
  > = {
    'its deletion before a lock': [withGrant(beingDeleted()), locked('all'), 'Deleted'],
    'the matrix before its people': [withUsers(), of({ matrix: undefined }), 'NoMatrix'],
    'a version that does not fit before another matrix': [
      withGrant(grants.opened()),
      withMatrix(aMatrix(forVersions('>=27'))),
      'Incompatible',
    ],
    'its people before a missing role of the cluster': [
      withUsers(),
      of({ clusterRole: 'Missing' }),
      'NoUser',
    ],
    'a missing role of the cluster before excess rights': [
      of({ clusterRole: 'Missing' }),
      of({ excessRights: [aClusterBinding('x', 'view')] }),
      'ClusterRoleMissing',
    ],
  };
  it.each(Object.entries(order))('is told in order: %s', (_, [first, second, reason]) => {
    expect(opening(first, second)).toMatchObject({ open: false, reason });
  });

  it('is another person under the name of one who was consented to, although others could come in', () => {
    const one = opening(
      two,
      withGrant(grants.opened({ users: [ada, bob] })),
      withUsers(aUser(recreated()), bob),
    );
    expect(one).toMatchObject({ open: false, reason: 'UserChanged' });
  });

  it('is told of the one who came furthest, with what keeps out each', () => {
    const one = opening(
      withGrant(grants.forUser('ada', 'bob', 'eve')),
      withUsers(ada, aUserNamed('bob', deactivated())),
      locked(`user.${ada.metadata.uid}`),
    );
    expect(one).toEqual({
      open: false,
      reason: 'UserDisabled',
      message: [
        `SupportAccessLock user.${ada.metadata.uid} exists; access stays closed until it is lifted.`,
        'spec.access of SupportUser bob is not Enabled; write Enabled to let the person sign in.',
        'SupportUser eve does not exist; create it to let the person in.',
      ].join(' '),
    });
    const roles = withGrant(grants.forUser('ada', 'bob'), grants.requiringRoles('tier3'));
    expect(opening(roles, withUsers(aUser(withRoles()), aUserNamed('bob', deactivated())))).toMatchObject({
      reason: 'SupportRoleMissing',
    });
  });

  it('is told of five people at most', () => {
    const one = opening(withGrant(grants.forUser('a', 'b', 'c', 'd', 'e', 'f')), withUsers());
    expect(one.open ? '' : one.message.match(/does not exist/g)).toHaveLength(5);
  });

  it('spells no entry for a binding whose name could be read as more than a name', () => {
    const forged = 'x"}, {kind: ClusterRoleBinding, name: "everything';
    const bindings = [
      aClusterBinding('fine', 'view'),
      aBinding(`ecase/${forged}`, 'view'),
      aClusterBinding('a b', 'view'),
    ];
    const one = opening(of({ excessRights: bindings }));
    const message = one.open ? '' : one.message;
    expect(message).toContain('by adding {kind: ClusterRoleBinding, name: "fine"} to spec.rights');
    expect(message).toContain('RoleBinding ecase/"x\\"}, {kind: ClusterRoleBinding, name: \\"everything"');
    expect(message).toContain('ClusterRoleBinding "a b"');
    expect(message).toMatch(/For a name in quotes, .* before you accept it\.$/);
    const alone = opening(of({ excessRights: [aClusterBinding('a b', 'view')] }));
    expect(alone.open ? '' : alone.message).not.toMatch(/accept it by adding|toleratedBindings/);
  });

  it('names the bindings that give excess rights, and the entries of the policy that accept them', () => {
    expect(
      opening(of({ excessRights: [aClusterBinding('a:x', 'view'), aBinding('ecase/y', 'view')] })),
    ).toMatchObject({
      reason: 'ExcessRights',
      message:
        'Support identities would also get rights by ClusterRoleBinding a:x, RoleBinding ecase/y; remove the binding, or accept it by adding {kind: ClusterRoleBinding, name: "a:x"}, {kind: RoleBinding, namespace: ecase, name: "y"} to spec.rights.toleratedBindings of the policy.',
    });
  });
});
