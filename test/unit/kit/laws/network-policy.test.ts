import { describe, expect, it } from 'vitest';
import {
  judgeTraffic,
  type NetworkPolicy,
  type Pod,
  type Traffic,
} from '../../../kit/laws/network-policy.ts';

const gateway: Pod = { namespace: 'support', labels: { app: 'gateway' }, namedPorts: { door: 8443 } };

function aPolicy(spec: NetworkPolicy['spec'], name = 'policy', namespace = 'support'): NetworkPolicy {
  return { metadata: { name, namespace }, spec };
}

function ingress(peer: Traffic['peer'], port = 8443): Traffic {
  return { direction: 'Ingress', pod: gateway, peer, port };
}

function allowed(policies: readonly NetworkPolicy[], traffic: Traffic): boolean {
  return judgeTraffic(policies, traffic).allowed;
}

const office = { ip: '198.51.100.7' };
const fromBlock = (cidr: string, ...except: readonly string[]): NetworkPolicy =>
  aPolicy({ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr, except } }] }] });

describe('isolation', () => {
  it('leaves a pod open that no policy selects', () => {
    const other = aPolicy({ podSelector: { matchLabels: { app: 'other' } }, policyTypes: ['Ingress'] });
    expect(judgeTraffic([other], ingress(office))).toEqual({ allowed: true, isolatedBy: [], allowedBy: [] });
  });

  it('does not reach into other namespaces', () => {
    expect(allowed([aPolicy({ podSelector: {} }, 'deny', 'elsewhere')], ingress(office))).toBe(true);
  });

  it('closes a selected pod to everything that no rule allows', () => {
    expect(judgeTraffic([aPolicy({ podSelector: {} }, 'deny')], ingress(office))).toEqual({
      allowed: false,
      isolatedBy: ['deny'],
      allowedBy: [],
    });
  });

  it('takes one rule that is empty as open to all', () => {
    expect(allowed([aPolicy({ podSelector: {}, ingress: [{}] })], ingress(office))).toBe(true);
  });

  it('takes an empty list of peers or ports in a rule as all of them', () => {
    expect(allowed([aPolicy({ podSelector: {}, ingress: [{ from: [], ports: [] }] })], ingress(office))).toBe(
      true,
    );
  });

  it('adds policies up: one that allows is enough', () => {
    const both = [aPolicy({ podSelector: {} }, 'deny'), fromBlock('198.51.100.0/24')];
    expect(judgeTraffic(both, ingress(office))).toEqual({
      allowed: true,
      isolatedBy: ['deny', 'policy'],
      allowedBy: ['policy'],
    });
  });
});

describe('directions', () => {
  const out: Traffic = { direction: 'Egress', pod: gateway, peer: { ip: '203.0.113.5' }, port: 443 };

  it('does not isolate egress by ingress rules alone', () => {
    expect(allowed([fromBlock('198.51.100.0/24')], out)).toBe(true);
  });

  it('isolates egress where an egress rule exists and no type is said', () => {
    const policy = aPolicy({ podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] });
    expect(allowed([policy], out)).toBe(false);
    expect(allowed([policy], { ...out, peer: { ip: '10.1.2.3' } })).toBe(true);
  });

  it('isolates egress where the type is said and no rule exists', () => {
    expect(allowed([aPolicy({ podSelector: {}, policyTypes: ['Egress'] })], out)).toBe(false);
  });

  it('does not isolate ingress where only Egress is said', () => {
    expect(allowed([aPolicy({ podSelector: {}, policyTypes: ['Egress'] })], ingress(office))).toBe(true);
  });

  it('resolves a named port of egress on the pod that receives', () => {
    const policy = aPolicy({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 'dns' }] }],
    });
    const dns: Pod = { namespace: 'kube-system', labels: {}, namedPorts: { dns: 53 } };
    expect(allowed([policy], { ...out, peer: { pod: dns }, port: 53 })).toBe(true);
    expect(allowed([policy], { ...out, peer: { pod: dns }, port: 54 })).toBe(false);
    expect(allowed([policy], { ...out, port: 53 })).toBe(false);
  });
});

describe('address blocks', () => {
  it.each([
    ['the address before the first', '198.51.99.255', false],
    ['the first address', '198.51.100.0', true],
    ['the last address', '198.51.100.255', true],
    ['the address after the last', '198.51.101.0', false],
    ['an address of the other family', '::ffff:198.51.100.7', false],
  ])('judges %s', (_, ip, expected) => {
    expect(allowed([fromBlock('198.51.100.0/24')], ingress({ ip }))).toBe(expected);
  });

  it('leaves out what is excepted', () => {
    const policy = fromBlock('198.51.100.0/24', '198.51.100.7/32');
    expect(allowed([policy], ingress(office))).toBe(false);
    expect(allowed([policy], ingress({ ip: '198.51.100.8' }))).toBe(true);
  });

  it('judges IPv6', () => {
    expect(allowed([fromBlock('2001:db8::/32')], ingress({ ip: '2001:db8::1' }))).toBe(true);
    expect(allowed([fromBlock('2001:db8::/32')], ingress({ ip: '2001:db9::1' }))).toBe(false);
  });

  it('does not match a pod whose address nobody knows', () => {
    expect(allowed([fromBlock('0.0.0.0/0')], ingress({ pod: gateway }))).toBe(false);
  });

  it('throws at a block that the API server would refuse', () => {
    expect(() => allowed([fromBlock('198.51.100.7')], ingress(office))).toThrow(/refuse this CIDR/);
  });
});

describe('pods as peers', () => {
  const proxy: Pod = { namespace: 'ingress', labels: { app: 'proxy' }, namespaceLabels: { team: 'net' } };
  const from = (peer: object): NetworkPolicy => aPolicy({ podSelector: {}, ingress: [{ from: [peer] }] });

  it('means the policy’s own namespace when only pods are selected', () => {
    const policy = from({ podSelector: { matchLabels: { app: 'proxy' } } });
    expect(allowed([policy], ingress({ pod: proxy }))).toBe(false);
    expect(allowed([policy], ingress({ pod: { ...proxy, namespace: 'support' } }))).toBe(true);
  });

  it('means every pod of the chosen namespaces when only namespaces are selected', () => {
    const policy = from({ namespaceSelector: { matchLabels: { team: 'net' } } });
    expect(allowed([policy], ingress({ pod: proxy }))).toBe(true);
    expect(allowed([policy], ingress({ pod: gateway }))).toBe(false);
  });

  it('wants both when both are selected in one entry', () => {
    const policy = from({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } },
      podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['proxy'] }] },
    });
    expect(allowed([policy], ingress({ pod: proxy }))).toBe(true);
    expect(allowed([policy], ingress({ pod: { ...proxy, labels: { app: 'job' } } }))).toBe(false);
    expect(allowed([policy], ingress({ pod: { ...proxy, namespace: 'other' } }))).toBe(false);
  });

  it('does not match an address without a pod, even when all namespaces are selected', () => {
    expect(allowed([from({ namespaceSelector: {} })], ingress(office))).toBe(false);
    expect(allowed([from({ namespaceSelector: {} })], ingress({ pod: proxy }))).toBe(true);
  });
});

describe('selectors', () => {
  it.each([
    ['NotIn matches another value', 'NotIn', ['x'], true],
    ['NotIn does not match its value', 'NotIn', ['gateway'], false],
    ['Exists matches a label that is there', 'Exists', undefined, true],
    ['DoesNotExist does not match a label that is there', 'DoesNotExist', undefined, false],
  ] as const)('%s', (_, operator, values, selected) => {
    const expression = { key: 'app', operator, ...(values && { values }) };
    const policy = aPolicy({ podSelector: { matchExpressions: [expression] } });
    expect(allowed([policy], ingress(office))).toBe(!selected);
  });

  it('NotIn matches where the label is absent', () => {
    const policy = aPolicy({
      podSelector: { matchExpressions: [{ key: 'absent', operator: 'NotIn', values: ['x'] }] },
    });
    expect(allowed([policy], ingress(office))).toBe(false);
  });
});

describe('ports', () => {
  const to = (port: object): NetworkPolicy => aPolicy({ podSelector: {}, ingress: [{ ports: [port] }] });

  it.each([
    ['below a range', 8442, false],
    ['at the start of a range', 8443, true],
    ['at the end of a range', 8445, true],
    ['above a range', 8446, false],
  ])('judges a port %s', (_, port, expected) => {
    expect(allowed([to({ port: 8443, endPort: 8445 })], ingress(office, port))).toBe(expected);
  });

  it('is TCP where no protocol is said', () => {
    expect(allowed([to({ port: 8443 })], { ...ingress(office), protocol: 'UDP' })).toBe(false);
    expect(allowed([to({ port: 8443, protocol: 'UDP' })], { ...ingress(office), protocol: 'UDP' })).toBe(
      true,
    );
  });

  it('resolves a named port of ingress on the selected pod', () => {
    expect(allowed([to({ port: 'door' })], ingress(office, 8443))).toBe(true);
    expect(allowed([to({ port: 'door' })], ingress(office, 8081))).toBe(false);
    expect(allowed([to({ port: 'unknown' })], ingress(office))).toBe(false);
  });
});
