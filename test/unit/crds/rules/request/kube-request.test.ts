import { describe, expect, it } from 'vitest';
import { type KubeRequest, kubeRequestOf } from '../../../../../crds/rules/request/kube-request.ts';

const read = (line: string): string => {
  const [method = '', target = ''] = line.split(' ');
  const request = kubeRequestOf(method, target);
  return 'rule' in request ? `not read: it ${request.rule}; ${request.fix}` : said(request);
};

function said({
  isResource,
  verb,
  path,
  group,
  resource,
  subresource,
  namespace,
  name,
}: KubeRequest): string {
  if (!isResource) return `${verb} ${path}`;
  const what = [group === '' ? resource : `${resource}.${group}`, subresource].filter((part) => part !== '');
  return `${verb} ${what.join('/')} "${name}" in "${namespace}"`;
}

const cases: Readonly<Record<string, string>> = {
  'GET /api/v1/namespaces/a/pods': 'list pods "" in "a"',
  'HEAD /api/v1/namespaces/a/pods/p': 'get pods "p" in "a"',
  'GET /api/v1/namespaces/a/pods?watch=1': 'watch pods "" in "a"',
  'GET /api/v1/namespaces/a/pods?watch': 'watch pods "" in "a"',
  'GET /api/v1/namespaces/a/pods?watch=False': 'list pods "" in "a"',
  'GET /api/v1/namespaces/a/pods?watch=0&watch=1': 'list pods "" in "a"',
  'GET /api/v1/namespaces/a/pods/p?watch=1': 'get pods "p" in "a"',
  'GET /api/v1/watch/namespaces/a/pods': 'watch pods "" in "a"',
  'DELETE /api/v1/watch/namespaces/a/pods': 'watch pods "" in "a"',
  'GET /api/v1/namespaces/a/pods/p/log': 'get pods/log "p" in "a"',
  'GET /api/v1/namespaces/a/pods/p/proxy/x/y': 'get pods/proxy "p" in "a"',
  'GET /api/v1/proxy/namespaces/a/pods/p/x': 'proxy pods "p" in "a"',
  'GET /api/v1/namespaces/a': 'get namespaces "a" in "a"',
  'PUT /api/v1/namespaces/a/finalize': 'update namespaces/finalize "a" in "a"',
  'GET /api/v1/namespaces': 'list namespaces "" in ""',
  'DELETE /apis/apps/v1/namespaces/a/deployments': 'deletecollection deployments.apps "" in "a"',
  'POST /apis/apps/v1/namespaces/a/deployments': 'create deployments.apps "" in "a"',
  'PATCH /apis/apps/v1/namespaces/a/deployments/d/scale': 'patch deployments.apps/scale "d" in "a"',
  'OPTIONS /api/v1/nodes/n': ' nodes "n" in ""',
  'GET /api/v1/namespaces/%61/p%6fds/': 'list pods "" in "a"',
  'GET //api/v1/pods': 'list pods "" in ""',
  'GET /API/v1/pods': 'get /API/v1/pods',
  'GET /apis/apps/v1': 'get /apis/apps/v1',
  'GET /api/v1?watch=1': 'get /api/v1',
  'GET /api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dp': 'list pods "p" in "a"',
  'GET /api/v1/namespaces/a/pods?fieldSelector=spec.x=1,metadata.name==p&watch=true': 'watch pods "p" in "a"',
  'GET /api/v1/namespaces/a/pods?fieldSelector=metadata.name!=p': 'list pods "" in "a"',
  'GET /api/v1/namespaces/a/pods?fieldSelector=metadata.name=..': 'list pods "" in "a"',
  'GET /api/v1/namespaces/a/pods?labelSelector=app+in+(a,b),!c': 'list pods "" in "a"',
  'GET /api/v1/namespaces/a/pods?fieldSelector=metadata.name=a%5C,b':
    'not read: it must be a field selector in its plain form; write, for example, metadata.name=web-1',
  'GET /api/v1/namespaces/a/pods?labelSelector=((':
    'not read: it must be a label selector in its plain form; write, for example, app=web,tier!=db',
  'GET /api/v1/namespaces/a/pods?limit=1e3':
    'not read: it must give limit and timeoutSeconds as whole numbers; write it as kubectl does',
  'GET /api/v1/watch': 'not read: it must name a resource after "watch" or "proxy"; write it as kubectl does',
  'GET /api/v1/pods/%zz': 'not read: it must be percent-encoded correctly; write it as kubectl does',
};

describe('a request to the Kubernetes API, as the API server reads it', () => {
  it.each(Object.entries(cases))('%s is %s', (line, expected) => {
    expect(read(line)).toBe(expected);
  });
});
