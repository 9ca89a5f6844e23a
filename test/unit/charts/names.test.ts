/** The chart's objects have the names that the programs look for. */
import { beforeAll, describe, expect, it } from 'vitest';
import { casesNamespace, defaultNamespaces, installed, programs } from '../../../crds/names.ts';
import { type RenderedObject, renderChart } from '../../kit/installation/chart.ts';
import { rightsOf } from './fixture.ts';

let objects: RenderedObject[];

beforeAll(async () => {
  objects = await renderChart();
}, 120_000);

/** What the chart makes under each name; what a program makes itself has only a right in the chart. */
const made: Readonly<Record<keyof typeof installed, readonly string[]>> = {
  authority: ['ConfigMap'],
  sso: ['ConfigMap', 'Secret'],
  hosts: ['ConfigMap'],
  names: ['ConfigMap'],
  certificates: ['ConfigMap'],
  gatewayKeys: ['Secret'],
  webhookTls: ['Secret'],
  webhookService: ['Service'],
  webhookConfiguration: ['ValidatingWebhookConfiguration'],
  consentGuard: ['ValidatingAdmissionPolicyBinding'],
  elevatedContacts: ['ClusterRoleBinding'],
  operatorLease: [],
  gatewayNetworkPolicy: [],
};

describe('the chart', () => {
  it.each(Object.entries(made))('makes what is installed under the name of %s', (key, kinds) => {
    const name = installed[key as keyof typeof installed];
    for (const kind of kinds)
      expect(objects.filter((one) => one.kind === kind && one.metadata.name === name)).toHaveLength(1);
  });

  it('makes no Secret or ConfigMap that no program knows', () => {
    const known: readonly string[] = Object.values(installed);
    const data = objects.filter(({ kind }) => kind === 'Secret' || kind === 'ConfigMap');
    expect(data.map(({ metadata }) => metadata.name).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(Object.values(programs))('runs %s under an account of that name', (name) => {
    for (const kind of ['ServiceAccount', 'Deployment'])
      expect(objects.filter((one) => one.kind === kind && one.metadata.name === name)).toHaveLength(1);
  });

  it.each([
    ['leases', installed.operatorLease],
    ['networkpolicies', installed.gatewayNetworkPolicy],
    ['secrets', installed.sso],
    ['configmaps', installed.sso],
    ['configmaps', installed.hosts],
    ['configmaps', installed.names],
    ['configmaps', installed.certificates],
    ['configmaps', installed.authority],
    ['validatingadmissionpolicybindings', installed.consentGuard],
  ])('lets the operator use the %s of the name %s', (resource, name) => {
    const rules = rightsOf(objects, programs.operator)
      .map(({ rule }) => rule)
      .filter(({ resources = [] }) => resources.includes(resource));
    expect(rules.some(({ resourceNames = [] }) => resourceNames.includes(name))).toBe(true);
  });

  it('makes the namespaces of identities and of contacts', () => {
    const names = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
    expect(names).toEqual([casesNamespace, defaultNamespaces.identities]);
  });
});
