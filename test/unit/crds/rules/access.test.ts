import { describe, expect, it } from 'vitest';
import { checks, decide } from '../../../../crds/rules/access.ts';
import type { Ask, EntryPoint } from '../../../../crds/rules/ask.ts';
import { lockOnGrant, lockOnNamespace, lockOnUser } from '../../../../crds/rules/locks.ts';
import { anApplication, inVersion } from '../../../kit/objects/application.ts';
import {
  anAsk,
  askOn,
  consentingTo,
  instant,
  itsHost,
  lockedBy,
  noLocks,
  where,
  withGrant,
  withMatrix,
  withPolicy,
  withSession,
  withUser,
} from '../../../kit/objects/ask.ts';
import * as grants from '../../../kit/objects/grant.ts';
import { forVersions, withModules } from '../../../kit/objects/matrix.ts';
import { inNamespace, type Modifier, named, recreated, uidOf } from '../../../kit/objects/object.ts';
import * as policies from '../../../kit/objects/policy.ts';
import { aService, noService, reading, withServiceSpec } from '../../../kit/objects/service.ts';
import * as sessions from '../../../kit/objects/session.ts';
import { deactivated, deactivatedForGood, withRoles } from '../../../kit/objects/user.ts';

const entryPoints: readonly EntryPoint[] = [
  'opening',
  'person',
  'anonymous',
  'sign-in',
  'session',
  'application',
  'kubernetes',
];

const { aGrant, opened } = grants;

describe('the list of checks', () => {
  it('is in the order that is the contract', () => {
    expect(checks.map(({ name }) => name)).toEqual([
      'wasOpened',
      'noLockStands',
      'sessionIsAlive',
      'policyIsEnabled',
      'grantIsEnabled',
      'windowIsOpen',
      'userIsTheOne',
      'installationIsTodays',
      'consentStands',
      'supportRoleFits',
      'addressIsAllowed',
      'applicationFits',
      'hostIsTheApplications',
      'matrixIsPinned',
      'applicationIsPinned',
      'openingIsTodays',
      'backendIsPinned',
      'routeIsKnown',
      'requestIsPermitted',
      'kubeRequestIsPermitted',
      'writeIsPermitted',
      'ownerIsTheWriter',
    ]);
  });

  it('asks everything of a request to an application', () => {
    const ofKubernetes = ['kubeRequestIsPermitted', 'writeIsPermitted', 'ownerIsTheWriter'];
    const others = checks.filter(({ name }) => !ofKubernetes.includes(name));
    for (const check of others) expect(check.entryPoints, check.name).toContain('application');
  });
});

describe('an ask that nothing speaks against', () => {
  for (const entryPoint of entryPoints) {
    it(`is allowed at the entry point ${entryPoint}`, () => {
      expect(decide(askOn(entryPoint))).toMatchObject({ allow: true });
    });
  }

  it('is allowed until the grant ends where there is no session', () => {
    expect(decide(askOn('sign-in'))).toEqual({ allow: true, until: instant('2026-12-03T08:00:00Z') });
  });

  it('is allowed until the session would be idle', () => {
    expect(decide(anAsk())).toEqual({ allow: true, until: instant('2026-12-01T12:20:00Z') });
  });

  it('is allowed until the session ends where that is sooner', () => {
    const ask = anAsk(withSession(sessions.endingAt('2026-12-01T12:05:00Z')));
    expect(decide(ask)).toEqual({ allow: true, until: instant('2026-12-01T12:05:00Z') });
  });

  it('is allowed until the grant ends where that is sooner', () => {
    const ask = anAsk(withGrant(grants.until('2026-12-01T12:01:00Z')));
    expect(decide(ask)).toEqual({ allow: true, until: instant('2026-12-01T12:01:00Z') });
  });
});

const denied: Readonly<Record<string, [change: Modifier<Ask>, reason: string, check: string]>> = {
  'there is no grant': [where({ grant: undefined }), 'NoGrant', 'wasOpened'],
  'the operator has reported nothing yet': [where({ grant: aGrant() }), 'NotOpened', 'wasOpened'],
  'the pins are those of an earlier consent': [withGrant(grants.withConsent(2)), 'NotOpened', 'wasOpened'],
  'the pins are those of a later consent': [
    where({ grant: aGrant(opened({ consent: 2 })) }),
    'NotOpened',
    'wasOpened',
  ],
  'the operator found excess rights': [
    where({ grant: aGrant(opened({ activeReason: 'ExcessRights' })) }),
    'ExcessRights',
    'wasOpened',
  ],
  'the operator found an older state than was recorded': [
    where({ grant: aGrant(opened({ activeReason: 'RolledBack' })) }),
    'RolledBack',
    'wasOpened',
  ],

  'everything is locked': [lockedBy('all'), 'Locked', 'noLockStands'],
  'the namespace is locked': [lockedBy(lockOnNamespace('ecase')), 'Locked', 'noLockStands'],
  'the grant is locked': [
    lockedBy(lockOnGrant(uidOf('SupportAccessGrant', 'case-4711', 'ecase'))),
    'Locked',
    'noLockStands',
  ],
  'the person is locked': [lockedBy(lockOnUser(uidOf('SupportUser', 'ada'))), 'Locked', 'noLockStands'],
  'no lock could be read': [where({ locks: new Map() }), 'LockUnreadable', 'noLockStands'],

  'there is no policy': [where({ policy: undefined }), 'NoPolicy', 'policyIsEnabled'],
  'there is only a policy of another name': [withPolicy(named('other')), 'NoPolicy', 'policyIsEnabled'],
  'the policy is switched off': [withPolicy(policies.switchedOff()), 'PolicyDisabled', 'policyIsEnabled'],
  'the grant is disabled': [withGrant(grants.disabled()), 'Disabled', 'grantIsEnabled'],
  'the grant has not started': [
    withGrant(grants.from('2026-12-01T12:00:00.001Z')),
    'NotStarted',
    'windowIsOpen',
  ],
  'the grant has expired': [withGrant(grants.until('2026-12-01T12:00:00Z')), 'Expired', 'windowIsOpen'],
  'the expiry cannot be read': [withGrant(grants.until('2126-12-01T12:00:00')), 'Expired', 'windowIsOpen'],
  'the grant is longer than the policy allows': [
    withPolicy(policies.withDuration({ maxSeconds: 3600 })),
    'DurationOutOfBounds',
    'windowIsOpen',
  ],

  'there is no such user': [where({ user: undefined }), 'NoUser', 'userIsTheOne'],
  'the user is deactivated for good': [withUser(deactivatedForGood()), 'UserDeactivated', 'userIsTheOne'],
  'the user is disabled': [withUser(deactivated()), 'UserDisabled', 'userIsTheOne'],
  'the grant names others only': [withGrant(grants.forUser('bob')), 'UserNotNamed', 'userIsTheOne'],
  'the user was deleted and made again': [withUser(recreated()), 'UserChanged', 'userIsTheOne'],
  'the user was added to the grant after the consent': [
    where({ grant: aGrant(opened({ users: [] })) }),
    'UserChanged',
    'userIsTheOne',
  ],
  'the user has none of the support roles': [
    withGrant(grants.requiringRoles('ecase-tier3', 'ecase-tier4')),
    'SupportRoleMissing',
    'supportRoleFits',
  ],
  'the user has no support role at all': [
    (ask) => anAsk(where(ask), withGrant(grants.requiringRoles('ecase-tier2')), withUser(withRoles())),
    'SupportRoleMissing',
    'supportRoleFits',
  ],

  'the application does not exist': [where({ application: undefined }), 'NoApplication', 'applicationFits'],
  'it is another application': [
    where({ application: anApplication(named('other')) }),
    'ApplicationNotGranted',
    'applicationFits',
  ],
  'the application lies in another namespace': [
    where({ application: anApplication(inNamespace('other')) }),
    'ApplicationNotGranted',
    'applicationFits',
  ],
  'the grant names no application': [
    withGrant(grants.withoutApplication()),
    'ApplicationNotGranted',
    'applicationFits',
  ],
  'the matrix is for later versions': [consentingTo(forVersions('>=27')), 'Incompatible', 'applicationFits'],
  'the application does not say its edition': [
    (ask) => ({ ...consentingTo(forVersions('>=26', ['SaaS']))(ask), application: withoutEdition() }),
    'Incompatible',
    'applicationFits',
  ],
  'the request was sent to another host': [
    where({ host: { ...itsHost(), host: 'other.example.com' } }),
    'NoApplication',
    'hostIsTheApplications',
  ],
  'another application is served under the host': [
    where({ host: { ...itsHost(), application: { namespace: 'ecase', name: 'other' } } }),
    'NoApplication',
    'hostIsTheApplications',
  ],
  'a namesake in another namespace is served under the host': [
    where({ host: { ...itsHost(), application: { namespace: 'production', name: 'ecase' } } }),
    'NoApplication',
    'hostIsTheApplications',
  ],
  'the host is not known': [where({ host: undefined }), 'NoApplication', 'hostIsTheApplications'],
  'there is no matrix': [where({ matrix: undefined }), 'NoMatrix', 'matrixIsPinned'],
  'it is another matrix': [withMatrix(named('ecase-2')), 'NoMatrix', 'matrixIsPinned'],
  'the matrix was deleted and made again': [withMatrix(recreated()), 'MatrixChanged', 'matrixIsPinned'],
  'the matrix has other content': [
    withMatrix(withModules({ name: 'Payroll', access: 'Read' })),
    'MatrixChanged',
    'matrixIsPinned',
  ],

  'the application was deleted and made again': [
    where({ application: anApplication(recreated()) }),
    'ApplicationChanged',
    'applicationIsPinned',
  ],
  'the Service was not read': [where({ backend: undefined }), 'StateUnavailable', 'backendIsPinned'],
  'there is no Service': [where({ backend: noService }), 'NoService', 'backendIsPinned'],
  'the Service is headless': [
    where({ backend: reading(aService(withServiceSpec({ clusterIPs: ['None'] }))) }),
    'ExternalService',
    'backendIsPinned',
  ],

  'the request has no route': [where({ target: undefined }), 'NoRoute', 'routeIsKnown'],
  'the matrix does not list the module': [
    where({ target: { module: 'Payroll', action: 'Read' } }),
    'ActionNotAllowed',
    'requestIsPermitted',
  ],
  'the matrix does not list the action': [
    where({ target: { module: 'Email Log', action: 'Run' } }),
    'ActionNotAllowed',
    'requestIsPermitted',
  ],
  'the matrix disables the action': [
    where({ target: { module: 'Scheduled Jobs', action: 'Delete' } }),
    'ActionNotAllowed',
    'requestIsPermitted',
  ],
};

function withoutEdition() {
  const { edition: _edition, ...spec } = anApplication().spec;
  return { ...anApplication(), spec };
}

describe('an ask is denied', () => {
  for (const [title, [change, reason, check]] of Object.entries(denied)) {
    it(`when ${title}`, () => {
      expect(decide(anAsk(change))).toMatchObject({ allow: false, reason, check });
    });
  }

  it("when the person's session is locked although the user object was not read", () => {
    const ask = anAsk(where({ user: undefined }), lockedBy(lockOnUser(uidOf('SupportUser', 'ada'))));
    expect(decide(ask)).toMatchObject({ reason: 'Locked' });
  });

  it('when one of the locks was not read, whichever it is', () => {
    for (const name of noLocks().keys()) {
      const locks = noLocks();
      locks.delete(name);
      const decision = decide(anAsk(where({ locks })));
      expect(decision).toMatchObject({ reason: 'LockUnreadable', detail: expect.stringContaining(name) });
    }
  });
});

describe('an ask is allowed although', () => {
  const allowed: Readonly<Record<string, Modifier<Ask>>> = {
    'the status still says that the grant has expired': where({
      grant: aGrant(opened({ activeReason: 'Expired' })),
    }),
    'the status still says that there is a lock': where({
      grant: aGrant(opened({ activeReason: 'Locked' })),
    }),
    'the application is in exactly the first version that fits': where({
      ...anAsk(consentingTo(forVersions('>=26.1.3.0'))),
      application: anApplication(inVersion('26.1.3.0')),
    }),
    'the user has only one of the support roles': withGrant(grants.requiringRoles('other', 'ecase-tier2')),
    'the grant has no start, so that it has always started': withGrant(grants.withoutStart()),
    'the grant is as long as the policy allows': withPolicy(policies.withDuration({ maxSeconds: 172_800 })),
    'the grant is shorter than the policy wants, which only deserves a warning': withPolicy(
      policies.withDuration({ minSeconds: 9_999_999 }),
    ),
  };
  for (const [title, change] of Object.entries(allowed)) {
    it(title, () => {
      expect(decide(anAsk(change))).toMatchObject({ allow: true });
    });
  }
});
