/** Every way to break a rule of policies, applications and cases at their creation. */
import { application, policy, supportCase } from '../../kit/objects/valid-objects.ts';
import { type Broken, badAddresses, breaking, host, named, set } from './breaking.ts';

const oneRoute = { name: 'x', methods: ['GET'], path: '/', module: 'M', action: 'Read' };

export const brokenSettings: readonly Broken[] = [
  ...breaking(policy, [
    ['a second policy', named('other'), 'metadata.name', 'must be `default`'],
    ['an upper-case host', set('gateway.host', 'Support.example.com'), 'spec.gateway.host', host],
    ['an address as host', set('gateway.host', '203.0.113.7'), 'spec.gateway.host', host],
    ['a host with a port', set('gateway.host', 'support.example.com:443'), 'spec.gateway.host', host],
    [
      'a suffix that begins with a dot',
      set('gateway.hostSuffixes', ['.example.com']),
      'spec.gateway.hostSuffixes[0]',
      host,
    ],
    ...(
      [
        ['gateway.hostSuffixes', 'apps.example.com'],
        ['network.trustedHops', '10.0.0.0/24'],
        ['allowedCIDRs', '203.0.113.0/24'],
        ['cases.elevatedContacts', 'grace'],
        ['sso.authnContexts', 'urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken'],
      ] as const
    ).map(
      ([path, entry]) =>
        [
          `${entry} twice in ${path}`,
          set(path, [entry, entry]),
          `spec.${path}`,
          'twice; remove one of the two',
        ] as const,
    ),
    [
      'the word of earlier builds that YAML reads as false',
      set('network.gatewayPolicy', 'Off'),
      'spec.network.gatewayPolicy',
      'Unsupported value',
    ],
    [
      'metadata beside an entity id',
      set('sso.identityProvider.entityID', 'x'),
      'spec.sso.identityProvider',
      'must have either `metadata` alone',
    ],
    [
      'an identity provider without certificates',
      set('sso.identityProvider', { entityID: 'x', signInURL: 'https://idp.example' }),
      'spec.sso.identityProvider',
      'must have either `metadata` alone',
    ],
    [
      'a sign-in URL on plain http',
      set('sso.identityProvider', {
        entityID: 'x',
        signInURL: 'http://idp.example',
        certificates: ['-----BEGIN CERTIFICATE-----'],
      }),
      'spec.sso.identityProvider.signInURL',
      'must be an https URL',
    ],
    [
      'a private key for a certificate',
      set('sso.identityProvider', {
        entityID: 'x',
        signInURL: 'https://idp.example',
        certificates: ['-----BEGIN PRIVATE KEY-----'],
      }),
      'spec.sso.identityProvider.certificates[0]',
      'must be a certificate and not a private key',
    ],
    [
      'more elevated contacts than there may be',
      set('cases', { elevatedContacts: ['grace'], maxElevatedContacts: 0 }),
      'spec.cases.elevatedContacts',
      'must not have more entries than `maxElevatedContacts` allows',
    ],
    [
      'an elevated contact who is no administrator',
      set('cases.elevatedContacts', ['eve']),
      'spec.cases.elevatedContacts',
      'must be names of entries of `administrators` that have a `user`',
    ],
    [
      'an idle time longer than the absolute one',
      set('session', { idleSeconds: 7200, absoluteSeconds: 3600 }),
      'spec.session.idleSeconds',
      'must not be greater than `absoluteSeconds`',
    ],
    [
      'a shortest grant longer than the longest',
      set('duration', { minSeconds: 2, maxSeconds: 1 }),
      'spec.duration.minSeconds',
      'must not be greater than `maxSeconds`',
    ],
    [
      'a proxy without trusted hops',
      set('network.exposure', 'BehindProxy'),
      'spec.network.trustedHops',
      'must name at least one address',
    ],
    [
      'pods of trusted hops without a label',
      set('network.trustedHopPods', [{ namespace: 'ingress-nginx', labels: [] }]),
      'spec.network.trustedHopPods[0].labels',
      'should have at least 1 items',
    ],
    [
      'pods of trusted hops in a namespace that there cannot be',
      set('network.trustedHopPods', [{ namespace: 'Ingress', labels: [{ name: 'app', value: 'x' }] }]),
      'spec.network.trustedHopPods[0].namespace',
      'must have lower-case letters',
    ],
    [
      'a trusted hop with host bits',
      set('network.trustedHops', ['10.0.0.1/24']),
      'spec.network.trustedHops[0]',
      'must have no bits set after the prefix length; write 10.0.0.0/24',
    ],
    [
      'a PROXY header that nobody is asked for',
      set('network.proxyProtocol', 'Required'),
      'spec.network.proxyProtocol',
      'must be Disabled unless `exposure` is BehindProxy',
    ],
    [
      'a tolerated RoleBinding without namespace',
      set('rights.toleratedBindings', [{ kind: 'RoleBinding', name: 'x' }]),
      'spec.rights.toleratedBindings',
      'must have a `namespace` on each RoleBinding',
    ],
    [
      'a reserved name without three letters to compare by',
      set('rights.reservedRoleNames', ['Vendor Desk', '- a ü b']),
      'spec.rights.reservedRoleNames[1]',
      'must have at least three letters or digits of ASCII',
    ],
    ['a switch that is neither', set('access', 'true'), 'spec.access', 'Unsupported value'],
    ...badAddresses.map(
      ([what, text, says]) =>
        [
          `an allowed address with ${what}`,
          set('allowedCIDRs', ['192.0.2.1', text]),
          'spec.allowedCIDRs[1]',
          says,
        ] as const,
    ),
  ]),
  ...breaking(application, [
    ['a URL that runs script', set('url', 'javascript:alert(1)'), 'spec.url', 'must be an http or https URL'],
    ['an upper-case host', set('host', 'eCase.example.com'), 'spec.host', host],
    [
      'a form of a path that there is not',
      set('pathForms', ['Backslash']),
      'spec.pathForms[0]',
      'Unsupported value',
    ],
    [
      'a header of identity among those that pass',
      set('forwardHeaders', { request: ['Authorization', 'X-Forwarded-User'] }),
      'spec.forwardHeaders.request[1]',
      'must not be a header of identity',
    ],
    [
      'a header with an underscore in its name',
      set('forwardHeaders', { response: ['x_job'] }),
      'spec.forwardHeaders.response[0]',
      'must be the name of a header',
    ],
    ...[
      '*',
      'null',
      'reports.example.com',
      'http://reports.example.com',
      'https://',
      'https://*.example.com',
      'https://reports.example.com/a',
      'https://reports.example.com?x=1',
      'https://ada@reports.example.com',
    ].map(
      (origin) =>
        [
          `the origin ${origin}`,
          set('allowedOrigins', ['https://Reports.example.com:8443/', origin]),
          'spec.allowedOrigins[1]',
          'must be an origin, https://, a host and perhaps a port',
        ] as const,
    ),
    ...['Ecase.internal', 'ecase.internal:443', '10.0.0.1'].map(
      (serverName) =>
        [
          `the TLS name ${serverName}`,
          set('tls', { serverName }),
          'spec.tls.serverName',
          'must be a DNS name',
        ] as const,
    ),
    [
      'an authority in no ConfigMap',
      set('tls', { caRef: { name: 'ca/x', key: 'ca.crt' } }),
      'spec.tls.caRef.name',
      'must be a name as Kubernetes objects have it',
    ],
    [
      'an authority under no key',
      set('tls', { caRef: { name: 'ca', key: 'a b' } }),
      'spec.tls.caRef.key',
      'must have letters, digits, -, _ and . only',
    ],
    [
      'TLS without an authority by key',
      set('tls', { caRef: { name: 'ca' } }),
      'spec.tls.caRef.key',
      'Required value',
    ],
    [
      'readings that are older than five seconds',
      set('freshness', { maxStalenessSeconds: 6 }),
      'spec.freshness.maxStalenessSeconds',
      'in body should be',
    ],
    ...[0, 3601].map(
      (firstByteSeconds) =>
        [
          `an answer that may take ${firstByteSeconds} seconds`,
          set('timeouts', { firstByteSeconds }),
          'spec.timeouts.firstByteSeconds',
          'in body should be',
        ] as const,
    ),
    [
      'a route whose uploads may not stand still at all',
      set('routes', [{ ...oneRoute, timeouts: { uploadIdleSeconds: 0 } }]),
      'spec.routes[0].timeouts.uploadIdleSeconds',
      'in body should be',
    ],
    ...[
      'jobs',
      '/jobs/../admin',
      '/jobs?x=1',
      '/jobs/*/x',
      '/jobs//x',
      '/jobs/%2e',
      '/jobs/{a',
      '/jobs/.',
    ].map(
      (path) =>
        [
          `the route path ${path}`,
          set('routes', [{ name: 'x', methods: ['GET'], path, module: 'M', action: 'Read' }]),
          'spec.routes[0].path',
          'must be an absolute path',
        ] as const,
    ),
    [
      'a demanded parameter without a name',
      set('routes', [{ ...oneRoute, query: [{ name: 'a' }, { value: 'x' }] }]),
      'spec.routes[0].query[1].name',
      'Required value',
    ],
    [
      'a parameter that is demanded twice',
      set('routes', [{ ...oneRoute, query: [{ name: 'a', value: 'x' }, { name: 'a' }] }]),
      'spec.routes[0].query[1]',
      'Duplicate value',
    ],
    [
      'a method parameter that is half allowed',
      set('routes', [{ ...oneRoute, methodParameter: 'Sometimes' }]),
      'spec.routes[0].methodParameter',
      'Unsupported value',
    ],
    [
      'a route that means nothing',
      set('routes', [{ name: 'x', methods: ['GET'], path: '/' }]),
      'spec.routes[0].module',
      'must name a module and an action',
    ],
    [
      'a Static route with an action',
      set('routes', [{ ...oneRoute, type: 'Static' }]),
      'spec.routes[0].type',
      'must not name a module, a sub-module or an action',
    ],
    [
      'a Static route that acts',
      set('routes', [{ name: 'x', type: 'Static', methods: ['GET', 'DELETE'], path: '/' }]),
      'spec.routes[0].methods',
      'must be GET and HEAD only',
    ],
    [
      'a type of body with parameters',
      set('routes', [{ ...oneRoute, contentTypes: ['text/plain; charset=utf-8'] }]),
      'spec.routes[0].contentTypes[0]',
      'must be a media type in lower case without parameters',
    ],
    [
      'a recorded placeholder in braces',
      set('routes', [{ ...oneRoute, recorded: ['{id}'] }]),
      'spec.routes[0].recorded[0]',
      'must be the name of a placeholder without its braces',
    ],
    [
      'a protocol that nothing speaks',
      set('routes', [{ ...oneRoute, upgrade: 'h2c' }]),
      'spec.routes[0].upgrade',
      'Unsupported value',
    ],
    [
      'a method that nothing reads',
      set('routes', [{ name: 'x', methods: ['TRACE'], path: '/', module: 'M', action: 'Read' }]),
      'spec.routes[0].methods[0]',
      'Unsupported value',
    ],
  ]),
  ...breaking(supportCase, [
    [
      'one contact twice',
      set('contacts', [{ name: 'grace' }, { name: 'grace' }]),
      'spec.contacts',
      'must not name one administrator twice',
    ],
  ]),
];
