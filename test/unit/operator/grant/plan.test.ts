import { describe, expect, it } from 'vitest';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { nextStatus } from '../../../../operator/grant/report.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import {
  backendPins,
  disabled,
  forUser,
  opened,
  requiringRoles,
  withConsent,
} from '../../../kit/objects/grant.ts';
import { active, after, at, reasonOf, recorded, types } from '../../../kit/objects/grant-life.ts';
import {
  aWorld,
  locked,
  noon,
  of,
  withGrant,
  withMatrix,
  withRights,
  withUsers,
} from '../../../kit/objects/grant-world.ts';
import { aClusterBinding } from '../../../kit/objects/kube-objects.ts';
import { aMatrix, withModules } from '../../../kit/objects/matrix.ts';
import { type Modifier, recreated } from '../../../kit/objects/object.ts';
import {
  allowing,
  aPolicy,
  notRequiringAddresses,
  switchedOff,
  withDuration,
} from '../../../kit/objects/policy.ts';
import { aService } from '../../../kit/objects/service.ts';
import { aUser, deactivated } from '../../../kit/objects/user.ts';

describe('access by a grant', () => {
  const life: Record<string, [string, string]> = {
    'is closed the instant before it starts': ['2026-12-01T07:59:59.999Z', 'NotStarted'],
    'is open at the very moment it starts': ['2026-12-01T08:00:00Z', 'Open'],
    'is open the instant after it started': ['2026-12-01T08:00:00.001Z', 'Open'],
    'is open the instant before it ends': ['2026-12-03T07:59:59.999Z', 'Open'],
    'is not open at the very moment it ends': ['2026-12-03T08:00:00Z', 'Expired'],
    'is closed the instant after it ended': ['2026-12-03T08:00:00.001Z', 'Expired'],
  };
  it.each(Object.entries(life))('%s', (_, [time, reason]) => {
    expect(reasonOf(aWorld(), at(time))).toBe(reason);
  });

  const closing: Record<string, [Modifier<GrantWorld>, string]> = {
    'stays closed without a policy': [of({ policy: undefined }), 'NoPolicy'],
    'stays closed while the policy is off': [of({ policy: aPolicy(switchedOff()) }), 'PolicyDisabled'],
    'stays closed while it is disabled': [withGrant(disabled()), 'Disabled'],
    'stays closed under a lock on everything': [locked('all'), 'Locked'],
    'stays closed under a lock on its namespace': [locked('ns.ecase'), 'Locked'],
    'stays closed while its only person is locked': [locked(`user.${aUser().metadata.uid}`), 'Locked'],
    'stays closed until its person exists': [withUsers(), 'NoUser'],
    'stays closed while its person is disabled': [withUsers(aUser(deactivated())), 'UserDisabled'],
    'stays closed when none of its people has the role': [
      withGrant(requiringRoles('Other')),
      'SupportRoleMissing',
    ],
    'stays closed until its application exists': [of({ application: undefined }), 'NoApplication'],
    'stays closed until its matrix exists': [of({ matrix: undefined }), 'NoMatrix'],
    'stays closed when it is longer than allowed': [
      of({ policy: aPolicy(withDuration({ maxSeconds: 3600 })) }),
      'DurationOutOfBounds',
    ],
    'stays closed when no addresses are listed': [
      (world) =>
        of({ policy: aPolicy(allowing()) })(
          withGrant((g) => ({ ...g, spec: { ...g.spec, allowedCIDRs: [] } }))(world),
        ),
      'NoAllowedCIDRs',
    ],
    'stays closed when identities have other rights': [
      of({ excessRights: [aClusterBinding('x', 'view')] }),
      'ExcessRights',
    ],
    'stays closed without the matrix’s role': [of({ clusterRole: 'Missing' }), 'ClusterRoleMissing'],
    'stays closed when the role is another': [of({ clusterRole: 'Different' }), 'ClusterRoleMissing'],
    'is closed once the grant is gone': [of({ gone: true }), 'Deleted'],
  };
  it.each(Object.entries(closing))('%s', (_, [modify, reason]) => {
    expect(reasonOf(aWorld(modify), noon)).toBe(reason);
  });

  it('opens without a list when the policy does not want one', () => {
    const world = aWorld(
      withGrant((grant) => ({ ...grant, spec: { ...grant.spec, allowedCIDRs: [] } })),
      of({ policy: aPolicy(allowing(), notRequiringAddresses()) }),
    );
    const status = nextStatus(planGrant(world, noon).report, recorded);
    expect(status.activeReason).toBe('Open');
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Restricted', status: 'False', reason: 'NoAllowedCIDRs' }),
    );
  });

  it('opens for those who exist while others are still missing', () => {
    const world = aWorld(withGrant(forUser('ada', 'bob')));
    expect(active(nextStatus(planGrant(world, noon).report, recorded))?.message).toMatch(
      /^Open for ada until/,
    );
  });

  it('says that it opens nothing without an application and without Kubernetes rights', () => {
    const message = (...modifiers: readonly Modifier<GrantWorld>[]) =>
      active(nextStatus(planGrant(aWorld(...modifiers), noon).report, recorded))?.message;
    const withoutApplication = withGrant((grant) => {
      const { applicationRef: _none, ...spec } = grant.spec;
      return { ...grant, spec };
    });
    const alone = [withoutApplication, of({ application: undefined })] as const;
    expect(message(...alone)).toMatch(
      /^Open for ada until .*; but it opens nothing: .* Set spec\.applicationRef/,
    );
    expect(message(...alone, withRights())).toMatch(/^Open for ada until [^;]+$/);
    expect(message()).toMatch(/^Open for ada until [^;]+$/);
  });
});

describe('consent', () => {
  it('pins people, matrix, application and Service when they are first seen', () => {
    const status = nextStatus(planGrant(aWorld(), noon).report, recorded);
    expect(status.pins).toEqual({
      consent: 1,
      users: [{ name: 'ada', uid: aUser().metadata.uid }],
      matrix: { name: 'ecase-1', uid: aMatrix().metadata.uid, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      ...backendPins(anApplication(), aService()),
    });
    expect(types(aWorld(), noon)).toContain('grant.pinned');
  });

  it('pins nothing while the grant is disabled', () => {
    expect(nextStatus(planGrant(aWorld(withGrant(disabled())), noon).report, recorded).pins).toBeUndefined();
  });

  it('closes when a person was made anew, until the number is raised', () => {
    const world = aWorld(withGrant(opened()), withUsers(aUser(recreated())));
    expect(reasonOf(world, noon)).toBe('UserChanged');
    expect(reasonOf(withGrant(withConsent(2))(world), noon)).toBe('Open');
  });

  it('closes when the matrix was made anew with other content, until the number is raised', () => {
    const other = aMatrix(withModules({ name: 'Everything', access: 'Limited', actions: ['Delete'] }));
    const world = aWorld(withGrant(opened()), withMatrix(other));
    expect(reasonOf(world, noon)).toBe('MatrixChanged');
    expect(reasonOf(withGrant(withConsent(2))(world), noon)).toBe('Open');
  });

  it('keeps the pin of a person who is gone, so that a namesake does not inherit', () => {
    const gone = after(aWorld(withGrant(opened()), withUsers()), noon);
    expect(gone.grant.status?.pins?.users).toEqual([{ name: 'ada', uid: aUser().metadata.uid }]);
    expect(reasonOf(withUsers(aUser(recreated()))(gone), noon)).toBe('UserChanged');
  });

  it('does not report pins that could not be recorded', () => {
    const open = after(aWorld(), noon);
    const raised = withGrant(withConsent(2), disabled())(open);
    expect(after(raised, noon, { recorded: 'owed', refused: undefined }).grant.status?.pins).toEqual(
      open.grant.status?.pins,
    );
  });
});
