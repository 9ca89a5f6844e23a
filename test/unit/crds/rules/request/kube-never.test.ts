import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../crds/rules/access.ts';
import { matrixInForce } from '../../../../../crds/rules/matrix/matrix.ts';
import { isProblem } from '../../../../../crds/rules/problem.ts';
import { whyNeverServed } from '../../../../../crds/rules/request/kube-never.ts';
import { kubeRequestOf } from '../../../../../crds/rules/request/kube-request.ts';
import { askOn, where } from '../../../../kit/objects/ask.ts';
import { aMatrix } from '../../../../kit/objects/matrix.ts';
import { modified } from '../../../../kit/objects/object.ts';

/** Everything to everyone, as no matrix that admission takes could say. */
const everything = {
  apiGroups: ['', 'apps', 'rbac.authorization.k8s.io', 'certificates.k8s.io', 'supportaccess.dev'],
  resources: [
    'pods',
    'pods/exec',
    'pods/attach',
    'pods/portforward',
    'pods/proxy',
    'pods/ephemeralcontainers',
    'services/proxy',
    'secrets',
    'serviceaccounts',
    'serviceaccounts/token',
    'nodes',
    'nodes/proxy',
    'rolebindings',
    'certificatesigningrequests',
    'supportaccessgrants',
    'deployments',
  ],
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'proxy'],
};

const inEcase = '/api/v1/namespaces/ecase';
const never: Readonly<Record<string, string>> = {
  [`GET ${inEcase}/secrets/s`]: 'holds credentials',
  [`GET ${inEcase}/secrets`]: 'holds credentials',
  [`GET ${inEcase}/serviceaccounts`]: 'is an identity',
  [`POST ${inEcase}/serviceaccounts/a/token`]: 'makes tokens',
  [`GET ${inEcase}/pods/p/proxy`]: 'reaches any port of a pod, a Service or a node',
  [`GET ${inEcase}/services/s/proxy/x`]: 'reaches any port of a pod, a Service or a node',
  [`GET /api/v1/proxy/namespaces/ecase/pods/p`]: 'is an old form of another request',
  [`GET /api/v1/watch/namespaces/ecase/pods`]: 'is an old form of another request',
  'GET /api/v1/nodes': 'is of the whole cluster, and leads to its kubelet',
  'GET /api/v1/nodes/n/metrics': 'is of the whole cluster, and leads to its kubelet',
  [`GET ${inEcase}/pods/p/exec`]: 'opens a stream in which nothing could be masked',
  [`POST ${inEcase}/pods/p/attach`]: 'opens a stream in which nothing could be masked',
  [`GET ${inEcase}/pods/p/portforward`]: 'opens a stream in which nothing could be masked',
  [`PATCH ${inEcase}/pods/p/ephemeralcontainers`]: 'opens a stream in which nothing could be masked',
  [`GET /apis/rbac.authorization.k8s.io/v1/namespaces/ecase/rolebindings`]: 'gives rights away',
  [`GET /apis/certificates.k8s.io/v1/namespaces/ecase/certificatesigningrequests`]:
    'makes client certificates',
  [`GET /apis/supportaccess.dev/v1beta1/namespaces/ecase/supportaccessgrants`]:
    'governs support access itself',
  [`DELETE ${inEcase}/pods/p`]: 'changes something, and only get, list and watch are served',
  [`DELETE ${inEcase}/pods`]: 'changes something, and only get, list and watch are served',
  [`POST ${inEcase}/pods`]: 'changes something, and only get, list and watch are served',
  [`PUT ${inEcase}/pods/p`]: 'changes something, and only get, list and watch are served',
  [`PATCH ${inEcase}/pods/p`]: 'changes something, and only get, list and watch are served',
  [`OPTIONS ${inEcase}/pods/p`]: 'changes something, and only get, list and watch are served',
};

function decidedOn(line: string) {
  const [method = '', target = ''] = line.split(' ');
  const kubeRequest = kubeRequestOf(method, target);
  if (isProblem(kubeRequest)) throw new Error(kubeRequest.rule);
  const matrix = { ...matrixInForce(aMatrix()), rules: [everything] };
  const decision = decide(modified(askOn('kube-api'), [where({ kubeRequest, matrix })]));
  return { kubeRequest, decision };
}

describe('what is never served at the Kubernetes API, whatever a matrix says', () => {
  it.each(Object.entries(never))('CC-5 is %s, because it %s', (line, why) => {
    const { kubeRequest, decision } = decidedOn(line);
    expect(whyNeverServed(kubeRequest)).toBe(why);
    expect(decision).toMatchObject({
      allow: false,
      reason: 'ActionNotAllowed',
      check: 'kubeRequestIsPermitted',
    });
  });

  it.each([`GET ${inEcase}/pods`, `GET ${inEcase}/pods?watch=1`, `HEAD ${inEcase}/pods/p`])(
    'is not %s',
    (line) => {
      expect(decidedOn(line).decision).toMatchObject({ allow: true });
    },
  );
});
