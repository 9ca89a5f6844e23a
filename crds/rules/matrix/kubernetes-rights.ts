/**
 * Which Kubernetes rights may a matrix give at all (requirement CC-5)? Whatever leads to more rights than are written
 * down is refused: wildcards, rights about rights, secrets and tokens, and pods that could be filled with them.
 */
import { type Problem, printable } from '../problem.ts';

/** One rule of a ClusterRole. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const refusedGroups: ReadonlyMap<string, string> = new Map([
  ['rbac.authorization.k8s.io', 'gives rights away'],
  ['authentication.k8s.io', 'makes tokens and identities'],
  ['authorization.k8s.io', 'tells the rights of others'],
  ['certificates.k8s.io', 'makes client certificates'],
  ['admissionregistration.k8s.io', 'changes what is admitted'],
  ['apiextensions.k8s.io', 'changes what kinds there are'],
  ['apiregistration.k8s.io', 'puts other servers behind the API server'],
  ['supportaccess.dev', 'governs support access itself'],
]);

const refusedVerbs = ['escalate', 'bind', 'impersonate', 'deletecollection', 'approve', 'sign'];

/** Resources that are refused with every verb. */
const refusedResources: ReadonlyMap<string, string> = new Map([
  ['secrets', 'holds credentials'],
  ['serviceaccounts', 'is an identity'],
  ['serviceaccounts/token', 'makes tokens'],
  ['nodes/proxy', 'runs commands on every pod of a node, also with get'],
  ['services/proxy', 'reaches any port behind a Service'],
  ['pods/proxy', 'reaches any port of a pod'],
  ['pods/ephemeralcontainers', 'puts a container of any image into a pod'],
  ['pods/binding', 'places pods'],
  ['bindings', 'places pods'],
]);

/** Subresources that are a shell or a tunnel; allowed only for objects that the rule names. */
const onlyByName = ['pods/exec', 'pods/attach', 'pods/portforward'];

/** A pod template can mount any Secret of the namespace and run as any of its ServiceAccounts. */
const podTemplates = [
  'pods',
  'podtemplates',
  'replicationcontrollers',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
];
const writingVerbs = ['create', 'update', 'patch'];

/** Resources that may be read and not written: what a holder of the rule could make of them is no part of it. */
const onlyToRead: ReadonlyMap<string, string> = new Map([
  ['namespaces', 'says by labels which pods may run there'],
  ['endpoints', 'leads the traffic of a Service elsewhere'],
  ['endpointslices', 'leads the traffic of a Service elsewhere'],
]);
/** Subresources in which controllers say what others then act by, as the addresses of a pod. */
const ofControllers = /\/(?:status|finalize|approval)$/;

/** Why no matrix may give anything of a resource, in its group; undefined where it may. */
export function whyNeverGiven(group: string, resource: string): string | undefined {
  return refusedGroups.get(group) ?? refusedResources.get(resource);
}

const leaveOut = 'leave it out, and let an administrator do what needs it';

/** Everything that is wrong with the rules, with field paths below `field`. */
export function rulesProblems(rules: readonly PolicyRule[], field = 'spec.kubernetes.rules'): Problem[] {
  return rules.flatMap((rule, at) => {
    const place = `${field}[${at}]`;
    return [
      ...each(rule.apiGroups, `${place}.apiGroups`, (group) => refusedGroups.get(group)),
      ...each(rule.verbs, `${place}.verbs`, (verb) => verbObjection(verb)),
      ...each(rule.resources, `${place}.resources`, (resource) => resourceObjection(resource, rule)),
    ];
  });
}

function verbObjection(verb: string): string | undefined {
  return refusedVerbs.includes(verb) ? 'leads to more rights than are written down' : undefined;
}

function resourceObjection(resource: string, rule: PolicyRule): string | undefined {
  const refused = refusedResources.get(resource);
  if (refused !== undefined) return refused;
  if (onlyByName.includes(resource) && (rule.resourceNames ?? []).length === 0)
    return 'is a way into every pod unless resourceNames name the pods';

  if (resource.startsWith('nodes/')) return 'reaches the kubelet of a node, and all that runs there';
  return rule.verbs.some((verb) => writingVerbs.includes(verb)) ? writingObjection(resource) : undefined;
}

function writingObjection(resource: string): string | undefined {
  if (podTemplates.includes(resource))
    return 'could be written to run as any ServiceAccount of the namespace';
  if (ofControllers.test(resource)) return 'is what controllers say of an object, and others act by it';
  return onlyToRead.get(resource);
}

/** A problem for each value that has a wildcard or to which `object` objects. */
function each(
  values: readonly string[],
  field: string,
  object: (value: string) => string | undefined,
): Problem[] {
  return values.flatMap((value, at) => {
    const why = value.includes('*') ? 'is a wildcard' : object(value);
    if (why === undefined) return [];
    return [
      {
        field: `${field}[${at}]`,
        value: printable(value),
        rule: `must not be given: it ${why}`,
        fix: leaveOut,
      },
    ];
  });
}
