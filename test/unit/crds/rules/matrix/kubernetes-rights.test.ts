import { describe, expect, it } from 'vitest';
import { type PolicyRule, rulesProblems } from '../../../../../crds/rules/matrix/kubernetes-rights.ts';

/** `apps/deployments: get,list [name]`; the core group is left out. */
function rule(text: string): PolicyRule {
  const match = /^(?:([a-z0-9.*-]+):)?(\S+) (\S+?)(?: \[(.+)\])?$/.exec(text);
  const [, group = '', resources = '', verbs = '', names] = match ?? [];
  return {
    apiGroups: [group],
    resources: resources.split(','),
    verbs: verbs.split(','),
    ...(names !== undefined && { resourceNames: names.split(',') }),
  };
}

const allowed = [
  'pods,pods/log get,list,watch',
  'pods delete',
  'configmaps get,list,watch,create,update,patch,delete',
  'apps:deployments,statefulsets get,list,watch',
  'apps:deployments/scale update,patch',
  'batch:jobs get,list,delete',
  'pods/exec create [ecase-0]',
  'services,endpoints,events get,list,watch',
  'example.com:widgets get,list,patch',
];

const refused: Readonly<Record<string, [rule: string, field: string]>> = {
  'every group': ['*:pods get', 'apiGroups[0]'],
  'every resource': ['* get', 'resources[0]'],
  'every subresource': ['pods/* get', 'resources[0]'],
  'every verb': ['pods *', 'verbs[0]'],
  roles: ['rbac.authorization.k8s.io:roles get', 'apiGroups[0]'],
  'token reviews': ['authentication.k8s.io:tokenreviews create', 'apiGroups[0]'],
  'access reviews of others': ['authorization.k8s.io:localsubjectaccessreviews create', 'apiGroups[0]'],
  'certificate requests': ['certificates.k8s.io:certificatesigningrequests create', 'apiGroups[0]'],
  webhooks: ['admissionregistration.k8s.io:validatingwebhookconfigurations get', 'apiGroups[0]'],
  kinds: ['apiextensions.k8s.io:customresourcedefinitions get', 'apiGroups[0]'],
  'aggregated API servers': ['apiregistration.k8s.io:apiservices get', 'apiGroups[0]'],
  'our own grants': ['supportaccess.dev:supportaccessgrants get', 'apiGroups[0]'],
  escalate: ['configmaps escalate', 'verbs[0]'],
  bind: ['configmaps get,bind', 'verbs[1]'],
  impersonate: ['users impersonate', 'verbs[0]'],
  'deleting whole collections': ['pods deletecollection', 'verbs[0]'],
  secrets: ['secrets get', 'resources[0]'],
  'secrets by name': ['secrets get [one]', 'resources[0]'],
  'service accounts': ['serviceaccounts get', 'resources[0]'],
  tokens: ['serviceaccounts/token create', 'resources[0]'],
  'nodes/proxy, which get is enough for': ['nodes/proxy get', 'resources[0]'],
  'the logs of a node': ['nodes/log get', 'resources[0]'],
  'the checkpoints of a node': ['nodes/checkpoint get', 'resources[0]'],
  'the settings of a kubelet': ['nodes/configz get', 'resources[0]'],
  'the addresses of a pod': ['pods/status patch', 'resources[0]'],
  'the end of a namespace': ['namespaces/finalize update', 'resources[0]'],
  'the labels of a namespace': ['namespaces get,patch', 'resources[0]'],
  'where a Service leads': ['discovery.k8s.io:endpointslices create', 'resources[0]'],
  'services/proxy': ['services/proxy get', 'resources[0]'],
  'pods/proxy': ['pods/proxy get', 'resources[0]'],
  'pods/exec into any pod': ['pods/exec create', 'resources[0]'],
  'pods/exec with get, which a WebSocket is': ['pods/exec get', 'resources[0]'],
  'pods/attach to any pod': ['pods/attach create', 'resources[0]'],
  'pods/portforward to any pod': ['pods/portforward create', 'resources[0]'],
  'ephemeral containers': ['pods/ephemeralcontainers patch', 'resources[0]'],
  'new pods': ['pods create', 'resources[0]'],
  'altered Deployments': ['apps:deployments get,patch', 'resources[0]'],
  'altered CronJobs': ['batch:cronjobs update', 'resources[0]'],
};

describe('Kubernetes rights of a matrix (CC-5)', () => {
  for (const text of allowed) {
    it(`may be ${text}`, () => {
      expect(rulesProblems([rule(text)])).toEqual([]);
    });
  }

  for (const [title, [text, field]] of Object.entries(refused)) {
    it(`may not be ${title}`, () => {
      expect(rulesProblems([rule('pods get'), rule(text)]).map((problem) => problem.field)).toEqual([
        `spec.kubernetes.rules[1].${field}`,
      ]);
    });
  }

  it('are complained about completely, each with a way out', () => {
    const problems = rulesProblems([
      { apiGroups: ['*', ''], resources: ['secrets', 'pods'], verbs: ['*', 'bind'] },
    ]);
    expect(problems.map(({ field }) => field)).toEqual([
      'spec.kubernetes.rules[0].apiGroups[0]',
      'spec.kubernetes.rules[0].verbs[0]',
      'spec.kubernetes.rules[0].verbs[1]',
      'spec.kubernetes.rules[0].resources[0]',
    ]);
    for (const { rule: broken, fix } of problems) {
      expect(broken).toMatch(/^must not be given: it /);
      expect(fix).not.toBe('');
    }
  });
});

describe('the lists of what no matrix may give', () => {
  const complaintsAbout = (change: Partial<PolicyRule>): string[] =>
    rulesProblems([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'], ...change }]).map(
      ({ field, value }) => `${field.replace('spec.kubernetes.rules[0].', '')} ${value}`,
    );
  /** Of all these words, those about which there is a complaint. */
  const refusedOf = (words: readonly string[], place: 'apiGroups' | 'resources' | 'verbs'): string[] =>
    words.filter((word) => complaintsAbout({ [place]: [word] }).includes(`${place}[0] ${word}`));

  it('are exactly these verbs', () => {
    const others = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'use', 'open'];
    const never = ['escalate', 'bind', 'impersonate', 'deletecollection', 'approve', 'sign'];
    expect(refusedOf([...others, ...never], 'verbs')).toEqual(never);
  });

  it('are exactly these groups', () => {
    const others = ['', 'apps', 'batch', 'autoscaling', 'networking.k8s.io', 'policy', 'example.com'];
    const never = [
      'rbac.authorization.k8s.io',
      'authentication.k8s.io',
      'authorization.k8s.io',
      'certificates.k8s.io',
      'admissionregistration.k8s.io',
      'apiextensions.k8s.io',
      'apiregistration.k8s.io',
      'supportaccess.dev',
    ];
    expect(refusedOf([...others, ...never], 'apiGroups')).toEqual(never);
  });

  const workloads = [
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
  const intoPods = ['pods/exec', 'pods/attach', 'pods/portforward'];
  const neverWritten = ['endpoints', 'endpointslices', 'namespaces', 'pods/status', 'widgets/approval'];
  const never = [
    'nodes/log',
    'nodes/metrics',
    'secrets',
    'serviceaccounts',
    'serviceaccounts/token',
    'nodes/proxy',
    'services/proxy',
    'pods/proxy',
    'pods/ephemeralcontainers',
    'pods/binding',
    'bindings',
  ];
  const others = [
    'configmaps',
    'services',
    'events',
    'pods/log',
    'pods/eviction',
    'nodes',
    'persistentvolumeclaims',
    'deployments/scale',
    'horizontalpodautoscalers',
    'ingresses',
    'widgets',
  ];
  const all = [...others, ...neverWritten, ...workloads, ...intoPods, ...never];

  it('are exactly these resources, also for reading one of them by name', () => {
    expect(refusedOf(all, 'resources')).toEqual([...intoPods, ...never]);
    const byName = all.filter(
      (name) => complaintsAbout({ resources: [name], resourceNames: ['one'] }).length > 0,
    );
    expect(byName).toEqual(never);
  });

  it.each(['create', 'update', 'patch'])(
    'are exactly these kinds to %s, since more follows from them',
    (verb) => {
      const found = [...others, ...neverWritten, ...workloads].filter(
        (name) =>
          complaintsAbout({ resources: [name], verbs: ['get', verb], resourceNames: ['one'] }).length > 0,
      );
      expect(found).toEqual([...neverWritten, ...workloads]);
    },
  );

  it.each(['get', 'list', 'watch', 'delete'])('are none of the kinds that run pods to %s', (verb) => {
    for (const name of workloads)
      expect(complaintsAbout({ resources: [name], verbs: [verb] }), name).toEqual([]);
  });
});
