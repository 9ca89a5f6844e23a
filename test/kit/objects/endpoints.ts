/** The pod behind the customer's application, and the EndpointSlice that Kubernetes makes of it. */
import type { Endpoint, PodObject } from '../../../crds/rules/request/endpoints.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import type { FollowedSlice } from '../../../webhook/gateway/decisions/backend-pods.ts';
import { metadataOf } from './object.ts';

export type Pod = KubeObject & PodObject;

/** A running pod that the Service selects. */
export function aPod(change: Partial<Pod> = {}, name = 'ecase-0'): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadataOf('Pod', name, 'ecase'), labels: { app: 'ecase' } },
    spec: {},
    status: { phase: 'Running', podIPs: [{ ip: '10.244.0.7' }], hostIPs: [{ ip: '192.0.2.1' }] },
    ...change,
  };
}

/** What the controller writes of the pod. */
export function anEndpoint(change: Partial<Endpoint> = {}, pod = aPod()): Endpoint {
  const { name, namespace = '', uid } = pod.metadata;
  return {
    addresses: ['10.244.0.7'],
    conditions: { ready: true, serving: true },
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...change,
  };
}

/** The slice of the Service, with these endpoints. */
export function aSlice(
  endpoints: FollowedSlice['endpoints'] = [anEndpoint()],
  name = 'ecase-abc',
): FollowedSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: metadataOf('EndpointSlice', name, 'ecase'),
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    ...(endpoints === undefined ? {} : { endpoints }),
  };
}
