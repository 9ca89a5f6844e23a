/**
 * Encryption at rest is renewed, and storage is migrated, by reading every object and putting it back as it is. No policy of
 * the product may stop that, with a grant open, and nothing may close or open by it. Real kubectl, as a cluster administrator.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../../../crds/kinds.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { type Caller, callerOf } from '../../kit/control-plane/caller.ts';
import { type GrantSetting, grantOf, lock, putAll } from '../../kit/installation/grant-setting.ts';
import { releaseNamespace } from '../../kit/installation/install.ts';
import { session } from '../../kit/objects/valid-objects.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });

/** What the policies are asked about when an object is updated; `x/status` is a part of one. A test compares with the policies. */
const judged = [
  'clusterrolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'configmaps',
  'leases.coordination.k8s.io',
  'namespaces',
  'rolebindings.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'secrets',
  'serviceaccounts',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  ...Object.values(kinds).flatMap(({ plural, group }) => [`${plural}.${group}`, `${plural}.${group}/status`]),
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
].sort();

/** A token is only made, and all of our group is tried kind by kind. */
const triedOtherwise = ['serviceaccounts/token', '*.supportaccess.dev/*'];

interface Policies {
  readonly items: readonly {
    readonly spec: {
      readonly matchConstraints: {
        readonly resourceRules: readonly {
          readonly apiGroups: readonly string[];
          readonly operations: readonly string[];
          readonly resources: readonly string[];
        }[];
      };
    };
  }[];
}

let clusterAdmin: string;
let setting: GrantSetting;
let gateway: Caller;

beforeAll(async () => {
  const { controlPlane } = operated;
  clusterAdmin = await controlPlane.userKubeconfig('cluster-admin');
  const bind = ['create', 'clusterrolebinding', 'cluster-admin-of-test', '--clusterrole=cluster-admin'];
  await controlPlane.kubectl([...bind, '--user=cluster-admin']);
  setting = await operated.aSetting();
  await putAll(setting);
  await lock(setting.admin, 'ns.elsewhere');
  const { namespace } = setting;
  const input = JSON.stringify({
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportCase',
    metadata: { name: 'stuck', namespace },
    spec: { subject: 'Mail jobs are stuck', owner: 'cluster-admin' },
  });
  await controlPlane.kubectl(['create', '-f', '-'], { kubeconfig: clusterAdmin, input });
  const account = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway');
  gateway = callerOf(account.kubeconfig);
});

/** Of a grant that is not there: the operator ends it after some seconds, and until then it can be put back. */
async function makeSession(name: string): Promise<void> {
  const { namespace } = setting;
  const body = { ...session.base(), metadata: { name, namespace } };
  const path = `/apis/supportaccess.dev/v1beta1/namespaces/${namespace}/supportsessions`;
  const made = await gateway('POST', path, { body });
  expect(made.status, made.text).toBe(201);
}

/** Reads all objects of a resource and puts them back; a write of ours that comes in between is met by reading again. */
async function putBack(resource: string): Promise<number> {
  const [name = '', part] = resource.split('/');
  const options = { kubeconfig: clusterAdmin };
  const { stdout } = await operated.controlPlane.kubectl(['get', name, '-A', '-o', 'json'], options);
  const found = (JSON.parse(stdout) as { items: readonly unknown[] }).items.length;
  if (found === 0) return 0;
  const subresource = part === undefined ? [] : [`--subresource=${part}`];
  await operated.controlPlane.kubectl(['replace', ...subresource, '-f', '-'], { ...options, input: stdout });
  return found;
}

describe('an update that changes nothing', () => {
  it.each(judged.map((resource) => [resource]))('of %s passes every policy', async (resource) => {
    const before = await grantOf(setting);
    if (resource.startsWith('supportsessions')) await makeSession(`s-${resource.length}`);
    const found = await eventually(() => putBack(resource), { within: 30_000 });
    // no webhook is registered here; of its configuration a test of admission says the same
    if (!/^(?:mutating|validating)webhook/.test(resource)) expect(found).toBeGreaterThan(0);
    const after = await grantOf(setting);
    expect(after.status?.activeReason).toBe('Open');
    expect(after.status?.opening).toEqual(before.status?.opening);
  });

  it('is tried here of all that a policy is asked about', async () => {
    const { stdout } = await operated.controlPlane.kubectl([
      'get',
      'validatingadmissionpolicies',
      '-o',
      'json',
    ]);
    const rules = (JSON.parse(stdout) as Policies).items.flatMap(
      ({ spec }) => spec.matchConstraints.resourceRules,
    );
    const asked = rules
      .filter(({ operations }) => operations.includes('UPDATE'))
      .flatMap(({ apiGroups: [group = ''], resources }) =>
        resources.map((resource) => {
          const [name = '', part] = resource.split('/');
          return `${name}${group === '' ? '' : `.${group}`}${part === undefined ? '' : `/${part}`}`;
        }),
      );
    expect(
      [...new Set(asked)].filter((resource) => ![...judged, ...triedOtherwise].includes(resource)),
    ).toEqual([]);
  });
});
