import { describe, expect, it } from 'vitest';
import { network, supportSources } from '../../../../operator/outputs/network.ts';
import type { Installation } from '../../../../operator/outputs/output.ts';
import { judgeTraffic } from '../../../kit/laws/network-policy.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import { aGrant, fromAddresses } from '../../../kit/objects/grant.ts';
import { withSpec } from '../../../kit/objects/object.ts';
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

describe('the gateway’s network policy', () => {
  const policyOf = (change: Partial<Installation> = {}) =>
    network.desired(anInstallation(change)).map(({ object }) => object);
  const gateway = {
    namespace: 'support-access',
    labels: { 'app.kubernetes.io/name': 'support-access', 'app.kubernetes.io/component': 'gateway' },
  };
  const reaches = (ip: string, port: number, change: Partial<Installation> = {}) =>
    judgeTraffic(policyOf(change) as never, {
      direction: 'Ingress',
      pod: gateway,
      peer: { ip },
      port,
    }).allowed;

  it('lets listed addresses to the support door and nobody else', () => {
    expect(reaches('203.0.113.9', 8443)).toBe(true);
    expect(reaches('203.0.113.200', 8443)).toBe(false);
    expect(reaches('198.51.100.1', 8443)).toBe(false);
  });

  it('closes the support door while nothing is open, and leaves the probes', () => {
    expect(reaches('203.0.113.9', 8443, { open: [] })).toBe(false);
    expect(reaches('192.0.2.1', 8081, { open: [] })).toBe(true);
  });

  it('never selects pods that are not the gateway’s', () => {
    expect(policyOf()[0]).toMatchObject({
      metadata: { namespace: 'support-access' },
      spec: { podSelector: { matchLabels: gateway.labels } },
    });
  });

  it('is none when the policy wants none', () => {
    expect(policyOf({ policy: aPolicy(withSpec({ network: { gatewayPolicy: 'Off' } })) })).toEqual([]);
  });

  it('is the same for the same grants in another order', () => {
    const one = aGrant(fromAddresses('203.0.113.0/25'));
    const other = aGrant(fromAddresses('203.0.113.128/26'));
    expect(policyOf({ open: [one, other] })).toEqual(policyOf({ open: [other, one] }));
  });
});
