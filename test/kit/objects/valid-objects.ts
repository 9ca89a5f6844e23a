/** One valid object of each kind, to be broken in one place by a test. Must stay valid itself: a test says so. */
import { knownMetadata } from '../idp/known-metadata.ts';

/** An object as it is sent: a test may write anything into it. */
export interface Sent {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    annotations?: Record<string, string>;
    resourceVersion?: string;
  };
  spec: Record<string, unknown>;
}

export interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly base: () => Sent;
}

const uid = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;

function kind(name: string, plural: string, make: () => Pick<Sent, 'metadata' | 'spec'>): Kind {
  const base = (): Sent => ({ apiVersion: 'supportaccess.dev/v1beta1', kind: name, ...make() });
  return { kind: name, plural, namespaced: 'namespace' in make().metadata, base };
}

export const policy = kind('SupportAccessPolicy', 'supportaccesspolicies', () => ({
  metadata: { name: 'default' },
  spec: {
    access: 'Enabled',
    gateway: { host: 'support.example.com', hostSuffixes: ['apps.example.com'] },
    allowedCIDRs: ['203.0.113.0/24'],
    sso: { identityProvider: { metadata: knownMetadata } },
  },
}));

export const application = kind('SupportApplication', 'supportapplications', () => ({
  metadata: { name: 'ecase', namespace: 'default' },
  spec: {
    host: 'ecase.apps.example.com',
    url: 'https://ecase.example.com/',
    serviceRef: { name: 'ecase', port: 8080 },
    routes: [{ name: 'job', methods: ['GET', 'HEAD'], path: '/jobs/{id}', module: 'Jobs', action: 'Read' }],
  },
}));

export const grant = kind('SupportAccessGrant', 'supportaccessgrants', () => ({
  metadata: { name: 'case-4711', namespace: 'default' },
  spec: {
    access: 'Enabled',
    consent: 2,
    userRefs: [{ name: 'ada' }],
    matrixRef: { name: 'casepoint-ecase-1' },
    applicationRef: { name: 'ecase' },
    allowedCIDRs: ['203.0.113.0/24'],
    startTime: '2026-12-01T08:00:00Z',
    expirationTime: '2026-12-03T08:00:00Z',
  },
}));

export const user = kind('SupportUser', 'supportusers', () => ({
  metadata: { name: 'ada' },
  spec: {
    displayName: 'Ada Lovelace',
    userId: 's-0042',
    nameID: 'ada@vendor.example',
    email: 'ada@vendor.example',
    attributes: [{ name: 'employeeNumber', value: '4711' }],
  },
}));

export const matrix = kind('SupportPermissionMatrix', 'supportpermissionmatrices', () => ({
  metadata: { name: 'casepoint-ecase-1' },
  spec: {
    system: 'casepoint-ecase',
    revision: 1,
    masking: 'Enabled',
    modules: [{ name: 'Jobs', access: 'Read' }],
    kubernetes: {
      clusterRole: 'support-access-matrix-casepoint-ecase-1',
      rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] }],
    },
  },
}));

export const session = kind('SupportSession', 'supportsessions', () => ({
  metadata: { name: 's-5f1c9a', namespace: 'default' },
  spec: {
    userRef: { name: 'ada', uid: uid('a') },
    grantRef: { name: 'case-4711', uid: uid('b') },
    handle: '5f1c9a7be2d04c11',
    nameID: 'ada@vendor.example',
    boundAddress: '203.0.113.7',
    signInTime: '2026-12-01T08:00:00Z',
    absoluteExpirationTime: '2026-12-01T16:00:00Z',
    idleExpirationTime: '2026-12-01T08:30:00Z',
    proof: 'nM2yq0dK1mZ8bN5vTq3Jx0dK1mZ8bN5vTq3Jx0dK1mZ',
  },
}));

export const lock = kind('SupportAccessLock', 'supportaccesslocks', () => ({
  metadata: { name: 'ns.ecase' },
  spec: { reason: 'Suspicious downloads' },
}));

export const supportCase = kind('SupportCase', 'supportcases', () => ({
  metadata: { name: 'case-4711', namespace: 'default' },
  spec: {
    subject: 'Mail jobs are stuck',
    description: 'No job of the mail queue has ended since Monday at 08:00',
    state: 'Open',
    owner: 'grace@example.com',
    contacts: [{ name: 'grace', telephone: '+1 202 555 0143' }],
  },
}));

export const allKinds: readonly Kind[] = [
  policy,
  application,
  grant,
  user,
  matrix,
  session,
  lock,
  supportCase,
];

/** Where objects of this kind are sent to, in the namespace `default` where there is one. */
export function collection({ plural, namespaced }: Kind): string {
  const place = namespaced ? 'namespaces/default/' : '';
  return `/apis/supportaccess.dev/v1beta1/${place}${plural}`;
}
