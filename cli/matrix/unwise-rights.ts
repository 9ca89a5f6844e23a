/** Which Kubernetes rights of a matrix would be taken, and give nothing, or more than they seem to? Pure. */
import { type PolicyRule, rulesProblems } from '../../crds/rules/matrix/kubernetes-rights.ts';
import { type Problem, printable } from '../../crds/rules/problem.ts';

/** What is unwise in the rules. What is refused anyway is not said again. */
export function unwiseRights(rules: readonly PolicyRule[]): Problem[] {
  return rules.flatMap((rule, at) => {
    const field = `spec.kubernetes.rules[${at}]`;
    if (rulesProblems([rule]).length > 0) return [];
    return [
      ...rule.resources.flatMap((resource, index) =>
        ofResource(resource, rule).map(({ says, fix }) => ({
          field: `${field}.resources[${index}]`,
          value: printable(resource),
          rule: says,
          fix,
        })),
      ),
      ...ofVerbs(rule).map(({ value, says, fix }) => ({ field: `${field}.verbs`, value, rule: says, fix })),
    ];
  });
}

/** Where the best known kinds are: a rule that looks for them in another group finds nothing. */
const groupsOf: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['deployments', 'statefulsets', 'daemonsets', 'replicasets'].map((each) => [each, 'apps']),
  ),
  ...Object.fromEntries(['jobs', 'cronjobs'].map((each) => [each, 'batch'])),
  ...Object.fromEntries(['ingresses', 'networkpolicies'].map((each) => [each, 'networking.k8s.io'])),
  ...Object.fromEntries(
    [
      'pods',
      'services',
      'configmaps',
      'endpoints',
      'persistentvolumeclaims',
      'replicationcontrollers',
      'resourcequotas',
      'limitranges',
    ].map((each) => [each, '']),
  ),
  horizontalpodautoscalers: 'autoscaling',
  poddisruptionbudgets: 'policy',
  leases: 'coordination.k8s.io',
};

/** Not in a namespace: a RoleBinding in the grant's gives no right to them. */
const ofTheCluster = [
  'nodes',
  'namespaces',
  'persistentvolumes',
  'storageclasses',
  'priorityclasses',
  'csinodes',
];

/** The core group has the empty name. */
const groupWords = (group: string): string =>
  group === '' ? 'the core group' : `the API group "${printable(group)}"`;

interface Advice {
  readonly says: string;
  readonly fix: string;
}

/** What there may be to say of a resource, each with the question whether it is to be said. */
const adviceOnResources: readonly ((resource: string, rule: PolicyRule) => Advice | undefined)[] = [
  (resource) =>
    ofTheCluster.includes(kindOf(resource))
      ? {
          says: 'should be a kind of namespaces: the rights hold in the namespace of the grant only, so this gives nothing',
          fix: 'leave it out',
        }
      : undefined,
  (resource, { apiGroups }) => {
    const group = groupsOf[kindOf(resource)];
    if (group === undefined || apiGroups.includes(group)) return undefined;
    return {
      says: `should stand under ${groupWords(group)}: under ${apiGroups.map(groupWords).join(' and ')} there is no such kind`,
      fix: group === '' ? 'write an empty string, the core group' : `write ${group} in apiGroups`,
    };
  },
  (resource, { resourceNames = [] }) =>
    resource === 'configmaps' && resourceNames.length === 0
      ? {
          says: 'should be named: ConfigMaps often hold addresses, settings and passwords of an application',
          fix: 'list in resourceNames those that support needs',
        }
      : undefined,
  (resource) =>
    ['pods/exec', 'pods/attach'].includes(resource)
      ? {
          says: 'should be left out: a shell in a pod sees all that the application sees, and no masking is in its way',
          fix: 'leave it out, and let an administrator run what support needs',
        }
      : undefined,
  (resource) =>
    resource === 'pods/log'
      ? {
          says: 'should be given where logs hold no personal data: the masking of the application proxy does not reach them',
          fix: 'look at a log of the application first, or leave it out',
        }
      : undefined,
];

const kindOf = (resource: string): string => resource.split('/', 1)[0] ?? '';

function ofResource(resource: string, rule: PolicyRule): Advice[] {
  return adviceOnResources.flatMap((advice) => advice(resource, rule) ?? []);
}

const changing = ['update', 'patch', 'delete'];

function ofVerbs({ verbs, resourceNames = [] }: PolicyRule): (Advice & { readonly value: string })[] {
  const writes = verbs.filter((verb) => changing.includes(verb));
  const isNamed = resourceNames.length > 0;
  const anyObject = {
    value: writes.join(', '),
    says: 'should be for named objects: it is for every object of the kind in the namespace',
    fix: 'list in resourceNames those that support may change',
  };
  const noNameYet = {
    value: 'create',
    says: 'should stand in a rule without resourceNames: a new object has no name yet when it is judged, so this gives nothing',
    fix: 'leave create out, or give it in a rule of its own',
  };
  const onlyWatching = {
    value: 'watch',
    says: 'should stand beside list or get: kubectl reads before it watches',
    fix: 'add list, or leave it out',
  };
  return [
    ...(writes.length > 0 && !isNamed ? [anyObject] : []),
    ...(verbs.includes('create') && isNamed ? [noNameYet] : []),
    ...(verbs.includes('watch') && !verbs.includes('list') && !verbs.includes('get') ? [onlyWatching] : []),
  ];
}
