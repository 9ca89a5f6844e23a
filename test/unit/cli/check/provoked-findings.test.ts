/** Findings of `check` that no installation of the tests has by itself: each provoked by what an API server says. */
import { describe, expect, it } from 'vitest';
import { judgeStatus } from '../../../../cli/check/records.ts';
import { call } from '../../../kit/cli/call.ts';
import { rowsOf } from '../../../kit/cli/check-table.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { problemComplaints } from '../../../kit/messages/good-message.ts';

const group = '/apis/supportaccess.dev';
const apps = '/apis/apps/v1/namespaces/support-access/deployments';

/** What an API server has, by path; `403` for what the caller may not look at. Nothing else is there. */
type There = Readonly<Record<string, object | number>>;

async function rows(there: There) {
  const { options } = await scriptedServer((asked): Reply => {
    const path = asked.replace(/^[A-Z]+ /, '');
    const found = there[path];
    if (typeof found === 'number') return failure(found, 'not for you');
    if (found !== undefined) return [200, found];
    return path.endsWith('s') ? listOf() : failure(404, 'none', path.split('/').at(-1));
  });
  return rowsOf(await call(['check', ...options, '-n', 'support-access'], { columns: 1000 }));
}

const listOf = (...items: readonly object[]): Reply => [200, { metadata: { resourceVersion: '1' }, items }];

const before = { [group]: 404 };
const after = { [group]: { versions: [] } };

describe('check, before an installation,', () => {
  it.each<[string, There, string, string]>([
    [
      'a cluster without a usual storage class',
      { '/apis/storage.k8s.io/v1/storageclasses': { metadata: {}, items: [{ metadata: { name: 'slow' } }] } },
      'storage class',
      'none of slow is the default: name one in webhook.persistence.storageClassName',
    ],
    [
      'storage classes that the caller may not list',
      { '/apis/storage.k8s.io/v1/storageclasses': 403 },
      'storage class',
      'you may not list StorageClasses: ask a cluster administrator to look',
    ],
    [
      'a namespace without pod security',
      { '/api/v1/namespaces/support-access': { metadata: { name: 'support-access' } } },
      'namespace',
      'support-access enforces no level of pod security: run kubectl label --overwrite namespace support-access pod-security.kubernetes.io/enforce=restricted',
    ],
    [
      'a namespace with less pod security',
      {
        '/api/v1/namespaces/support-access': {
          metadata: { name: 'support-access', labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
        },
      },
      'namespace',
      'support-access enforces the level baseline of pod security: run kubectl label --overwrite namespace support-access pod-security.kubernetes.io/enforce=restricted',
    ],
    [
      'a version that is none',
      { '/version': { gitVersion: 'x' } },
      'Kubernetes',
      '"x" is no version that is known; tested are 1.35 to 1.37',
    ],
    [
      'a version that is old',
      { '/version': { gitVersion: 'v1.33.2' } },
      'Kubernetes',
      'v1.33.2 is older than what is tested: take a cluster of 1.35 or newer; tested are 1.35 to 1.37',
    ],
    [
      'a cluster without the API of admission',
      { '/apis/admissionregistration.k8s.io/v1': 404 },
      'admission API',
      'admissionregistration.k8s.io/v1 is not served: upgrade the cluster (404)',
    ],
    [
      'kinds that the caller may not list',
      { '/apis/rbac.authorization.k8s.io/v1/clusterroles': 403 },
      'names',
      'you may not list clusterroles: ask a cluster administrator to look',
    ],
  ])('says of %s what to do', async (...[, there, what, says]) => {
    const found = (await rows({ ...before, ...there }))[what]?.[1];
    expect(found).toBe(says);
    if (!says.startsWith('you may not')) expect(problemComplaints(says)).toEqual([]);
  });
});

describe('check, of an installation,', () => {
  const deployment = (status: object, labels: object = {}) => ({
    metadata: { name: 'x', labels },
    spec: { replicas: 2 },
    status,
  });

  it('says of programs that are missing, old, or half upgraded what to do', async () => {
    const found = await rows({
      ...after,
      [`${apps}/support-access-webhook`]: deployment(
        { readyReplicas: 2, updatedReplicas: 2 },
        { 'app.kubernetes.io/version': '0.0.1' },
      ),
      [`${apps}/support-access-gateway`]: deployment({ readyReplicas: 2, updatedReplicas: 1 }),
    });
    expect(found['operator']).toEqual([
      'failed',
      'no Deployment support-access-operator in namespace support-access; where the release is elsewhere, name it with --namespace',
    ]);
    expect(found['webhook']?.[1]).toMatch(
      /^2 of 2 ready, of version 0\.0\.1; this program is of [0-9.]+: upgrade the release as a whole$/,
    );
    expect(found['gateway']?.[1]).toContain(
      '2 of 2 ready, 1 of them of an older release; see why with kubectl -n support-access describe deployment',
    );
  });

  it('says how the records can be called, and who may look at their readers', async () => {
    const found = await rows({ ...after, '/api/v1/namespaces/support-access/serviceaccounts': 403 });
    expect(found['records']?.[1]).toContain(
      'not called; give --token-file with a token for the audience support-access, or run helm test',
    );
    expect(found['record readers']?.[1]).toBe(
      'you may not list accounts, roles and bindings: ask a cluster administrator to look',
    );
  });

  it('says of a token that the records refuse which one they want', () => {
    expect(judgeStatus(401).says).toBe(
      'reached, but they do not accept the token; give one for the audience support-access that has not expired',
    );
    expect([200, 403, 500].map((status) => judgeStatus(status).state)).toEqual(['ok', 'ok', 'failed']);
  });
});
