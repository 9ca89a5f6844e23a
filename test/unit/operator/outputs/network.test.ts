import { describe, expect, it } from 'vitest';
import { usualGatewayNetwork } from '../../../../operator/outputs/gateway-network.ts';
import { listeningOf } from '../../../../operator/outputs/listening.ts';
import { network, supportSources } from '../../../../operator/outputs/network.ts';
import type { Installation } from '../../../../operator/outputs/output.ts';
import { judgeTraffic, type Peer, type Protocol } from '../../../kit/laws/network-policy.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import { aGrant, fromAddresses } from '../../../kit/objects/grant.ts';
import { metadataOf, withSpec } from '../../../kit/objects/object.ts';
import { allowing, aPolicy, switchedOff } from '../../../kit/objects/policy.ts';

const anInstallation = (change: Partial<Installation> = {}): Installation => ({
  policy: aPolicy(allowing('203.0.113.0/24', '2001:db8:7::/48')),
  open: [aGrant(fromAddresses('203.0.113.0/25'))],
  applications: [anApplication()],
  people: [],
  releaseNamespace: 'support-access',
  spCertificate: undefined,
  ...change,
});

describe('the addresses that reach the support door', () => {
  const table: Record<string, [Partial<Installation>, string[]]> = {
    'are those of the open grants': [{}, ['203.0.113.0/25']],
    'are the union of all of them, without ranges inside others': [
      {
        open: [
          aGrant(fromAddresses('203.0.113.0/25')),
          aGrant(fromAddresses('203.0.113.7', '203.0.113.128/25')),
        ],
      },
      ['203.0.113.0/25', '203.0.113.128/25'],
    ],
    'are never outside the policy’s': [
      { open: [aGrant(fromAddresses('198.51.100.0/24', '203.0.113.7'))] },
      ['203.0.113.7/32'],
    ],
    'are the policy’s part of a wider range': [
      { open: [aGrant(fromAddresses('203.0.0.0/16'))] },
      ['203.0.113.0/24'],
    ],
    'are the policy’s where the grant lists none': [
      { open: [aGrant(fromAddresses())] },
      ['2001:db8:7::/48', '203.0.113.0/24'],
    ],
    'are the grant’s where the policy lists none': [{ policy: aPolicy(allowing()) }, ['203.0.113.0/25']],
    'are all where neither lists any': [
      { policy: aPolicy(allowing()), open: [aGrant(fromAddresses())] },
      ['0.0.0.0/0', '::/0'],
    ],
    'are none while nothing is open': [{ open: [] }, []],
    'are none while the policy is off': [{ policy: aPolicy(switchedOff()) }, []],
    'are none without a policy': [{ policy: undefined }, []],
    'are none of an entry that cannot be read': [
      { policy: aPolicy(allowing()), open: [aGrant(fromAddresses('010.0.0.1'))] },
      [],
    ],
    'are the proxy’s alone behind a proxy': [
      { policy: aPolicy(withSpec({ network: { exposure: 'BehindProxy', trustedHops: ['10.0.0.0/24'] } })) },
      ['10.0.0.0/24'],
    ],
  };
  it.each(Object.entries(table))('%s', (_, [change, sources]) => {
    expect(supportSources(anInstallation(change))).toEqual(sources);
  });
});

const gatewayPod = {
  namespace: 'support-access',
  labels: { 'app.kubernetes.io/name': 'support-access', 'app.kubernetes.io/component': 'gateway' },
};

describe('the gateway’s network policy', () => {
  const policyOf = (change: Partial<Installation> = {}) =>
    network.desired(anInstallation(change)).map(({ object }) => object);
  const reaches = (ip: string, port: number, change: Partial<Installation> = {}) =>
    judgeTraffic(policyOf(change) as never, {
      direction: 'Ingress',
      pod: gatewayPod,
      peer: { ip },
      port,
    }).allowed;

  it('lets listed addresses to the support door and nobody else', () => {
    expect(reaches('203.0.113.9', 8443)).toBe(true);
    expect(reaches('203.0.113.200', 8443)).toBe(false);
    expect(reaches('198.51.100.1', 8443)).toBe(false);
  });

  it('lets the pods of trusted hops to the support door behind a proxy, and no others', () => {
    const trustedHopPods = [
      { namespace: 'ingress-nginx', labels: [{ name: 'app', value: 'ingress-nginx' }] },
    ];
    const comes = (namespace: string, app: string, change: Partial<Installation> = {}) => {
      const policy = aPolicy(withSpec({ network: { exposure: 'BehindProxy', trustedHopPods } }));
      return judgeTraffic(policyOf({ policy, ...change }) as never, {
        direction: 'Ingress',
        pod: gatewayPod,
        peer: { pod: { namespace, labels: { app } } },
        port: 8443,
      }).allowed;
    };
    expect(comes('ingress-nginx', 'ingress-nginx')).toBe(true);
    expect(comes('ingress-nginx', 'other')).toBe(false);
    expect(comes('other', 'ingress-nginx')).toBe(false);
    expect(comes('ingress-nginx', 'ingress-nginx', { open: [] })).toBe(false);
    const policy = aPolicy(withSpec({ network: { exposure: 'Direct', trustedHopPods } }));
    expect(comes('ingress-nginx', 'ingress-nginx', { policy })).toBe(false);
  });

  it('closes the support door while nothing is open, and leaves the probes', () => {
    expect(reaches('203.0.113.9', 8443, { open: [] })).toBe(false);
    expect(reaches('192.0.2.1', 8081, { open: [] })).toBe(true);
  });

  it('lets pods ask whose namespace has callers, also while nothing is open, and no others', () => {
    const asks = (namespace: string, callingNamespaces: readonly string[]) =>
      judgeTraffic(policyOf({ callingNamespaces, open: [] }) as never, {
        direction: 'Ingress',
        pod: gatewayPod,
        peer: { pod: { namespace, labels: {} } },
        port: 8444,
      }).allowed;
    expect(asks('ecase', ['ecase', 'other'])).toBe(true);
    expect(asks('silent', ['ecase', 'other'])).toBe(false);
    expect(asks('ecase', [])).toBe(false);
    expect(reaches('203.0.113.9', 8444, { callingNamespaces: ['ecase'] })).toBe(false);
  });

  it('lets trusted hops ask, also while nothing is open, and no one by default', () => {
    const trustedHops = ['10.0.7.0/28'];
    const behind = {
      policy: aPolicy(withSpec({ network: { exposure: 'BehindProxy', trustedHops } })),
      open: [],
    };
    expect(reaches('10.0.7.1', 8444, behind)).toBe(true);
    expect(reaches('10.0.8.1', 8444, behind)).toBe(false);
    const direct = { policy: aPolicy(withSpec({ network: { exposure: 'Direct', trustedHops } })) };
    expect(reaches('10.0.7.1', 8444, direct)).toBe(false);
    expect(reaches('10.0.7.1', 8444)).toBe(false);
  });

  it('never selects pods that are not the gateway’s', () => {
    expect(policyOf()[0]).toMatchObject({
      metadata: { namespace: 'support-access' },
      spec: { podSelector: { matchLabels: gatewayPod.labels } },
    });
  });

  it('is none when the policy wants none', () => {
    expect(policyOf({ policy: aPolicy(withSpec({ network: { gatewayPolicy: 'Disabled' } })) })).toEqual([]);
  });

  it('is none when a policy of an earlier build says so in its word', () => {
    const gatewayPolicy = 'Off' as unknown as 'Disabled';
    expect(policyOf({ policy: aPolicy(withSpec({ network: { gatewayPolicy } })) })).toEqual([]);
  });

  it('is the same for the same grants in another order', () => {
    const one = aGrant(fromAddresses('203.0.113.0/25'));
    const other = aGrant(fromAddresses('203.0.113.128/26'));
    expect(policyOf({ open: [one, other] })).toEqual(policyOf({ open: [other, one] }));
  });
});

describe('what the gateway itself reaches', () => {
  const slice = (namespace: string, service: string, rest: object) => ({
    metadata: {
      ...metadataOf('EndpointSlice', `${service}-x`, namespace),
      labels: { 'kubernetes.io/service-name': service },
    },
    ...rest,
  });
  const at = (addresses: readonly string[], ...ports: readonly [string, number][]) => ({
    endpoints: [{ addresses }],
    ports: ports.map(([protocol, port]) => ({ protocol, port })),
  });
  const policiesFor = (slices: readonly object[], change: Partial<Installation> = {}) =>
    network
      .desired(anInstallation({ listening: listeningOf([], slices as never), ...change }))
      .map(({ object }) => object) as never;
  const leaves = (policies: never, peer: Peer, port: number, protocol: Protocol = 'TCP') =>
    judgeTraffic(policies, { direction: 'Egress', pod: gatewayPod, peer, port, protocol }).allowed;
  const dnsPod = { ip: '10.244.0.9', pod: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } } };

  it.each([443, 6443, 8443, 16_443, 6444])(
    'is the API server on port %i, at each of its addresses',
    (port) => {
      const addresses = ['192.0.2.10', '192.0.2.11', '2001:db8::10'];
      const policies = policiesFor([slice('default', 'kubernetes', at(addresses, ['TCP', port]))]);
      for (const ip of addresses) expect(leaves(policies, { ip }, port)).toBe(true);
      expect(leaves(policies, { ip: '192.0.2.12' }, port)).toBe(false);
      expect(leaves(policies, { ip: '192.0.2.10' }, port + 1)).toBe(false);
    },
  );

  it('is the API server by its port alone where ranges of addresses do not match', () => {
    const byPorts = { ...usualGatewayNetwork, apiServer: 'Ports' } as const;
    const slices = [slice('default', 'kubernetes', at(['192.0.2.10'], ['TCP', 16_443]))];
    const policies = policiesFor(slices, { network: byPorts });
    expect(leaves(policies, { ip: '198.51.100.1' }, 16_443)).toBe(true);
    expect(leaves(policies, { ip: '198.51.100.1' }, 6443)).toBe(false);
  });

  it('is the API server on its usual ports as long as no address of it is known', () => {
    for (const slices of [[], [slice('default', 'kubernetes', at([], ['TCP', 8443]))]]) {
      for (const port of [443, 6443])
        expect(leaves(policiesFor(slices), { ip: '192.0.2.10' }, port)).toBe(true);
    }
  });

  it('is the API server on its target port too, where only its Service is known', () => {
    const spec = { clusterIPs: ['10.96.0.1'], ports: [{ port: 443, targetPort: 8443 }] };
    const service = { metadata: metadataOf('Service', 'kubernetes', 'default'), spec };
    const listening = listeningOf([service], []);
    const policies = network.desired(anInstallation({ listening })).map(({ object }) => object) as never;
    for (const port of [443, 6443, 8443]) expect(leaves(policies, { ip: '192.0.2.10' }, port)).toBe(true);
    expect(leaves(policies, { ip: '192.0.2.10' }, 8444)).toBe(false);
  });

  it.each([
    ['kube-system', 'kube-dns', 5353],
    ['kube-system', 'coredns', 1053],
    ['kube-system', 'rke2-coredns-rke2-coredns', 53],
    ['openshift-dns', 'dns-default', 5353],
  ])('is the DNS of %s/%s on port %i, by pod and by address', (namespace, service, port) => {
    const policies = policiesFor([
      slice(namespace, service, at(['10.244.0.9'], ['UDP', port], ['TCP', port])),
    ]);
    for (const protocol of ['UDP', 'TCP'] as const) {
      const pod = { namespace, labels: {} };
      for (const peer of [{ pod }, { ip: '10.244.0.9' }, { ip: '10.244.0.9', pod }])
        expect(leaves(policies, peer, port, protocol)).toBe(true);
    }
  });

  it('is no other port of DNS, and no other Service that calls itself so', () => {
    const told = at(['10.244.0.9'], ['UDP', 5353]);
    const policies = policiesFor([
      slice('kube-system', 'kube-dns', told),
      slice('ecase-2', 'kube-dns', at(['10.244.7.7'], ['TCP', 9000])),
      slice('ecase-2', 'kubernetes', at(['10.244.7.8'], ['TCP', 9000])),
    ]);
    expect(leaves(policies, dnsPod, 9153)).toBe(false);
    expect(leaves(policies, { ip: '10.244.7.7' }, 9000)).toBe(false);
    expect(leaves(policies, { ip: '10.244.7.8' }, 9000)).toBe(false);
  });

  it('is the DNS by the target port of its Service alone', () => {
    const service = {
      ...slice('kube-system', 'kube-dns', {}),
      spec: { clusterIPs: ['10.96.0.10'], ports: [{ port: 53, targetPort: 5353, protocol: 'UDP' }] },
    };
    const listening = listeningOf([service], []);
    const policies = network.desired(anInstallation({ listening })).map(({ object }) => object) as never;
    expect(leaves(policies, dnsPod, 5353, 'UDP')).toBe(true);
  });

  it('is the same for the same addresses in another order', () => {
    const one = slice('default', 'kubernetes', at(['192.0.2.10', '192.0.2.11'], ['TCP', 6443]));
    const other = slice('default', 'kubernetes', at(['192.0.2.11', '192.0.2.10', 'x'], ['TCP', 6443]));
    expect(policiesFor([one, other])).toEqual(policiesFor([other]));
  });

  it('has the ports and the rules that the chart says', () => {
    const egress = [
      { to: [{ ipBlock: { cidr: '198.51.100.9/32' } }], ports: [{ protocol: 'TCP', port: 3128 }] },
    ];
    const metricsFrom = [
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
    ];
    const told = {
      ...usualGatewayNetwork,
      supportPort: 9443,
      healthPort: 9081,
      recordsPort: 9445,
      egress,
      metricsFrom,
    };
    const policies = policiesFor([], { network: told });
    const webhook = {
      ...gatewayPod,
      labels: { ...gatewayPod.labels, 'app.kubernetes.io/component': 'webhook' },
    };
    expect(leaves(policies, { ip: '198.51.100.9' }, 3128)).toBe(true);
    expect(leaves(policies, { pod: webhook }, 9445)).toBe(true);
    const enters = (peer: Peer, port: number) =>
      judgeTraffic(policies, { direction: 'Ingress', pod: gatewayPod, peer, port }).allowed;
    expect(enters({ ip: '203.0.113.9' }, 9443)).toBe(true);
    expect(enters({ pod: { namespace: 'monitoring', labels: {} } }, 9081)).toBe(true);
    expect(enters({ pod: { namespace: 'elsewhere', labels: {} } }, 9081)).toBe(false);
    for (const port of [8443, 8444, 8081]) expect(enters({ ip: '203.0.113.9' }, port)).toBe(false);
  });
});
