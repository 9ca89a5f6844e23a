/** What is refused, with what its record says of it. */
export const beyond: Readonly<Record<string, readonly [line: string, reason: string, detail: RegExp]>> = {
  'another namespace': [
    'GET /api/v1/namespaces/default/pods',
    'ActionNotAllowed',
    /outside the grant's namespace ecase/,
  ],
  'all namespaces': ['GET /api/v1/pods', 'ActionNotAllowed', /of the cluster is outside/],
  'what the matrix does not name': [
    'GET /api/v1/namespaces/ecase/services',
    'ActionNotAllowed',
    /do not give list of services/,
  ],
  'another object than the named one': [
    'GET /apis/apps/v1/namespaces/ecase/deployments/other',
    'ActionNotAllowed',
    /do not give get of deployments/,
  ],
  'all where one is named': [
    'GET /apis/apps/v1/namespaces/ecase/deployments',
    'ActionNotAllowed',
    /do not give list/,
  ],
  secrets: ['GET /api/v1/namespaces/ecase/secrets', 'ActionNotAllowed', /never served: it holds credentials/],
  'a token': [
    'POST /api/v1/namespaces/ecase/serviceaccounts/default/token',
    'ActionNotAllowed',
    /it makes tokens/,
  ],
  'rights about rights': [
    'GET /apis/rbac.authorization.k8s.io/v1/namespaces/ecase/rolebindings',
    'ActionNotAllowed',
    /it gives rights away/,
  ],
  'the kinds of support access': [
    'GET /apis/supportaccess.dev/v1beta1/namespaces/ecase/supportaccessgrants',
    'ActionNotAllowed',
    /governs support access itself/,
  ],
  'a proxy': ['GET /api/v1/namespaces/ecase/pods/web-1/proxy', 'ActionNotAllowed', /reaches any port/],
  'an old proxy': ['GET /api/v1/proxy/namespaces/ecase/pods/web-1', 'ActionNotAllowed', /an old form/],
  'an old watch': ['GET /api/v1/watch/namespaces/ecase/pods', 'ActionNotAllowed', /an old form/],
  'a node': ['GET /api/v1/nodes/n', 'ActionNotAllowed', /of the whole cluster/],
  'a deletion': [
    'DELETE /api/v1/namespaces/ecase/pods/web-1',
    'ActionNotAllowed',
    /only get, list and watch/,
  ],
  'the deletion of all': [
    'DELETE /api/v1/namespaces/ecase/pods',
    'ActionNotAllowed',
    /only get, list and watch/,
  ],
  'a path that is no discovery': ['GET /metrics', 'ActionNotAllowed', /no address of discovery/],
  'the discovery of a group that is not given': ['GET /apis/batch/v1', 'ActionNotAllowed', /name nothing of/],
  'upper case': ['GET /api/v1/namespaces/ecase/Pods', 'BadRequest', /lower-case names/],
  'an encoding': ['GET /api/v1/namespaces/ecase/p%6fds', 'BadRequest', /without an encoding/],
  'a slash at the end': ['GET /api/v1/namespaces/ecase/pods/', 'BadRequest', /slash at its end/],
  'two slashes': ['GET /api/v1//namespaces/ecase/pods', 'BadRequest', /single slashes/],
  'an unknown parameter': [
    'GET /api/v1/namespaces/ecase/pods?dryRun=All',
    'BadRequest',
    /no parameter but those of reads/,
  ],
  'a parameter twice': [
    'GET /api/v1/namespaces/ecase/pods?watch=0&watch=1',
    'BadRequest',
    /each parameter once/,
  ],
  'an encoded parameter': ['GET /api/v1/namespaces/ecase/pods?w%61tch=1', 'BadRequest', /no parameter but/],
  'a selector that says nothing': [
    'GET /api/v1/namespaces/ecase/pods?labelSelector=((',
    'BadRequest',
    /label selector in its plain form/,
  ],
};
