/** What the pod of `helm test` must not be able to do: it runs when a person calls it, and its account is there always. */
import { defaultNamespaces } from '../../../crds/names.ts';
import { aMatrix } from '../objects/matrix.ts';
import type { ActRequest, ForbiddenAct } from './forbidden-act.ts';
import { deleting, patching, posting, reading, updating } from './forbidden-act.ts';
import { matrixRole, ours, paths, victim } from './scene.ts';

const { release } = defaultNamespaces;
const matrices = `${ours}/supportpermissionmatrices`;
const { apiVersion, kind, spec } = aMatrix();
// Its name ends in the revision of its spec: what breaks a rule of its kind is refused before any policy is asked.
const matrix = { apiVersion, kind, metadata: { name: `mine-${spec.revision}` }, spec };

const byRBAC = (act: string, gain: string, request: ActRequest): ForbiddenAct => ({
  act,
  gain,
  stoppedBy: 'RBAC',
  request,
});

const byPolicy = (act: string, request: ActRequest): ForbiddenAct => ({
  act,
  gain: 'offer rights of its own choice to whoever writes a grant',
  stoppedBy: 'support-access-test',
  request,
});

const learning: readonly ForbiddenAct[] = [
  ...[
    'supportaccessgrants',
    'supportapplications',
    'supportsessions',
    'supportusers',
    'supportaccesslocks',
    'supportpermissionmatrices',
    'supportaccesspolicies',
  ].map((plural) => byRBAC(`list ${plural}`, 'learn who may reach what', reading(`${ours}/${plural}`))),
  byRBAC(
    'read another ConfigMap of ours',
    'learn settings that it has no use for',
    reading(`${paths.releaseConfigMaps}/support-access-hosts`),
  ),
  byRBAC('list pods', 'learn what runs in the cluster', reading(`/api/v1/namespaces/${victim}/pods`)),
];

const changing: readonly ForbiddenAct[] = [
  byPolicy('make a matrix', posting(matrices, matrix)),
  byRBAC('make a matrix by an apply', 'go round the policy that lets dry runs pass only', {
    method: 'PATCH',
    path: `${matrices}/${matrix.metadata.name}?fieldManager=x&force=true`,
    body: matrix,
    contentType: 'application/apply-patch+yaml',
  }),
  byRBAC('change a matrix', 'widen what people may do', patching(`${matrices}/ecase-1`, { spec: {} })),
  byRBAC('delete a matrix', 'close every grant of it', deleting(`${matrices}/ecase-1`)),
  byRBAC(
    'give a matrix Kubernetes rights',
    'hold what no matrix says',
    patching(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${matrixRole}`, { rules: [] }),
  ),
  byRBAC(
    'take the operator’s lease',
    'keep the operator from working',
    updating(`${paths.leases}/support-access-operator`, { spec: { holderIdentity: 'x' } }),
  ),
  byRBAC(
    'change the certificate of admission and records',
    'be taken for them',
    patching(`${paths.releaseConfigMaps}/support-access-ca`, { data: {} }),
  ),
  byRBAC(
    'change the configuration of our webhook',
    'have enabling and widening go unjudged',
    patching(paths.webhookConfiguration, { webhooks: [] }),
  ),
  byRBAC(
    'delete the volume of the records',
    'lose the records',
    deleting(`/api/v1/namespaces/${release}/persistentvolumeclaims/support-access-records`),
  ),
];

export const installationTest: readonly ForbiddenAct[] = [...learning, ...changing];
