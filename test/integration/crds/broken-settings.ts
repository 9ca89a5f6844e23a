/** Every way to break a rule of policies and cases, and the ways of applications at their creation. */
import { policy, supportCase } from '../../kit/objects/valid-objects.ts';
import { type Broken, badAddresses, breaking, host, named, set } from './breaking.ts';
import { brokenApplications } from './broken-applications.ts';

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
        ['notices.recipients', 'security@example.com'],
        ['notices.events', 'GrantOpened'],
        ['notices.allowedInnerCIDRs', '10.0.0.0/24'],
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
      'a date in words from which the permission is asked for',
      set('cases', { caseAdminRequiredTime: 'tomorrow' }),
      'spec.cases.caseAdminRequiredTime',
      'must be an instant such as 2026-12-01T08:00:00Z',
    ],
    [
      'an elevated contact who is no administrator',
      set('cases.elevatedContacts', ['eve']),
      'spec.cases.elevatedContacts',
      'must be names of entries of `administrators` that have a `user`',
    ],
    [
      'a mail server with a port in its name',
      set('notices.mail', { host: 'smtp.example.com:587', from: 's@example.com' }),
      'spec.notices.mail.host',
      'must be an IP address, or a DNS name in lower case without a port',
    ],
    [
      'a private key for the authority of a mail server',
      set('notices.mail', { host: 'smtp', from: 's@example.com', ca: '-----BEGIN PRIVATE KEY-----' }),
      'spec.notices.mail.ca',
      'must be certificates and not a private key',
    ],
    [
      'credentials that would go out in the clear',
      set('notices.mail', {
        host: 'smtp',
        from: 's@example.com',
        tls: 'Disabled',
        credentialsSecretRef: { name: 'smtp' },
      }),
      'spec.notices.mail.credentialsSecretRef',
      'must not be given with `tls` Disabled',
    ],
    [
      'a sender with a name',
      set('notices.mail', { host: 'smtp', from: 'Support <s@example.com>' }),
      'spec.notices.mail.from',
      'must be one plain e-mail address',
    ],
    ...(
      [
        ['a line break', 'a@example.com\r\nBcc: eve@example.com'],
        ['a quoted local part', '"a b"@example.com'],
        ['two addresses', 'a@example.com,eve@example.com'],
        ['an address without a domain', 'grace@'],
      ] as const
    ).map(
      ([what, address]) =>
        [
          `${what} as a recipient of notices`,
          set('notices.recipients', [address]),
          'spec.notices.recipients[0]',
          'must be one plain e-mail address',
        ] as const,
    ),
    [
      'a Secret with a name that none can have',
      set('notices.mail', { host: 'smtp', from: 's@example.com', credentialsSecretRef: { name: 'a b' } }),
      'spec.notices.mail.credentialsSecretRef.name',
      'must be a name as Kubernetes objects have it',
    ],
    [
      'two webhooks of one name',
      set('notices.webhooks', [
        { name: 'tickets', url: 'https://a.example.com/' },
        { name: 'tickets', url: 'https://b.example.com/' },
      ]),
      'spec.notices.webhooks',
      'must not have two entries of one name',
    ],
    [
      'a webhook without an address',
      set('notices.webhooks', [{ name: 'tickets' }]),
      'spec.notices.webhooks[0].url',
      'must have a `url`, or a `secretRef` to a Secret with one',
    ],
    [
      'a webhook in the clear',
      set('notices.webhooks', [{ name: 'tickets', url: 'http://tickets.example.com/' }]),
      'spec.notices.webhooks[0].url',
      'must be an https URL',
    ],
    [
      'a webhook with a name of two words',
      set('notices.webhooks', [{ name: 'our tickets', url: 'https://tickets.example.com/' }]),
      'spec.notices.webhooks[0].name',
      'must have lower-case letters, digits and - only',
    ],
    [
      'a private key for the authority of a webhook',
      set('notices.webhooks', [{ name: 'a', url: 'https://a.example', ca: 'BEGIN PRIVATE KEY' }]),
      'spec.notices.webhooks[0].ca',
      'must be certificates and not a private key',
    ],
    [
      'an inner address that is none',
      set('notices.allowedInnerCIDRs', ['inside']),
      'spec.notices.allowedInnerCIDRs[0]',
      'must be an IP address or a CIDR',
    ],
    [
      'a time zone that is a sentence',
      set('notices.timeZone', 'our time'),
      'spec.notices.timeZone',
      'must be the name of a time zone',
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
  ...brokenApplications,
  ...breaking(supportCase, [
    [
      'one contact twice',
      set('contacts', [{ name: 'grace' }, { name: 'grace' }]),
      'spec.contacts',
      'must not name one administrator twice',
    ],
  ]),
];
