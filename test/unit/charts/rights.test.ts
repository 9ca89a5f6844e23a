/** The rights that the chart renders, read as an attacker would: is there any that could be used against the customer? */
import { beforeAll, describe, expect, it } from 'vitest';
import { type RenderedObject, renderChart } from '../../kit/installation/chart.ts';
import { ofKind, type PolicyRule, type Right, rightsOf } from './fixture.ts';

const processes = ['support-access-operator', 'support-access-webhook', 'support-access-gateway'];
const release = 'support-access';
const identities = 'support-access-identities';
const matrixRole = 'support-access-matrix-casepoint-ecase-1';

let objects: RenderedObject[];

beforeAll(async () => {
  objects = await renderChart({ matrixRoles: [matrixRole] });
});

const allRules = (): PolicyRule[] =>
  ofKind(objects, 'ClusterRole', 'Role').flatMap((role) => role['rules'] as PolicyRule[]);

const on = (right: Right, resource: string): boolean => right.rule.resources?.includes(resource) ?? false;

describe('every rendered role', () => {
  it('names its groups, resources and verbs, with no wildcard and no bare URL', () => {
    const vague = allRules().filter(
      ({ apiGroups = [], resources = [], verbs, nonResourceURLs }) =>
        [...apiGroups, ...resources, ...verbs].some((word) => word.includes('*')) ||
        apiGroups.length === 0 ||
        resources.length === 0 ||
        nonResourceURLs !== undefined,
    );
    expect(vague).toEqual([]);
  });

  it('never has an empty list of names, which would mean every name', () => {
    expect(allRules().filter(({ resourceNames }) => resourceNames?.length === 0)).toEqual([]);
  });

  it('may neither escalate nor impersonate, and binds by name only', () => {
    const verbs = new Set(allRules().flatMap((rule) => rule.verbs));
    expect(verbs).not.toContain('escalate');
    expect(verbs).not.toContain('impersonate');
    const binds = allRules().filter((rule) => rule.verbs.includes('bind'));
    expect(binds).toEqual([
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
        resourceNames: [matrixRole],
        verbs: ['bind'],
      },
    ]);
  });

  it('gives no bind right at all where no matrix has Kubernetes rights', async () => {
    const rules = ofKind(await renderChart(), 'ClusterRole', 'Role').flatMap(
      (role) => role['rules'] as PolicyRule[],
    );
    expect(rules.filter((rule) => rule.verbs.includes('bind'))).toEqual([]);
  });
});

describe('the processes', () => {
  it('reach Secrets exactly as they must', () => {
    const secrets = processes.flatMap((account) =>
      rightsOf(objects, account)
        .filter((right) => on(right, 'secrets'))
        .map(({ where, rule }) => [account, where, rule.resourceNames ?? 'any', rule.verbs]),
    );
    expect(secrets).toEqual([
      ['support-access-operator', release, ['support-access-sso'], ['get', 'patch']],
      ['support-access-operator', identities, 'any', ['create', 'delete']],
      ['support-access-webhook', release, ['support-access-webhook-tls'], ['get', 'update']],
      ['support-access-gateway', release, ['support-access-gateway-keys'], ['get', 'update']],
      ['support-access-gateway', release, ['support-access-sso', 'support-access-gateway-tls'], ['get']],
    ]);
  });

  it('may make tokens for support identities only, and only the gateway', () => {
    const tokens = processes.flatMap((account) =>
      rightsOf(objects, account)
        .filter((right) => on(right, 'serviceaccounts/token'))
        .map(({ where, rule }) => [account, where, rule.verbs]),
    );
    expect(tokens).toEqual([['support-access-gateway', identities, ['create']]]);
  });

  it('hold nothing over workloads, but to read a pod by its name, nor over nodes, kinds, certificates or roles', () => {
    const forbidden = [
      'pods',
      'pods/exec',
      'deployments',
      'nodes',
      'nodes/proxy',
      'customresourcedefinitions',
      'certificatesigningrequests',
      'validatingadmissionpolicies',
      'persistentvolumes',
    ];
    const held = processes.flatMap((account) =>
      rightsOf(objects, account)
        .filter((right) => forbidden.some((resource) => on(right, resource)))
        .map(({ where, rule }) => [account, where, rule.resources, rule.verbs]),
    );
    // Whose the addresses behind an application are, only the pods themselves say.
    expect(held).toEqual([['support-access-gateway', '*', ['pods'], ['get']]]);
    const writesRoles = processes
      .flatMap((account) => rightsOf(objects, account))
      .filter((right) => on(right, 'clusterroles') || on(right, 'roles') || on(right, 'clusterrolebindings'))
      .flatMap(({ rule }) => rule.verbs)
      .filter((verb) => !['get', 'list', 'watch', 'bind'].includes(verb));
    // the Role of the owner of a support case, and who sees all cases: policies limit both
    expect(writesRoles).toEqual(['create', 'update', 'delete', 'update']);
  });

  it('see of namespaces the one that names the cluster and their own two, and tie those together', () => {
    const rights = processes.flatMap((account) =>
      rightsOf(objects, account)
        .filter((right) => on(right, 'namespaces'))
        .map(({ rule }) => [account, rule.resourceNames, rule.verbs]),
    );
    expect(rights).toEqual([
      ['support-access-operator', [identities, release], ['list', 'watch']],
      ['support-access-operator', [identities], ['patch']],
      ['support-access-webhook', ['kube-system', identities], ['get']],
      ['support-access-gateway', [identities], ['list', 'watch']],
    ]);
  });

  it.each(['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'])(
    'see and change %s by their own name only',
    (resource) => {
      const rights = processes.flatMap((account) =>
        rightsOf(objects, account).filter((right) => on(right, resource)),
      );
      expect(rights.map(({ rule }) => [rule.resourceNames, rule.verbs])).toEqual([
        [['support-access'], ['list', 'watch']],
        [['support-access'], ['get', 'patch']],
      ]);
    },
  );

  it('write none of what the customer or the vendor writes, but remove people whose time has passed', () => {
    const kinds = [
      'supportaccesspolicies',
      'supportapplications',
      'supportaccessgrants',
      'supportusers',
      'supportpermissionmatrices',
      'supportaccesslocks',
    ];
    const writes = processes.flatMap((account) =>
      rightsOf(objects, account)
        .filter((right) => kinds.some((kind) => on(right, kind)))
        .flatMap(({ rule }) => rule.verbs.filter((verb) => !['get', 'list', 'watch'].includes(verb))),
    );
    expect(writes).toEqual(['delete']);
    const [removes] = rightsOf(objects, 'support-access-operator').filter(
      (right) => on(right, 'supportusers') && right.rule.verbs.includes('delete'),
    );
    expect(removes?.rule.resources).toEqual(['supportusers']);
  });
});

describe('the roles for people', () => {
  const role = (name: string): RenderedObject => {
    const found = ofKind(objects, 'ClusterRole').find(({ metadata }) => metadata.name === name);
    if (!found) throw new Error(`no ClusterRole ${name}`);
    return found;
  };

  it('are bound to nobody: an installation opens nothing', () => {
    const people = ofKind(objects, 'ClusterRole')
      .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'people')
      .map(({ metadata }) => metadata.name);
    expect(people.sort()).toEqual([
      'support-access-administrator',
      'support-access-auditor',
      'support-access-case-admin',
      'support-access-editor',
      'support-access-elevated-contact',
      'support-access-locker',
      'support-access-record-reader',
      'support-access-vendor-operations',
      'support-access-viewer',
    ]);
    const bindings = ofKind(objects, 'ClusterRoleBinding', 'RoleBinding');
    // the one without subjects, which the operator fills in from the policy
    const empty = bindings.filter((binding) => binding['subjects'] === undefined);
    expect(empty.map(({ metadata }) => metadata.name)).toEqual(['support-access-elevated-contacts']);
    const filled = bindings.filter((binding) => binding['subjects'] !== undefined);
    const bound = filled.map((binding) => (binding['roleRef'] as { name: string }).name);
    expect(bound.filter((name) => people.includes(name))).toEqual([]);
  });

  it('let lockers make locks, and see which namespaces there are, and no more', () => {
    expect(role('support-access-locker')['rules']).toEqual([
      {
        apiGroups: ['supportaccess.dev'],
        resources: ['supportaccesslocks'],
        verbs: ['get', 'list', 'watch', 'create'],
      },
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list'] },
    ]);
  });

  it('let who reads the records alone, and the accounts of readers, do nothing besides', async () => {
    const rules = [{ apiGroups: ['supportaccess.dev'], resources: ['auditrecords'], verbs: ['get'] }];
    expect(role('support-access-record-reader')['rules']).toEqual(rules);
    const withReader = await renderChart({ records: { readers: [{ user: 'ada@example.com' }] } });
    const bindings = ofKind(withReader, 'ClusterRoleBinding', 'RoleBinding').filter((binding) =>
      ((binding['subjects'] ?? []) as { name: string }[]).some(({ name }) =>
        name.startsWith('support-access-reader-'),
      ),
    );
    expect(bindings.map((binding) => binding['roleRef'])).toEqual([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'support-access-record-reader' },
    ]);
  });

  it('only let administrators open, and nobody write sessions', () => {
    const opening = ofKind(objects, 'ClusterRole').filter((one) =>
      (one['rules'] as PolicyRule[]).some(({ verbs }) => verbs.includes('open')),
    );
    expect(opening.map(({ metadata }) => metadata.name)).toEqual(['support-access-administrator']);
    const rules = role('support-access-administrator')['rules'] as PolicyRule[];
    const sessions = rules.filter(({ resources }) => resources?.includes('supportsessions'));
    expect(sessions.flatMap(({ verbs }) => verbs)).not.toContain('create');
  });

  it('aggregate to `view` what only reads, and nothing to `edit` or `admin`', async () => {
    const aggregated = ofKind(objects, 'ClusterRole').filter(({ metadata }) =>
      Object.keys(metadata.labels ?? {}).some((label) => label.includes('/aggregate-to-')),
    );
    expect(aggregated.map(({ metadata }) => metadata.name)).toEqual(['support-access-viewer']);
    expect(aggregated[0]?.metadata.labels).toMatchObject({
      'rbac.authorization.k8s.io/aggregate-to-view': 'true',
    });
    const verbs = (role('support-access-viewer')['rules'] as PolicyRule[]).flatMap((rule) => rule.verbs);
    expect([...new Set(verbs)].sort()).toEqual(['get', 'list', 'watch']);
    const without = await renderChart({ rbac: { aggregateToView: false } });
    expect(JSON.stringify(without)).not.toContain('aggregate-to-');
  });
});
