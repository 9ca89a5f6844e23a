/** One consent: Ada may look into eCase on the first of December 2026, from eight in the morning for two days. */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { matrixHash } from '../../../crds/rules/matrix/matrix.ts';
import type { Reason } from '../../../crds/rules/reasons.ts';
import { type ServiceObject, serviceHash } from '../../../crds/rules/request/service.ts';
import { anApplication } from './application.ts';
import { aMatrix } from './matrix.ts';
import { type Modifier, metadataOf, modified, withoutSpec, withSpec } from './object.ts';
import { anOpening } from './opening.ts';
import { aPolicy } from './policy.ts';
import { aService } from './service.ts';
import { aUser } from './user.ts';

type Change = Modifier<SupportAccessGrant>;

export function aGrant(...modifiers: readonly Change[]): SupportAccessGrant {
  const grant: SupportAccessGrant = {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportAccessGrant',
    metadata: metadataOf('SupportAccessGrant', 'case-4711', 'ecase'),
    spec: {
      access: 'Enabled',
      reason: 'Mail jobs have been stuck since Monday',
      consent: 1,
      userRefs: [{ name: 'ada' }],
      matrixRef: { name: 'ecase-1' },
      applicationRef: { name: 'ecase' },
      allowedCIDRs: ['203.0.113.0/25'],
      startTime: '2026-12-01T08:00:00Z',
      expirationTime: '2026-12-03T08:00:00Z',
    },
  };
  return modified(grant, modifiers);
}

export const disabled = (): Change => withSpec({ access: 'Disabled' });
export const from = (startTime: string): Change => withSpec({ startTime });
export const until = (expirationTime: string): Change => withSpec({ expirationTime });
export const withoutStart = (): Change => withoutSpec('startTime');
export const withConsent = (consent: number): Change => withSpec({ consent });
export const requiringRoles = (...requiredSupportRoles: string[]): Change =>
  withSpec({ requiredSupportRoles });
export const fromAddresses = (...allowedCIDRs: string[]): Change => withSpec({ allowedCIDRs });
export const withoutApplication = (): Change => withoutSpec('applicationRef');

/** Names these people instead of Ada. */
export const forUser = (...names: string[]): Change =>
  withSpec({ userRefs: names.map((name) => ({ name })) });

/** What the operator has pinned. */
interface Pinned {
  readonly users?: readonly SupportUser[];
  readonly matrix?: SupportPermissionMatrix;
  readonly application?: SupportApplication;
  readonly service?: ServiceObject;
  readonly consent?: number;
  readonly activeReason?: Reason;
}

/** As the operator reports it once consent is pinned and recorded. */
export function opened({
  users = [aUser()],
  matrix = aMatrix(),
  application = anApplication(),
  service = aService(),
  consent = 1,
  activeReason = 'Open',
}: Pinned = {}): Change {
  return (grant) => ({
    ...grant,
    status: {
      observedGeneration: 1,
      activeReason,
      opening: anOpening(
        { grant, policy: aPolicy(), ...(grant.spec.applicationRef && { application }) },
        users,
      ),
      pins: {
        consent,
        users: users.map(({ metadata: { name, uid } }) => ({ name, uid })),
        matrix: { name: matrix.metadata.name, uid: matrix.metadata.uid, hash: matrixHash(matrix.spec) },
        ...(grant.spec.applicationRef && backendPins(application, service)),
      },
    },
  });
}

/** The pins of an application and the Service behind it. */
export function backendPins({ metadata, spec }: SupportApplication, service: ServiceObject) {
  const { name, uid } = metadata;
  return {
    application: { name, uid, host: spec.host },
    service: {
      name: service.metadata.name,
      uid: service.metadata.uid,
      port: spec.serviceRef.port,
      hash: serviceHash(service.spec),
    },
  };
}

/** Reported without an opening, as after it was closed. */
export function withoutOpening(): Change {
  return ({ status: { opening: _none, ...status } = {}, ...grant }) => ({ ...grant, status });
}

/** Reported as ended for good, by the number of consent that the grant has. */
export function endedConsent(reason: Reason): Change {
  return (grant) => ({
    ...grant,
    status: { ...grant.status, consentEnded: { consent: grant.spec.consent ?? 1, reason } },
  });
}
