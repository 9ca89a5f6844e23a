/** Every way to break a rule of applications at their creation. */
import { application } from '../../kit/objects/valid-objects.ts';
import { type Broken, breaking, host, set } from './breaking.ts';

const oneRoute = { name: 'x', methods: ['GET'], path: '/', module: 'M', action: 'Read' };

export const brokenApplications: readonly Broken[] = [
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
];
