/** Whether each reader of the records has an account that may do that alone, and whose token only they may ask for. */
import { apiGroup } from '../../crds/kinds.ts';
import { readerAccount } from '../../crds/names.ts';
import { isForbidden } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import {
  ClusterRoleBindings,
  ClusterRoles,
  RoleBindings,
  Roles,
  ServiceAccounts,
  ValidatingAdmissionPolicyBindings,
} from '../../kube/resources.ts';
import { findOrNothing } from '../cluster/find.ts';
import { type CheckDeps, type Finding, failed, type InstallationCheck, notSeen, ok } from './finding.ts';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Role extends KubeObject {
  readonly rules?: readonly Rule[];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

interface Binding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly Subject[];
}

/** All of RBAC that says what an account of the namespace may do, and who may ask for its token. */
interface Rights {
  readonly namespace: string;
  readonly bindings: readonly Binding[];
  readonly rulesOf: (binding: Binding) => readonly Rule[];
}

const readerOf = 'supportaccess.dev/reader';
const guard = 'support-access-readers';

export const readers: InstallationCheck = {
  what: 'record readers',
  async look(deps) {
    try {
      return await judged(deps);
    } catch (error) {
      if (isForbidden(error)) return notSeen('list accounts, roles and bindings');
      throw error;
    }
  },
};

async function judged(deps: CheckDeps): Promise<Finding> {
  const { client, namespace } = deps;
  const { items } = await client.list(ServiceAccounts, { namespace });
  const accounts = items.filter(({ metadata }) => metadata.name.startsWith(readerAccount.prefix));
  if (accounts.length === 0) return ok('none: people read with a client certificate of the cluster');
  const rights = await rightsIn(deps);
  const isGuarded =
    (await findOrNothing(deps, ValidatingAdmissionPolicyBindings, { name: guard })) !== undefined;
  const faults = [
    ...(isGuarded
      ? []
      : [
          `the policy ${guard} is not in force, so that others can ask for these tokens: upgrade the release`,
        ]),
    ...accounts.flatMap((account) => faultsOf(account, rights)),
  ];
  if (faults.length > 0) return failed(faults.join('; '));
  const people = accounts.map(({ metadata }) => metadata.annotations?.[readerOf] ?? '');
  const others = new Set(accounts.flatMap((account) => othersWhoAsk(account, rights)));
  const kept =
    others.size === 0
      ? ''
      : `; RBAC would let ${shortened([...others])} ask for their tokens, which the policy ${guard} refuses`;
  return ok(`${people.join(', ')}${kept}`);
}

async function rightsIn({ client, namespace }: CheckDeps): Promise<Rights> {
  const [everywhere, inNamespaces, clusterRoles, roles] = await Promise.all([
    client.list<Binding>(ClusterRoleBindings),
    client.list<Binding>(RoleBindings),
    client.list<Role>(ClusterRoles),
    client.list<Role>(Roles, { namespace }),
  ]);
  const rules = new Map<string, readonly Rule[]>([
    ...clusterRoles.items.map((role) => [`ClusterRole/${role.metadata.name}`, role.rules ?? []] as const),
    ...roles.items.map((role) => [`Role/${role.metadata.name}`, role.rules ?? []] as const),
  ]);
  return {
    namespace,
    bindings: [...everywhere.items, ...inNamespaces.items],
    rulesOf: ({ roleRef: { kind, name } }) => rules.get(`${kind}/${name}`) ?? [],
  };
}

/** Groups that hold every account: what they are given, a reader has as well. */
const allAccounts = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

function faultsOf({ metadata }: KubeObject, { namespace, bindings, rulesOf }: Rights): string[] {
  const { name } = metadata;
  const user = metadata.annotations?.[readerOf] ?? '';
  if (name !== readerAccount.of(user))
    return [`the account ${name} is of no reader: delete it, or upgrade the release`];
  const groups = allAccounts(namespace);
  const own = bindings.filter(({ subjects = [] }) =>
    subjects.some(
      (each) =>
        (each.kind === 'ServiceAccount' && each.name === name && each.namespace === namespace) ||
        (each.kind === 'Group' && groups.includes(each.name)),
    ),
  );
  const reads = own.filter((binding) => isReading(rulesOf(binding)));
  const more = own.filter((binding) => !reads.includes(binding) && !isHarmless(binding));
  return [
    ...(reads.length > 0 ? [] : [`the account of ${user} may not read the records: upgrade the release`]),
    ...more.map(
      (binding) =>
        `the account of ${user} may do more than read, by ${nameOf(binding)}: take it out of there`,
    ),
  ];
}

/** `get auditrecords`, and nothing else. */
function isReading(rules: readonly Rule[]): boolean {
  return (
    rules.length > 0 &&
    rules.every(
      ({ apiGroups = [], resources = [], verbs }) =>
        apiGroups.join() === apiGroup && resources.join() === 'auditrecords' && verbs.join() === 'get',
    )
  );
}

/** What Kubernetes itself gives to every account: to look at itself, and to learn which keys sign tokens. */
const isHarmless = ({ metadata, roleRef }: Binding): boolean =>
  metadata.labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults' && roleRef.name.startsWith('system:');

const nameOf = ({ metadata: { name, namespace } }: Binding): string =>
  namespace === undefined ? `the ClusterRoleBinding ${name}` : `the RoleBinding ${name} in ${namespace}`;

/** Who besides the person may, by RBAC, ask for the token of the account. */
function othersWhoAsk({ metadata }: KubeObject, { namespace, bindings, rulesOf }: Rights): string[] {
  const user = metadata.annotations?.[readerOf];
  return bindings
    .filter((each) => each.metadata.namespace === undefined || each.metadata.namespace === namespace)
    .filter((each) => rulesOf(each).some((rule) => givesToken(rule, metadata.name)))
    .flatMap(({ subjects = [] }) => subjects)
    .filter((subject) => !(subject.kind === 'User' && subject.name === user))
    .map(({ kind, name }) => `${kind} ${name}`);
}

function givesToken(
  { apiGroups = [], resources = [], resourceNames = [], verbs }: Rule,
  account: string,
): boolean {
  const has = (list: readonly string[], ...any: string[]): boolean => any.some((each) => list.includes(each));
  return (
    has(apiGroups, '', '*') &&
    has(resources, 'serviceaccounts/token', '*', '*/token') &&
    has(verbs, 'create', '*') &&
    (resourceNames.length === 0 || resourceNames.includes(account))
  );
}

const most = 3;

function shortened(all: readonly string[]): string {
  return all.slice(0, most).join(', ') + (all.length > most ? ` and ${all.length - most} more` : '');
}
