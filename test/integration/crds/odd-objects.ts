/** What looks wrong and must be let through. */
import { application, grant, lock, policy } from '../../kit/objects/valid-objects.ts';
import { type Broken, breaking, named, set } from './breaking.ts';

/** The rules about its texts must stay within what the API server spends on one object. */
const longestRoute = (at: number) => ({
  name: `${at}`.padEnd(100, 'n'),
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  path: `/${at}`.padEnd(512, 'p'),
  query: Array.from({ length: 8 }, (_, nr) => ({ name: `${nr}`.padEnd(100, 'q'), value: 'v'.repeat(200) })),
  module: 'm'.repeat(100),
  subModule: 's'.repeat(100),
  action: 'a'.repeat(100),
});

export const oddObjects: readonly Pick<Broken, 'sentence' | 'kind' | 'change'>[] = [
  ...breaking(policy, [
    [
      'a Disabled policy with every cross-field fault',
      (spec) =>
        Object.assign(spec, {
          access: 'Disabled',
          session: { idleSeconds: 7200, absoluteSeconds: 3600 },
          duration: { minSeconds: 2, maxSeconds: 1 },
          network: { exposure: 'BehindProxy' },
          sso: { identityProvider: {} },
          rights: { toleratedBindings: [{ kind: 'RoleBinding', name: 'x' }] },
        }),
      '',
      '',
    ],
    [
      'plain http on loopback',
      set('sso.identityProvider', {
        entityID: 'x',
        signInURL: 'http://idp.localhost:8080/sso',
        certificates: ['-----BEGIN CERTIFICATE-----'],
      }),
      '',
      '',
    ],
    ['a policy that does not say access', set('access', undefined), '', ''],
    [
      'single addresses and ranges of both families',
      set('allowedCIDRs', ['192.0.2.1', '2001:db8::1', '0.0.0.0/0', '::/0', '203.0.113.7/32']),
      '',
      '',
    ],
  ]),
  ...breaking(grant, [
    [
      'a Disabled grant that ends before it starts',
      (spec) => Object.assign(spec, { access: 'Disabled', expirationTime: '2026-01-01T00:00:00Z' }),
      '',
      '',
    ],
    [
      'an expired grant',
      (spec) =>
        Object.assign(spec, { startTime: '2020-01-01T00:00:00Z', expirationTime: '2020-01-02T00:00:00Z' }),
      '',
      '',
    ],
    [
      'a grant without start, application or addresses',
      (spec) => {
        for (const field of ['startTime', 'applicationRef', 'allowedCIDRs', 'consent'])
          Reflect.deleteProperty(spec, field);
      },
      '',
      '',
    ],
  ]),
  ...breaking(application, [
    [
      'as many routes as there may be, each text and list as long as it may be',
      set(
        'routes',
        Array.from({ length: 500 }, (_, at) => longestRoute(at)),
      ),
      '',
      '',
    ],
  ]),
  ...breaking(
    lock,
    [
      'all',
      'ns.kube-system',
      `grant.${'0'.repeat(8)}-aaaa-4bbb-8ccc-${'d'.repeat(12)}`,
      `case.${'0'.repeat(8)}-aaaa-4bbb-8ccc-${'d'.repeat(12)}`,
    ].map((name) => [`a lock named ${name}`, named(name), '', ''] as const),
  ),
];
