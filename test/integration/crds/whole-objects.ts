/** A valid object of each kind in which every text that a rule of the schema is about has a value, to be broken there. */
import {
  application,
  grant,
  type Kind,
  lock,
  matrix,
  policy,
  type Sent,
  session,
  supportCase,
  user,
} from '../../kit/objects/valid-objects.ts';

const withSpec = (kind: Kind, spec: Record<string, unknown>): (() => Sent) => {
  return () => {
    const object = kind.base();
    return { ...object, spec: { ...object.spec, ...structuredClone(spec) } };
  };
};

const route = {
  name: 'job',
  methods: ['GET'],
  path: '/jobs/{id}',
  query: [{ name: 'action', value: 'export' }],
  contentTypes: ['text/csv'],
  recorded: ['id'],
  module: 'Jobs',
  subModule: 'Job Log',
  action: 'Read',
};

export const wholeObjects: readonly { readonly kind: Kind; readonly make: () => Sent }[] = [
  {
    kind: policy,
    make: withSpec(policy, {
      // the first is broken by its name, and the second must stay elevated then
      administrators: [
        { name: 'grace', email: 'grace@example.com' },
        { name: 'hedy', user: 'hedy' },
      ],
      cases: { elevatedContacts: ['hedy'], caseAdminRequiredTime: '2026-12-01T08:00:00Z' },
      users: { provisioning: 'WhileEnabled', whenDisabled: 'Deactivate', afterLastGrant: 'Deactivate' },
      retention: { deactivatedUsersSeconds: 1 },
      notices: {
        mail: {
          host: 'smtp.example.com',
          ca: '-----BEGIN CERTIFICATE-----',
          from: 'support@example.com',
          credentialsSecretRef: { name: 'support-access-smtp' },
        },
        recipients: ['security@example.com'],
        webhooks: [
          {
            name: 'tickets',
            url: 'https://tickets.example.com/hook',
            secretRef: { name: 'support-access-tickets' },
            ca: '-----BEGIN CERTIFICATE-----',
          },
        ],
        allowedInnerCIDRs: ['10.0.0.0/24'],
        timeZone: 'Europe/Berlin',
      },
      gateway: {
        host: 'support.example.com',
        hostSuffixes: ['apps.example.com'],
        tlsSecretRefs: [{ name: 'support-access-gateway-tls' }],
      },
      network: {
        exposure: 'BehindProxy',
        trustedHops: ['10.0.0.0/24'],
        proxyProtocol: 'Required',
        trustedHopPods: [{ namespace: 'ingress-nginx', labels: [{ name: 'app', value: 'ingress-nginx' }] }],
      },
      sso: {
        identityProvider: {
          entityID: 'https://idp.example.com',
          signInURL: 'https://idp.example.com/sso',
          certificates: ['-----BEGIN CERTIFICATE-----'],
        },
        attributes: [{ name: 'employeeNumber', attribute: 'urn:oid:2.16.840.1.113730.3.1.3' }],
      },
      rights: {
        toleratedBindings: [{ kind: 'RoleBinding', namespace: 'ecase', name: 'x' }],
        reservedRoleNames: ['Vendor Desk'],
      },
    }),
  },
  {
    kind: application,
    make: withSpec(application, {
      version: '26.1.3.0',
      edition: 'SaaS',
      allowedOrigins: ['https://reports.example.com'],
      forwardHeaders: { request: ['X-Api-Key'], response: ['X-Job-Id'] },
      pathForms: ['MatrixParameters'],
      callers: [{ serviceAccountName: 'ecase' }],
      tls: { serverName: 'ecase.internal', caRef: { name: 'ca', key: 'ca.crt' } },
      freshness: { maxStalenessSeconds: 1 },
      timeouts: { firstByteSeconds: 60, uploadIdleSeconds: 60 },
      assignmentFields: ['assigneeId'],
      routes: [route],
    }),
  },
  { kind: grant, make: withSpec(grant, { requiredSupportRoles: ['Engineer'] }) },
  { kind: user, make: withSpec(user, { supportRoles: ['Engineer'] }) },
  {
    kind: matrix,
    make: withSpec(matrix, {
      appliesTo: { versions: '>=26.1.3.0', editions: ['SaaS'] },
      modules: [
        {
          name: 'Jobs',
          access: 'Limited',
          actions: ['Save'],
          subModules: [{ name: 'Job Log', access: 'Limited', actions: ['Clear Job Log'] }],
        },
      ],
      maskedFields: ['birthDate'],
      maskedPatterns: [{ pattern: '(?i)patient no [[:digit:]]+', example: 'Patient No 4711' }],
      hostNames: ['localhost'],
      downloadActions: ['Save'],
      actions: ['Create'],
      disabledActions: [{ module: 'Jobs', subModule: 'Job Log', action: 'Clear Job Log' }],
    }),
  },
  { kind: session, make: session.base },
  { kind: lock, make: lock.base },
  { kind: supportCase, make: supportCase.base },
];
