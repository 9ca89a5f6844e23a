/** Generated requests to the Kubernetes API: plain ones, old forms, and what clients and attackers write besides. */
import * as fc from 'fast-check';

export interface WrittenRequest {
  readonly method: string;
  readonly target: string;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const name = fc.constantFrom(
  'web-1',
  'a.b',
  'status',
  'proxy',
  'watch',
  'namespaces',
  'Web',
  'x%2Fy',
  '%70od',
  '..',
  '',
  '%C5%A1',
);
const resource = fc.constantFrom(
  'pods',
  'configmaps',
  'secrets',
  'namespaces',
  'nodes',
  'deployments',
  'PODS',
  'serviceaccounts',
  'events',
  '%6eodes',
);
const subresource = fc.constantFrom(
  'status',
  'log',
  'exec',
  'proxy',
  'scale',
  'token',
  'finalize',
  'a/b/c',
  '',
);
const group = fc.constantFrom(
  'apps',
  'batch',
  'rbac.authorization.k8s.io',
  'supportaccess.dev',
  '',
  '%61pps',
);
const version = fc.constantFrom('v1', 'v1beta1', '', 'V1');

const place = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('namespaces/team-a/', 'namespaces/team-b/') },
  fc.constantFrom('', 'namespaces//', 'NAMESPACES/team-a/', 'namespaces/team-a', 'namespaces/%74eam-a/'),
);
const verb = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  fc.constantFrom('watch/', 'proxy/', 'Watch/'),
);
const objectPath = fc
  .tuple(
    verb,
    place,
    resource,
    fc.option(name, { nil: undefined }),
    fc.option(subresource, { nil: undefined }),
  )
  .map(([before, where, what, named, below]) =>
    [
      `${before}${where}${what}`,
      ...[named, named === undefined ? undefined : below].filter((each) => each !== undefined),
    ].join('/'),
  );
const prefix = fc.oneof(
  { weight: 4, arbitrary: fc.constant('/api/v1/') },
  fc.tuple(group, version).map(([of, at]) => `/apis/${of}/${at}/`),
  version.map((at) => `/api/${at}/`),
  fc.constantFrom('/API/v1/', '//api/v1/', '/api//v1/', '/%61pi/v1/', '/api/v1/./', '/api/v1/../v1/'),
);
const otherPath = fc.constantFrom(
  '/',
  '/api',
  '/apis',
  '/apis/apps',
  '/apis/apps/v1',
  '/version',
  '/healthz',
  '/openapi/v3',
  '/api/v1',
  '/api/',
  '/metrics/x/y',
  '/apis//',
);

const parameter = fc.oneof(
  fc.constantFrom(
    'watch',
    'watch=',
    'watch=true',
    'watch=1',
    'watch=false',
    'watch=0',
    'watch=False',
    'watch=no',
    'WATCH=true',
    'w%61tch=1',
    'watch=%',
    'watch=1;x',
  ),
  fc.constantFrom(
    'limit=500',
    'limit=x',
    'limit=',
    'limit=-1',
    'timeoutSeconds=30',
    'resourceVersion=0',
    'continue=abc',
  ),
  fc.constantFrom(
    'fieldSelector=metadata.name%3Dweb-1',
    'fieldSelector=metadata.name==a.b',
    'fieldSelector=metadata.name!=web-1',
    'fieldSelector=status.phase=Running,metadata.name=web-1',
    'fieldSelector=metadata.name=..',
    'fieldSelector=metadata.name=x%2Fy',
    'fieldSelector=x',
    'fieldSelector=metadata.name=a%5C,b',
    'fieldSelector=',
  ),
  fc.constantFrom(
    'labelSelector=app=web',
    'labelSelector=app',
    'labelSelector=!app',
    'labelSelector=app+in+(a,b)',
    'labelSelector=%21%21',
    'labelSelector=a=b,c!=d',
    'labelSelector=app%3D',
    'labelSelector=-x=y',
  ),
);
const query = fc
  .array(parameter, { maxLength: 3 })
  .map((parameters) => (parameters.length === 0 ? '' : `?${parameters.join('&')}`));
const end = fc.oneof({ weight: 6, arbitrary: fc.constant('') }, fc.constantFrom('/', '//'));

/** A request as its line says it. */
export const writtenRequests: fc.Arbitrary<WrittenRequest> = fc
  .tuple(
    fc.constantFrom(...methods),
    fc.oneof(
      { weight: 8, arbitrary: fc.tuple(prefix, objectPath).map(([before, path]) => before + path) },
      otherPath,
    ),
    end,
    query,
  )
  .map(([method, path, after, parameters]) => ({ method, target: `${path}${after}${parameters}` }));
