import { describe, expect, it } from 'vitest';
import { discoveryFilter } from '../../../../../../webhook/gateway/handlers/kube/discovery-filter.ts';
import { NotMaskable } from '../../../../../../webhook/gateway/masking/masker.ts';

const rules = [
  {
    apiGroups: [''],
    resources: ['pods', 'pods/log', 'pods/exec', 'secrets'],
    verbs: ['get', 'list', 'delete'],
  },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] },
];

function filter(document: unknown, chunk = 7): unknown {
  const plan = discoveryFilter(rules).plan({ contentType: 'application/json', contentEncoding: undefined });
  if (plan.kind !== 'mask') throw new Error(plan.kind);
  const stream = plan.open();
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  for (let at = 0; at < bytes.length; at += chunk)
    expect(stream.push(bytes.subarray(at, at + chunk))).toHaveLength(0);
  return JSON.parse(stream.end().toString());
}

const every = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

describe('discovery through the gateway', () => {
  it('shows of a version the resources that the rules give, with the verbs that are served', () => {
    const resources = ['pods', 'pods/log', 'pods/exec', 'pods/status', 'secrets', 'services'];
    const list = { kind: 'APIResourceList', groupVersion: 'v1' };
    expect(
      filter({ ...list, resources: resources.map((name) => ({ name, kind: 'X', verbs: every })) }),
    ).toEqual({
      ...list,
      resources: [
        { name: 'pods', kind: 'X', verbs: ['get', 'list'] },
        { name: 'pods/log', kind: 'X', verbs: ['get', 'list'] },
      ],
    });
  });

  it('shows the same of an aggregated list, and no version of a group that is not given', () => {
    const pods = {
      resource: 'pods',
      scope: 'Namespaced',
      verbs: every,
      subresources: [
        { subresource: 'log', verbs: ['get'] },
        { subresource: 'exec', verbs: ['get', 'create'] },
      ],
    };
    const core = {
      metadata: { name: '' },
      versions: [{ version: 'v1', resources: [pods, { resource: 'secrets', verbs: every }] }],
    };
    const batch = {
      metadata: { name: 'batch' },
      versions: [{ version: 'v1', resources: [{ resource: 'jobs', verbs: every }] }],
    };
    expect(filter({ kind: 'APIGroupDiscoveryList', items: [core, batch] })).toEqual({
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name: '' },
          versions: [
            {
              version: 'v1',
              resources: [
                {
                  resource: 'pods',
                  scope: 'Namespaced',
                  verbs: ['get', 'list'],
                  subresources: [{ subresource: 'log', verbs: ['get'] }],
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('shows the groups that are given, and no address of the API server', () => {
    const addresses = [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.0.0.1:6443' }];
    const apps = { name: 'apps', versions: [] };
    expect(
      filter({
        kind: 'APIGroupList',
        groups: [{ ...apps, serverAddressByClientCIDRs: addresses }, { name: 'batch' }],
      }),
    ).toEqual({ kind: 'APIGroupList', groups: [apps] });
    expect(filter({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: addresses })).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [],
    });
    expect(filter({ kind: 'APIGroup', ...apps, serverAddressByClientCIDRs: addresses })).toEqual({
      kind: 'APIGroup',
      ...apps,
    });
  });

  it('passes what the API server says of itself, and nothing that is no discovery', () => {
    expect(filter({ kind: 'Status', code: 503 })).toEqual({ kind: 'Status', code: 503 });
    for (const other of [{ kind: 'SecretList', items: [] }, {}, 'a\0b', 'null'])
      expect(() => filter(other), JSON.stringify(other)).toThrow(NotMaskable);
  });

  it('is refused where it comes packed', () => {
    const packed = { contentType: 'application/json', contentEncoding: 'gzip' };
    expect(discoveryFilter(rules).plan(packed)).toMatchObject({ kind: 'refuse' });
  });
});
