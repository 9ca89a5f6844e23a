/** One way to be refused for each reason: what the test does to the installation, and what is then asked. */
import type { ServerResponse } from 'node:http';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { lockOnAll } from '../../../crds/rules/locks.ts';
import type { Reason } from '../../../crds/rules/reasons.ts';
import { anApplication, inVersion } from './application.ts';
import {
  aGrant,
  disabled,
  forUser,
  from,
  fromAddresses,
  opened,
  requiringRoles,
  until,
  withoutApplication,
} from './grant.ts';
import { aMatrix, forVersions, withModules } from './matrix.ts';
import { sealedSession } from './memory-gateway.ts';
import { type Modifier, metadataOf, withMetadata, withoutSpec, withSpec } from './object.ts';
import { openingFor } from './opening.ts';
import { allowing, aPolicy, notRequiringAddresses, switchedOff, withSession } from './policy.ts';
import type { Asked, aServedGateway } from './served-gateway.ts';
import { aService, withServiceSpec } from './service.ts';
import { boundTo, signedInAt } from './session.ts';
import { aUser, deactivatedForGood } from './user.ts';

type Scene = Awaited<ReturnType<typeof aServedGateway>>;

/** Where the refusal stands in the records: a refused request, a failed sign-in, an outcome of a request, or nowhere. */
export type RecordedIn = 'request' | 'sign-in' | 'outcome' | 'nowhere';

export interface WayToBeRefused {
  readonly arrange?: (scene: Scene) => void;
  /** How the application answers; it is well unless this is given. */
  readonly upstream?: (response: ServerResponse) => void;
  readonly path?: string;
  readonly asked?: Asked;
  readonly recordedIn?: RecordedIn;
}

const local = '127.0.0.0/8';
const support = 'support.example.com';
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

const put =
  (...objects: readonly unknown[]): NonNullable<WayToBeRefused['arrange']> =>
  ({ objects: known }) =>
    known.put(...objects);

const without = (kind: string, name: string): WayToBeRefused => ({
  arrange: ({ objects }) => objects.remove(kind, name),
});

type GrantChange = Modifier<SupportAccessGrant>;
type PolicyChange = Modifier<SupportAccessPolicy>;

const withGrant = (...changes: readonly GrantChange[]): WayToBeRefused => ({
  arrange: put(aGrant(opened(), fromAddresses(local), ...changes)),
});
const withPolicy = (...changes: readonly PolicyChange[]): WayToBeRefused => ({
  arrange: put(aPolicy(notRequiringAddresses(), allowing(local), ...changes)),
});
/** The operator has reported that the grant is closed for this reason. */
const reported = (activeReason: Reason): WayToBeRefused => ({
  arrange: put(aGrant(opened({ activeReason }), fromAddresses(local))),
});

/** THE list: a new reason has its way here, or this does not compile. */
export const waysToBeRefused: Readonly<Record<Exclude<Reason, 'Open'>, WayToBeRefused>> = {
  NoGrant: without('SupportAccessGrant', 'case-4711'),
  NotOpened: { arrange: put(aGrant(fromAddresses(local))) },
  Disabled: withGrant(disabled()),
  NotStarted: withGrant(from('2026-12-02T08:00:00Z')),
  Expired: withGrant(until('2026-12-01T11:59:59Z')),
  DurationOutOfBounds: withPolicy(withSpec({ duration: { maxSeconds: 3600 } })),
  NoPolicy: without('SupportAccessPolicy', 'default'),
  PolicyDisabled: withPolicy(switchedOff()),
  Locked: {
    arrange: put({
      kind: 'SupportAccessLock',
      metadata: metadataOf('SupportAccessLock', lockOnAll),
      spec: {},
    }),
  },
  // The reader rejects where a lock cannot be read; the rules say this where it was left out.
  LockUnreadable: {
    arrange: ({ state }) => {
      state.decision = { allow: false, reason: 'LockUnreadable', check: 'noLockStands' };
    },
  },

  NoSession: without('SupportSession', 'ada-1'),
  SessionInvalid: {
    arrange: put({ ...sealedSession(), spec: { ...sealedSession().spec, proof: 'made-by-hand' } }),
  },
  SessionIdle: withPolicy(withSession({ idleSeconds: 60 })),
  SessionExpired: withPolicy(withSession({ absoluteSeconds: 3600 })),
  SessionAddressChanged: { arrange: put(sealedSession(boundTo('203.0.113.7'))) },
  OpeningEnded: { arrange: put(sealedSession(withSpec({ opening: openingFor('an earlier one', 'ada') }))) },
  InstallationChanged: {
    arrange: ({ state }) => {
      state.isUninstalled = true;
    },
  },
  ChangesUnseen: { arrange: put(aGrant(opened(), fromAddresses(local), withMetadata({ generation: 3 }))) },
  ClockSetBack: { arrange: put(sealedSession(signedInAt('2026-12-01T13:00:00Z'))) },

  NoUser: without('SupportUser', 'ada'),
  UserDisabled: { arrange: put(aUser(withSpec({ access: 'Disabled' }))) },
  UserDeactivated: { arrange: put(aUser(deactivatedForGood())) },
  UserNotNamed: withGrant(forUser('grace')),
  UserChanged: { arrange: put({ ...aUser(), metadata: { ...aUser().metadata, uid: 'another' } }) },
  SupportRoleMissing: withGrant(requiringRoles('auditor')),

  AddressUnknown: withPolicy(
    withSpec({ network: { exposure: 'BehindProxy', trustedHops: ['203.0.113.9/32'] } }),
  ),
  AddressNotAllowed: withGrant(fromAddresses('203.0.113.0/24')),
  NoAllowedCIDRs: {
    arrange: put(aPolicy(withoutSpec('allowedCIDRs')), aGrant(opened(), withoutSpec('allowedCIDRs'))),
  },
  AddressesListed: reported('AddressesListed'),
  CaseOpen: reported('CaseOpen'),
  CaseClosed: reported('CaseClosed'),

  NoApplication: without('SupportApplication', 'ecase'),
  ApplicationNotGranted: withGrant(withoutApplication()),
  Incompatible: {
    arrange: ({ objects }) => {
      const matrix = aMatrix(forVersions('>=27'));
      objects.put(
        matrix,
        aGrant(opened({ matrix }), fromAddresses(local)),
        anApplication(inVersion('26.1.3.0')),
      );
    },
  },

  NoMatrix: without('SupportPermissionMatrix', 'ecase-1'),
  MatrixChanged: { arrange: put(aMatrix(withSpec({ revision: 2 }))) },
  ApplicationChanged: {
    arrange: put({ ...anApplication(), metadata: { ...anApplication().metadata, uid: 'another' } }),
  },
  ServiceChanged: { arrange: put(aService(withServiceSpec({ selector: { app: 'another' } }))) },
  NoRoute: { path: '/unknown' },
  // Admission says it of a write at the API server, never the gateway.
  OwnerChanged: {
    arrange: ({ state }) => {
      state.decision = { allow: false, reason: 'OwnerChanged', check: 'ownerIsTheWriter' };
    },
  },
  ActionNotAllowed: {
    arrange: ({ objects }) => {
      const matrix = aMatrix(
        withModules({ name: 'Email Log', access: 'Read' }),
        withSpec({ disabledActions: [] }),
      );
      objects.put(matrix, aGrant(opened({ matrix }), fromAddresses(local)));
    },
  },

  ExcessRights: reported('ExcessRights'),
  ClusterRoleMissing: reported('ClusterRoleMissing'),
  NameTaken: reported('NameTaken'),
  RolledBack: reported('RolledBack'),
  RecordsUnavailable: {
    arrange: ({ trail }) => {
      trail.state.away = true;
    },
    recordedIn: 'nowhere',
  },
  StateUnavailable: {
    arrange: ({ objects }) =>
      objects.answer('SupportAccessPolicy', 'default', () => Promise.reject(new Error('away'))),
  },

  BadRequest: { path: '/jobs/../jobs' },
  WrongHost: { asked: { host: 'evil.example' }, recordedIn: 'nowhere' },
  BodyTooLarge: {
    arrange: put(anApplication(withSpec({ maxAttachmentSizeMB: 0 }))),
    path: '/jobs/7/run',
    asked: { method: 'POST', body: 'x', headers: { 'content-length': '1' } },
  },
  TooManyRequests: {
    arrange: ({ state }) => {
      state.mayAsk = false;
    },
    path: '/support-access/sign-in/ecase/case-4711',
    asked: { host: support },
    recordedIn: 'sign-in',
  },
  MaskedValue: { path: '/jobs?mail=%5Be-mail-hidden%5D' },
  CrossSite: {
    path: '/support-access/sign-out',
    asked: { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } },
  },
  CodeInvalid: { path: '/support-access/enter?code=AAAA' },
  SignInFailed: {
    path: '/support-access/saml/acs',
    asked: { method: 'POST', host: support, anonymous: true, headers: { authorization: 'Basic YTpi' } },
    recordedIn: 'sign-in',
  },
  // The way out itself is no refusal; it takes the session away from the browser as this reason says.
  SignedOut: {
    path: '/support-access/sign-out',
    asked: { method: 'POST', headers: sameOrigin },
    recordedIn: 'nowhere',
  },
  SupportAssigned: {
    path: '/jobs?assignee=ada',
    arrange: put(anApplication(withSpec({ assignmentFields: ['assignee'] }))),
  },
  ServiceWorker: { asked: { headers: { 'service-worker': 'script' } } },
  ServiceUnreachable: { upstream: (response) => response.destroy(), recordedIn: 'outcome' },
  NotMaskable: {
    upstream: (response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end('packed'),
    recordedIn: 'outcome',
  },
  RedirectRefused: {
    upstream: (response) => response.writeHead(302, { location: '/files/100%25.pdf' }).end(),
    recordedIn: 'outcome',
  },

  MorePasses: reported('MorePasses'),
  UsualPasses: reported('UsualPasses'),
  Enforced: reported('Enforced'),
  ApplyFailed: reported('ApplyFailed'),
  Invalid: reported('Invalid'),
  Deleted: reported('Deleted'),
  AdmissionUnregistered: reported('AdmissionUnregistered'),
  CertificateEnding: reported('CertificateEnding'),
  HostServed: reported('HostServed'),
  HostTaken: reported('HostTaken'),
  HostOutsideSuffixes: reported('HostOutsideSuffixes'),
  HostReserved: reported('HostReserved'),
  ProviderTrusted: reported('ProviderTrusted'),
  DiffersInForm: reported('DiffersInForm'),
  ProviderNeedsAttention: reported('ProviderNeedsAttention'),
  ProviderMissing: reported('ProviderMissing'),
  ProviderInvalid: reported('ProviderInvalid'),
  CertificateExpired: reported('CertificateExpired'),
  NoCertificate: reported('NoCertificate'),
  CertificateUnreadable: reported('CertificateUnreadable'),
  GatewaySilent: reported('GatewaySilent'),
  ClockOff: reported('ClockOff'),
  VolumeFilling: reported('VolumeFilling'),
  VolumeAlmostFull: reported('VolumeAlmostFull'),
  NoticesDelayed: reported('NoticesDelayed'),
  NoService: without('Service', 'ecase'),
  ExternalService: {
    arrange: ({ state }) => {
      state.handMadeSlices = ['ecase-mine'];
    },
  },
};
