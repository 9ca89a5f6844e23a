import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endpointObjection,
  mayBeDialled,
  podNameOf,
  type SliceObject,
} from '../../../../../crds/rules/request/endpoints.ts';
import { anEndpoint, aPod, aSlice } from '../../../../kit/objects/endpoints.ts';
import { aService, withServiceSpec } from '../../../../kit/objects/service.ts';

const service = aService();
const objection = (
  endpoint = anEndpoint(),
  pod: ReturnType<typeof aPod> | undefined = aPod(),
  slice: SliceObject = aSlice(),
) => endpointObjection(slice, endpoint, { pod, service });

const ref = anEndpoint().targetRef;
const { metadata, status } = aPod();

describe('an address behind a Service', () => {
  it('is fine when a running pod of the namespace has it, and the Service selects that pod', () => {
    expect(objection()).toBeUndefined();
  });

  it('is fine by its family, also where it is the second of the pod', () => {
    const pod = aPod({ status: { ...status, podIPs: [{ ip: '10.244.0.7' }, { ip: 'fd00::7' }] } });
    const six = anEndpoint({ addresses: ['fd00::7'] });
    expect(objection(six, pod, { ...aSlice(), addressType: 'IPv6' })).toBeUndefined();
  });

  it('is fine while its pod ends', () => {
    const deletionTimestamp = '2026-12-01T11:59:59Z';
    expect(objection(anEndpoint(), aPod({ metadata: { ...metadata, deletionTimestamp } }))).toBeUndefined();
  });

  const strays: Readonly<Record<string, [Parameters<typeof objection>, says: string]>> = {
    'nothing says whose it is': [[{ addresses: ['10.244.0.7'] }], 'names no pod'],
    'it is a node’s': [[anEndpoint({ targetRef: { ...ref, kind: 'Node' } })], 'names no pod'],
    'it is a pod’s of another namespace': [
      [anEndpoint({ targetRef: { ...ref, namespace: 'vendor' } })],
      'names no pod of its namespace',
    ],
    'no namespace is named': [
      [anEndpoint({ targetRef: { kind: 'Pod', name: 'ecase-0', uid: metadata.uid } })],
      'names no pod',
    ],
    'no name is named': [[anEndpoint({ targetRef: { ...ref, name: '' } })], 'names no pod'],
    'its pod has another UID': [[anEndpoint({ targetRef: { ...ref, uid: 'u' } })], 'is another one'],
    'no UID is named': [
      [anEndpoint({ targetRef: { kind: 'Pod', namespace: 'ecase', name: 'ecase-0' } })],
      'is another one',
    ],
    'its pod has another address': [[anEndpoint({ addresses: ['198.51.100.7'] })], 'does not have'],
    'a second address is not the pod’s': [
      [anEndpoint({ addresses: ['10.244.0.7', '198.51.100.7'] })],
      'does not have',
    ],
    'the address is only near the pod’s': [[anEndpoint({ addresses: ['10.244.0.70'] })], 'does not have'],
    'there is no address': [[anEndpoint({ addresses: [] })], 'does not have'],
    'its pod has no address yet': [
      [anEndpoint(), aPod({ status: { phase: 'Pending', podIPs: null } })],
      'does not have',
    ],
    'its pod has no status': [[anEndpoint(), aPod({ status: {} })], 'does not have'],
    'its pod has succeeded': [
      [anEndpoint(), aPod({ status: { ...status, phase: 'Succeeded' } })],
      'finished',
    ],
    'its pod has failed': [[anEndpoint(), aPod({ status: { ...status, phase: 'Failed' } })], 'finished'],
    'its pod is on the network of its node': [
      [anEndpoint(), aPod({ spec: { hostNetwork: true } })],
      'without hostNetwork',
    ],
    'its pod has the address of its node': [
      [anEndpoint(), aPod({ status: { ...status, hostIPs: [{ ip: '10.244.0.7' }] } })],
      'without hostNetwork',
    ],
    'the Service does not select its pod': [
      [anEndpoint(), aPod({ metadata: { ...metadata, labels: { app: 'database' } } })],
      'does not select',
    ],
    'it is a name': [[anEndpoint(), aPod(), { ...aSlice(), addressType: 'FQDN' }], 'names in place'],
    'its kind is not known': [[anEndpoint(), aPod(), { ...aSlice(), addressType: 'MAC' }], 'names in place'],
  };
  it.each(Object.entries(strays))('is refused when %s', (_, [given, says]) => {
    const told = objection(...given);
    expect(told).toContain('EndpointSlice ecase-abc leads Service ecase to ');
    expect(told).toContain(says);
  });

  it('is refused when there is no such pod, and told with the way out', () => {
    expect(endpointObjection(aSlice(), anEndpoint(), { pod: undefined, service })).toBe(
      'EndpointSlice ecase-abc leads Service ecase to 10.244.0.7, but there is no pod ecase-0; ' +
        'delete the slice, and Kubernetes makes it again from the pods.',
    );
  });

  it('is refused when the Service selects by a name that every object has', () => {
    const odd = aService(withServiceSpec({ selector: { constructor: 'x' } }));
    expect(endpointObjection(aSlice(), anEndpoint(), { pod: aPod(), service: odd })).toBeDefined();
  });
});

describe('a port of a slice', () => {
  const named = (targetPort: string | number, more: object = {}) =>
    aService(withServiceSpec({ ports: [{ name: 'web', port: 80, targetPort, ...more }] }));
  const withContainers = (containers: object[], initContainers: object[] = []) =>
    aPod({ spec: { containers, initContainers } });
  const web = { ports: [{ name: 'http', containerPort: 8080 }] };
  const judged = (
    ports: SliceObject['ports'],
    { of = aService(), pod = aPod() }: { of?: ReturnType<typeof aService>; pod?: ReturnType<typeof aPod> },
  ) =>
    endpointObjection({ ...aSlice(), ...(ports === undefined ? {} : { ports }) }, anEndpoint(), {
      pod,
      service: of,
    });

  const fine: Readonly<Record<string, Parameters<typeof judged>>> = {
    'is where the Service leads': [[{ name: '', port: 8080, protocol: 'TCP' }], {}],
    'leaves out what is usual': [[{ port: 8080 }], {}],
    'is the Service’s own, where that names no other': [
      [{ port: 80 }],
      { of: aService(withServiceSpec({ ports: [{ port: 80 }] })) },
    ],
    'is the one that the pod calls so': [
      [{ name: 'web', port: 8080 }],
      { of: named('http'), pod: withContainers([{ ports: null }, {}, web]) },
    ],
    'is one of a container that runs beside the others': [
      [{ name: 'web', port: 8080 }],
      { of: named('http'), pod: withContainers([{}], [{ ...web, restartPolicy: 'Always' }]) },
    ],
    'is not there, as of a pod that names none': [[], { of: named('http') }],
    'is none at all': [null, { of: named('http') }],
  };
  it.each(Object.entries(fine))('is fine when it %s', (_, given) => {
    expect(judged(...given)).toBeUndefined();
  });

  const strays: Readonly<Record<string, [...Parameters<typeof judged>, says: string]>> = {
    'it is another': [[{ name: '', port: 9999 }], {}, 'but to 9999/TCP in place of 8080/TCP'],
    'it is the Service’s own in place of the pod’s': [[{ port: 80 }], {}, 'to 80/TCP in place of 8080/TCP'],
    'it has another protocol': [[{ port: 8080, protocol: 'UDP' }], {}, 'to 8080/UDP in place of 8080/TCP'],
    'it is every port': [[{ name: '', port: null }], {}, 'to any/TCP in place of 8080/TCP'],
    'the second of two is another': [[{ port: 8080 }, { port: 8081 }], {}, 'to 8081/TCP'],
    'the Service has no port of that name': [
      [{ name: 'metrics', port: 8080 }],
      {},
      'the Service does not have port metrics',
    ],
    'the Service’s has a name': [
      [{ port: 8080 }],
      { of: named(8080) },
      'the Service does not have the port without a name',
    ],
    'the pod calls another so': [
      [{ name: 'web', port: 9999 }],
      { of: named('http'), pod: withContainers([web]) },
      'to 9999/TCP in place of 8080/TCP, to which port web leads on that pod',
    ],
    'the pod calls none so': [
      [{ name: 'web', port: 8080 }],
      { of: named('admin'), pod: withContainers([web]) },
      'that pod has no port admin, to which port web leads',
    ],
    'it is one of a container that ends before the others begin': [
      [{ name: 'web', port: 8080 }],
      { of: named('http'), pod: withContainers([{}], [web]) },
      'has no port http',
    ],
    'the pod calls one of another protocol so': [
      [{ name: 'web', port: 8080, protocol: 'UDP' }],
      { of: named('http', { protocol: 'UDP' }), pod: withContainers([web]) },
      'has no port http',
    ],
  };
  it.each(Object.entries(strays))('is refused when %s', (_, [ports, given, says]) => {
    expect(judged(ports, given)).toContain(says);
  });

  it('is refused after any single change of what Kubernetes would write', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
    const written = fc.record({ name: fc.constantFrom('', 'web', 'metrics'), port, protocol });
    fc.assert(
      fc.property(written, written, fc.boolean(), (true_, other, byName) => {
        const { name, protocol: spoken } = true_;
        const pod = withContainers([
          { ports: [{ name: 'http', containerPort: true_.port, protocol: spoken }] },
        ]);
        const targetPort = byName ? 'http' : true_.port;
        const ports = [{ name, port: 80, protocol: spoken, targetPort }];
        const of = aService(withServiceSpec({ ports }));
        expect(judged([true_], { of, pod })).toBeUndefined();
        const isSame = other.name === name && other.port === true_.port && other.protocol === spoken;
        expect(judged([other], { of, pod }) === undefined).toBe(isSame);
        expect(judged([true_, { ...true_, port: null }], { of, pod })).toBeDefined();
      }),
    );
  });
});

describe('kube-proxy may dial', () => {
  it.each([
    [{ ready: true, serving: true }, true],
    [{ ready: false, serving: true }, true],
    [{ ready: false, serving: false }, false],
    [{ ready: false }, true],
    [{ ready: null, serving: null }, true],
    [{}, true],
    [undefined, true],
  ])('an endpoint of which %j is said: %s', (conditions, may) => {
    expect(mayBeDialled(conditions === undefined ? {} : { conditions })).toBe(may);
  });
});

it('of all that a slice may say, only a pod of its own namespace is read, and only its own address passes', () => {
  const texts = fc.constantFrom('ecase', 'vendor', 'ecase-0', 'Pod', 'Node', '', '10.244.0.7', '10.0.0.1');
  const said = fc.record({
    addresses: fc.array(texts, { maxLength: 2 }),
    targetRef: fc.record(
      { kind: texts, namespace: texts, name: texts, uid: fc.constantFrom(metadata.uid, 'u', '') },
      { requiredKeys: [] },
    ),
  });
  fc.assert(
    fc.property(said, (endpoint) => {
      const { targetRef, addresses } = endpoint;
      if (targetRef.namespace !== 'ecase') expect(podNameOf(aSlice(), endpoint)).toBeUndefined();
      if (objection(endpoint) !== undefined) return;
      expect(targetRef).toEqual({ ...ref, name: targetRef.name });
      expect(new Set(addresses)).toEqual(new Set(['10.244.0.7']));
    }),
  );
});
