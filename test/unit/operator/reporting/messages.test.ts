/**
 * Every reason that a condition can have, provoked by the objects that lead to it, and what its message says. A reason that is
 * added later does not compile until it has its world here, or stands among those that no condition has.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { SupportCase } from '../../../../crds/generated/support-case.ts';
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import type { Condition } from '../../../../crds/rules/conditions.ts';
import { isReason, type Reason, reasons } from '../../../../crds/rules/reasons.ts';
import { planApplication } from '../../../../operator/application/plan.ts';
import { planCase } from '../../../../operator/case/plan.ts';
import { Closings } from '../../../../operator/grant/closings.ts';
import { followClocks } from '../../../../operator/observers/clock-watch.ts';
import { policyStatus } from '../../../../operator/policy/report.ts';
import { planUser } from '../../../../operator/user/plan.ts';
import type { ProgramClock, RecordsVolume } from '../../../../trail/wire.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';
import { type Authority, createAuthority } from '../../../kit/control-plane/pki.ts';
import { plainComplaints, problemComplaints } from '../../../kit/messages/good-message.ts';
import { anApplication, inVersion } from '../../../kit/objects/application.ts';
import { aCase } from '../../../kit/objects/case.ts';
import * as grants from '../../../kit/objects/grant.ts';
import { after } from '../../../kit/objects/grant-life.ts';
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
import { aClusterBinding, aConfigMap } from '../../../kit/objects/kube-objects.ts';
import { aMatrix, forVersions } from '../../../kit/objects/matrix.ts';
import { type Modifier, modified, recreated, withMetadata, withSpec } from '../../../kit/objects/object.ts';
import * as policies from '../../../kit/objects/policy.ts';
import { anIdentitiesNamespace } from '../../../kit/objects/release.ts';
import { aService, withServiceMetadata, withServiceSpec } from '../../../kit/objects/service.ts';
import { certificateAt, toldAt } from '../../../kit/objects/told-certificates.ts';
import { aUser, deactivated, deactivatedForGood, withRoles } from '../../../kit/objects/user.ts';

type World = ReturnType<typeof aWorld>;
type Conditions = readonly Condition[];

/** What only a refused request or a session says, or what nothing reports. */
const inNoCondition = [
  ...(['NoGrant', 'NotOpened', 'Deleted', 'Invalid', 'RolledBack', 'UserNotNamed'] as const),
  ...(['LockUnreadable', 'StateUnavailable', 'ClockSetBack', 'SessionAddressChanged', 'SignedOut'] as const),
  ...(['NoSession', 'SessionInvalid', 'SessionIdle', 'SessionExpired', 'OpeningEnded'] as const),
  ...([
    'AddressUnknown',
    'AddressNotAllowed',
    'ApplicationNotGranted',
    'NoRoute',
    'ActionNotAllowed',
    'OwnerChanged',
    'SupportAssigned',
  ] as const),
  ...(['BadRequest', 'WrongHost', 'BodyTooLarge', 'TooManyRequests', 'CrossSite', 'CodeInvalid'] as const),
  ...(['SignInFailed', 'ServiceWorker', 'ServiceUnreachable', 'NotMaskable', 'MaskedValue'] as const),
  'RedirectRefused',
] satisfies readonly Reason[];

/** Of a grant that was open and whose world became so. */
const ofGrant =
  (...changes: readonly Modifier<World>[]) =>
  (): Conditions =>
    after(modified(after(aWorld(), noon), changes), noon + 5000).grant.status?.conditions ?? [];

/** Of a grant that has been so from the beginning. */
const ofNewGrant =
  (...changes: readonly Modifier<World>[]) =>
  (): Conditions =>
    after(aWorld(...changes), noon).grant.status?.conditions ?? [];

const policyOf = (...changes: readonly Modifier<SupportAccessPolicy>[]) =>
  of({ policy: policies.aPolicy(...changes) });

let authority: Authority;
let certificates: Readonly<Record<'fine' | 'ending' | 'other', string>>;
const day = 86_400_000;

beforeAll(async () => {
  authority = await createAuthority('the customer’s authority');
  const issue = (name: string, lasts: number) => certificateAt(authority, [name], { now: noon, lasts });
  certificates = {
    fine: await issue('support.example.com', 90 * day),
    ending: await issue('support.example.com', 5 * day),
    other: await issue('other.example.com', 90 * day),
  };
});

const gateway = { ...policies.aPolicy().spec.gateway, tlsSecretRefs: [{ name: 'tls' }] };

/** As it is told of the clocks of one program. */
function clockProblemOf(program: ProgramClock['program']): string | undefined {
  const others = () => [{ program, offsetMs: 95_000 }];
  const clock = aStepClock();
  const watched = followClocks({ client: { clockOffsetMs: () => 0 }, clock, others, onOff: () => undefined });
  watched.stop();
  return watched.problem();
}

const volume = { bytes: 10 * 1024 ** 3, freeBytes: 1024 ** 3, usedPercent: 90 } as const;
interface Told {
  readonly now?: number;
  readonly toldWhen?: number;
  readonly recordsProblem?: string;
  readonly clockProblem?: string | undefined;
  readonly recordsVolume?: RecordsVolume;
  readonly noticesProblem?: string;
}

/** Of the policy, with what the gateway told of its Secret `tls`. */
function ofPolicy(
  told: string | undefined,
  change: Partial<SupportAccessPolicy['spec']> = {},
  { now = noon, toldWhen, recordsProblem, clockProblem, recordsVolume, noticesProblem }: Told = {},
): Conditions {
  const policy = policies.aPolicy(withSpec({ gateway, ...change }));
  const world = {
    installation: {
      policy,
      open: [],
      applications: [],
      people: [],
      releaseNamespace: 'support-access',
      spCertificate: 'PEM',
    },
    object: policy,
    networkPolicy: undefined,
    ssoConfig: aConfigMap('support-access-sso', {}),
    names: aConfigMap('support-access-names', {}),
    certificates: told === undefined ? undefined : toldAt(toldWhen ?? now, { tls: told }),
    identitiesNamespace: 'support-access-identities',
    admission: {},
    authority: undefined,
    recordsProblem,
    clockProblem,
    recordsVolume,
    noticesProblem,
    isLocked: false,
    impersonators: [],
  };
  return policyStatus(world, now)?.conditions ?? [];
}

function ofApplication(change: Partial<Parameters<typeof planApplication>[0]> = {}): Conditions {
  const object = change.object ?? anApplication();
  const world = {
    object,
    gone: false,
    policy: policies.aPolicy(),
    sameHost: [object],
    service: aService(),
    handMadeSlices: [],
    hosts: aConfigMap('support-access-hosts', {}),
    certificates: undefined,
    ...change,
  };
  return planApplication(world, noon).status.conditions;
}

const other = anIdentitiesNamespace({ uid: 'another' });
const taken: Modifier<World> = (world) => ({
  ...world,
  accounts: after(aWorld(withRights()), noon).accounts.map((one) => ({
    ...one,
    metadata: { ...one.metadata, labels: {} },
  })),
});

/** THE table: each reason, and the conditions of the object that leads to it. */
const table: Readonly<Record<Exclude<Reason, (typeof inNoCondition)[number]>, () => Conditions>> = {
  Open: ofNewGrant(),
  Enforced: ofNewGrant(),
  Disabled: ofGrant(withGrant(grants.disabled())),
  NotStarted: ofGrant(withGrant(grants.from('2026-12-02T08:00:00Z'))),
  Expired: ofGrant(withGrant(grants.until('2026-12-01T12:00:01Z'))),
  DurationOutOfBounds: ofGrant(policyOf(policies.withDuration({ maxSeconds: 3600 }))),
  NoPolicy: ofGrant(of({ policy: undefined })),
  PolicyDisabled: ofGrant(policyOf(policies.switchedOff())),
  Locked: ofGrant(locked('all')),
  InstallationChanged: ofGrant(of({ identities: other })),
  ChangesUnseen: ofGrant((world) => {
    const changed = withGrant(withMetadata({ generation: 4 }))(world);
    const closings = new Closings({ worldOf: () => changed, now: () => noon });
    closings.notice(changed.grant.metadata.uid);
    return { ...changed, closings: closings.of(changed.grant) };
  }),
  NoUser: ofGrant(withUsers()),
  UserDisabled: ofGrant(withUsers(aUser(deactivated()))),
  UserDeactivated: ofGrant(withUsers(aUser(deactivatedForGood()))),
  UserChanged: ofGrant(withUsers(aUser(recreated()))),
  SupportRoleMissing: ofGrant(withGrant(grants.requiringRoles('tier3')), withUsers(aUser(withRoles()))),
  NoAllowedCIDRs: ofGrant(withGrant(grants.fromAddresses()), policyOf(policies.allowing())),
  AddressesListed: ofNewGrant(),
  CaseOpen: () => ofCase(aCase()),
  CaseClosed: () => ofCase(aCase(withSpec({ state: 'Closed' }))),
  NoApplication: ofGrant(of({ application: undefined })),
  Incompatible: ofNewGrant(
    withMatrix(aMatrix(forVersions('>=27'))),
    of({ application: anApplication(inVersion('26.1')) }),
  ),
  NoMatrix: ofGrant(of({ matrix: undefined })),
  MatrixChanged: ofGrant(withMatrix(aMatrix(recreated()))),
  ApplicationChanged: ofGrant(of({ application: anApplication(recreated()) })),
  ServiceChanged: ofGrant(of({ service: aService(withServiceMetadata({ uid: 'another' })) })),
  ExcessRights: ofGrant(of({ excessRights: [aClusterBinding('everyone', 'view')] })),
  ClusterRoleMissing: ofNewGrant(withRights(), of({ clusterRole: 'Missing' })),
  NameTaken: ofNewGrant(withRights(), taken),
  NoService: ofGrant(of({ service: undefined })),
  ExternalService: ofGrant(of({ service: aService(withServiceSpec({ type: 'ExternalName' })) })),
  HostTaken: ofGrant(of({ holder: 'production' })),
  RecordsUnavailable: () => ofPolicy(certificates.fine, {}, { recordsProblem: 'the records answered 503' }),
  ClockOff: () => ofPolicy(certificates.fine, {}, { clockProblem: clockProblemOf('webhook') }),
  VolumeFilling: () => ofPolicy(certificates.fine, {}, { recordsVolume: { ...volume, level: 'filling' } }),
  VolumeAlmostFull: () =>
    ofPolicy(certificates.fine, {}, { recordsVolume: { ...volume, level: 'almost-full' } }),
  NoticesDelayed: () => ofPolicy(certificates.fine, {}, { noticesProblem: 'no Secret smtp; create it' }),
  ApplyFailed: () => ofPolicy(undefined),
  ProviderMissing: () => ofPolicy(certificates.fine, { sso: undefined } as never),
  ProviderInvalid: () => ofPolicy(certificates.fine, { sso: { identityProvider: { metadata: '<Entity' } } }),
  ProviderTrusted: () => signingWith(certificates.fine),
  DiffersInForm: () => ofPerson(aUser(), true),
  ProviderNeedsAttention: () => signingWith(certificates.ending),
  AdmissionUnregistered: () => ofPolicy(undefined),
  CertificateEnding: () => ofPolicy(certificates.ending),
  CertificateExpired: () => ofPolicy(certificates.ending, {}, { now: noon + 6 * day }),
  NoCertificate: () => ofPolicy(certificates.other),
  CertificateUnreadable: () => ofPolicy('Missing'),
  GatewaySilent: () => ofPolicy(certificates.fine, {}, { now: noon + day, toldWhen: noon }),
  MorePasses: () => ofApplication({ object: anApplication(withSpec({ pathForms: ['MatrixParameters'] })) }),
  UsualPasses: () => ofApplication(),
  HostServed: () => {
    const served = { ...gateway, hostSuffixes: ['example.com'], host: 'else.example.com' };
    const policy = policies.aPolicy(withSpec({ gateway: served }));
    const object = anApplication(withSpec({ host: 'support.example.com' }));
    return ofApplication({ object, policy, certificates: toldAt(noon, { tls: certificates.fine }) });
  },
  HostOutsideSuffixes: () =>
    ofApplication({ object: anApplication(withSpec({ host: 'ecase.example.org' })) }),
  HostReserved: () => ofApplication({ object: anApplication(withSpec({ host: 'support.example.com' })) }),
};

function ofCase(object: SupportCase): Conditions {
  return planCase({ object, gone: false, binding: undefined, policy: undefined }, noon).status.conditions;
}

function ofPerson(object: SupportUser, isNearMiss = false): Conditions {
  const world = { object, gone: false, isNearMiss, policy: policies.aPolicy(), grants: [] };
  return planUser(world, { now: noon, surely: noon }).status.conditions;
}

function signingWith(certificate: string): Conditions {
  const address = 'https://idp.example.com';
  const identityProvider = { entityID: address, signInURL: `${address}/sso`, certificates: [certificate] };
  return ofPolicy(certificates.fine, { sso: { identityProvider } });
}

/** Reasons under which nothing is wrong: there is no way out to tell. */
const fine: ReadonlySet<string> = new Set<Reason>([
  ...(['Open', 'Enforced', 'AddressesListed', 'HostServed', 'ProviderTrusted'] as const),
  'UsualPasses',
  'CaseOpen',
  ...(['PolicyDisabled', 'Expired', 'NotStarted'] as const),
]);

describe('a condition', () => {
  it.each(Object.entries(table))(
    'says in plain words what is so and what to do: %s',
    (reason, conditionsOf) => {
      const conditions = conditionsOf();
      const found = conditions.filter((condition) => condition.reason === reason);
      expect(found, JSON.stringify(conditions)).not.toEqual([]);
      for (const { type, message } of found) {
        const complaints = fine.has(reason) ? plainComplaints(message) : problemComplaints(message);
        expect(complaints, `${type}: ${message}`).toEqual([]);
      }
    },
  );

  it('has a reason of the table, or of those that no condition has', () => {
    const listed = [...Object.keys(table), ...inNoCondition];
    expect(listed.toSorted()).toEqual(Object.keys(reasons).filter(isReason).toSorted());
  });

  it('about a person says whether grants may let the person in', () => {
    for (const object of [aUser(), aUser(deactivated()), aUser(deactivatedForGood())])
      for (const { message } of ofPerson(object)) expect(plainComplaints(message)).toEqual([]);
  });
});

describe('the sentence of a reason', () => {
  it.each(Object.entries(reasons))('is plain: %s', (_, { sentence }) => {
    expect(plainComplaints(sentence)).toEqual([]);
  });
});
