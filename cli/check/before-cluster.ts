/** What an installation needs of the cluster: a class of storage, a network that enforces policies, a namespace, free names. */
import { defaultNamespaces } from '../../crds/names.ts';
import { isForbidden } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import {
  ClusterRoles,
  DaemonSets,
  Namespaces,
  type Resource,
  StorageClasses,
  ValidatingAdmissionPolicies,
  ValidatingWebhookConfigurations,
} from '../../kube/resources.ts';
import { findOrNothing } from '../cluster/find.ts';
import {
  type CheckDeps,
  type Finding,
  failed,
  type InstallationCheck,
  notSeen,
  ok,
  toDo,
} from './finding.ts';

/** A collection; undefined where the caller may not list it. */
async function listed<T extends KubeObject>(
  { client }: CheckDeps,
  resource: Resource,
  namespace?: string,
): Promise<T[] | undefined> {
  try {
    return (await client.list<T>(resource, namespace === undefined ? {} : { namespace })).items;
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

const isDefault = 'storageclass.kubernetes.io/is-default-class';

export const storage: InstallationCheck = {
  what: 'storage class',
  async look(deps) {
    const classes = await listed(deps, StorageClasses);
    if (classes === undefined) return notSeen('list StorageClasses');
    const usual = classes.find(({ metadata }) => metadata.annotations?.[isDefault] === 'true');
    if (usual !== undefined) return ok(`${usual.metadata.name}, the default`);
    const names = classes.map(({ metadata }) => metadata.name);
    const choice =
      names.length === 0
        ? 'there is none: make a claim for the records, and name it in webhook.persistence.existingClaim'
        : `none of ${names.join(', ')} is the default: name one in webhook.persistence.storageClassName`;
    return toDo(choice);
  },
};

/** Networks that enforce policies, by the API groups that they serve. */
const byGroup: Readonly<Record<string, string>> = {
  'cilium.io': 'Cilium',
  'crd.projectcalico.org': 'Calico',
  'projectcalico.org': 'Calico',
  'crd.antrea.io': 'Antrea',
  'kubeovn.io': 'Kube-OVN',
  'k8s.ovn.org': 'OVN-Kubernetes',
};

/** Others by their DaemonSets in kube-system; whether they enforce. */
const byDaemonSet: Readonly<Record<string, boolean>> = {
  'kube-router': true,
  'weave-net': true,
  kindnet: true,
  'kube-flannel-ds': false,
};

export const networkPolicies: InstallationCheck = {
  what: 'NetworkPolicy',
  async look(deps) {
    const { status, body } = await deps.client.raw('GET', '/apis');
    const groups = status === 200 ? (JSON.parse(body) as { groups: readonly { name: string }[] }).groups : [];
    const network = groups.map(({ name }) => byGroup[name]).find((name) => name !== undefined);
    if (network !== undefined) return ok(`${network}, which enforces policies`);
    const names = (await listed(deps, DaemonSets, 'kube-system'))?.map(({ metadata }) => metadata.name) ?? [];
    const known = names.find((name) => Object.hasOwn(byDaemonSet, name));
    if (known !== undefined && byDaemonSet[known] === true) return ok(`${known}, which enforces policies`);
    const what =
      known === undefined
        ? 'it cannot be told whether the network enforces policies'
        : `${known} enforces none`;
    return toDo(`${what}; without it addresses are judged by the gateway alone: see docs/network.md`);
  },
};

const enforce = 'pod-security.kubernetes.io/enforce';

export const place: InstallationCheck = {
  what: 'namespace',
  async look(deps) {
    const { namespace: name } = deps;
    const found = await findOrNothing<KubeObject>(deps, Namespaces, { name });
    const label = `kubectl label --overwrite namespace ${name} ${enforce}=restricted`;
    if (found === undefined)
      return toDo(`${name} is not there: run kubectl create namespace ${name}; ${label}`);
    if (found.metadata.deletionTimestamp !== undefined)
      return failed(`${name} is being deleted: wait until it is gone, and create it`);
    const level = found.metadata.labels?.[enforce];
    if (level === 'restricted') return ok(`${name}, pod security restricted`);
    const now = level === undefined ? 'no level' : `the level ${level}`;
    return toDo(`${name} enforces ${now} of pod security: run ${label}`);
  },
};

const ours = 'support-access';
const releaseOf = (object: KubeObject): string | undefined =>
  object.metadata.annotations?.['meta.helm.sh/release-namespace'];

/** Kinds of the cluster in which the chart has names that begin with ours. */
const clusterWide: readonly Resource[] = [
  ClusterRoles,
  ValidatingAdmissionPolicies,
  ValidatingWebhookConfigurations,
];

export const names: InstallationCheck = {
  what: 'names',
  async look(deps) {
    const lists = await Promise.all(
      clusterWide.map(async (kind) => ({ kind, items: await listed(deps, kind) })),
    );
    const unseen = lists.filter(({ items }) => items === undefined).map(({ kind }) => kind.plural);
    if (unseen.length > 0) return notSeen(`list ${unseen.join(', ')}`);
    const taken = lists.flatMap(({ kind, items = [] }) =>
      items
        .filter(isOurs)
        .map((each) => ({ what: `${kind.kind} ${each.metadata.name}`, release: releaseOf(each) })),
    );
    const identities = await findOrNothing<KubeObject>(deps, Namespaces, {
      name: defaultNamespaces.identities,
    });
    if (identities !== undefined)
      taken.push({ what: `Namespace ${identities.metadata.name}`, release: releaseOf(identities) });
    return judgeNames(taken, deps.namespace);
  },
};

const isOurs = ({ metadata }: KubeObject): boolean =>
  metadata.name === ours || metadata.name.startsWith(`${ours}-`);

function judgeNames(
  taken: readonly { readonly what: string; readonly release: string | undefined }[],
  namespace: string,
): Finding {
  const foreign = taken.filter(({ release }) => release !== namespace);
  const [first] = foreign;
  if (first === undefined)
    return ok(taken.length === 0 ? 'all are free' : 'all are of a release in this namespace');
  const rest = foreign.length > 1 ? ` and ${foreign.length - 1} more` : '';
  const whose =
    first.release === undefined ? 'are there already' : `are of a release in the namespace ${first.release}`;
  return failed(
    `${first.what}${rest} ${whose}: a cluster has one installation; uninstall that one, or delete what is left of it`,
  );
}
