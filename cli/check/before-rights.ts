/** May the caller install the product? Asked of the API server, one question for each sort of object that the chart has. */
import { SelfSubjectAccessReviews } from '../../kube/resources.ts';
import { type CheckDeps, failed, type InstallationCheck, ok } from './finding.ts';

interface Act {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly isNamespaced?: true;
}

const rbac = 'rbac.authorization.k8s.io';
const admission = 'admissionregistration.k8s.io';

/** THE list of what an installation makes; a test compares it with what the chart renders. */
export const installing: readonly Act[] = [
  { verb: 'create', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
  { verb: 'create', group: rbac, resource: 'clusterroles' },
  { verb: 'create', group: rbac, resource: 'clusterrolebindings' },
  { verb: 'create', group: admission, resource: 'validatingwebhookconfigurations' },
  { verb: 'create', group: admission, resource: 'mutatingwebhookconfigurations' },
  { verb: 'create', group: admission, resource: 'validatingadmissionpolicies' },
  { verb: 'create', group: admission, resource: 'validatingadmissionpolicybindings' },
  { verb: 'create', group: 'flowcontrol.apiserver.k8s.io', resource: 'flowschemas' },
  { verb: 'create', group: 'flowcontrol.apiserver.k8s.io', resource: 'prioritylevelconfigurations' },
  { verb: 'create', group: '', resource: 'namespaces' },
  // The roles give rights that the caller may not have; who has the verb may give them all the same.
  { verb: 'escalate', group: rbac, resource: 'clusterroles' },
  { verb: 'bind', group: rbac, resource: 'clusterroles' },
  ...(
    [
      ['apps', 'deployments'],
      ['', 'services'],
      ['', 'serviceaccounts'],
      ['', 'configmaps'],
      ['', 'secrets'],
      ['', 'persistentvolumeclaims'],
      ['networking.k8s.io', 'networkpolicies'],
      ['policy', 'poddisruptionbudgets'],
      [rbac, 'roles'],
      [rbac, 'rolebindings'],
    ] as const
  ).map(([group, resource]): Act => ({ verb: 'create', group, resource, isNamespaced: true })),
];

export const installerRights: InstallationCheck = {
  what: 'your rights',
  async look(deps) {
    const answers = await Promise.all(
      installing.map(async (act) => ({ act, isAllowed: await mayI(deps, act) })),
    );
    const missing = answers.filter(({ isAllowed }) => !isAllowed).map(({ act }) => inWords(act));
    if (missing.length === 0) return ok('you may install it');
    return failed(
      `you may not ${missing.join(', ')}: ask one to install it who is bound to the ClusterRole cluster-admin`,
    );
  },
};

async function mayI(
  { client, namespace }: CheckDeps,
  { verb, group, resource, isNamespaced }: Act,
): Promise<boolean> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: { resourceAttributes: { verb, group, resource, ...(isNamespaced && { namespace }) } },
  };
  const { status } = await client.create<{ status?: { allowed?: boolean } }>(
    SelfSubjectAccessReviews,
    review,
  );
  return status?.allowed === true;
}

const inWords = ({ verb, group, resource }: Act): string =>
  `${verb} ${group === '' ? resource : `${resource}.${group}`}`;
