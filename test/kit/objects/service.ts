/** The Service behind the customer's application. */
import type { ServiceReading } from '../../../crds/rules/request/service.ts';
import type { Service } from '../../../operator/watching/kubernetes-objects.ts';
import { type Modifier, metadataOf, modified } from './object.ts';

export function aService(...modifiers: readonly Modifier<Service>[]): Service {
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf('Service', 'ecase', 'ecase'),
    spec: {
      type: 'ClusterIP',
      selector: { app: 'ecase' },
      clusterIPs: ['10.96.0.7'],
      ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }],
    },
  };
  return modified(service, modifiers);
}

export const withServiceSpec =
  (change: Service['spec']): Modifier<Service> =>
  (service) => ({ ...service, spec: { ...service.spec, ...change } });

export const withServiceMetadata =
  (change: Partial<Service['metadata']>): Modifier<Service> =>
  (service) => ({ ...service, metadata: { ...service.metadata, ...change } });

/** The Service as a decision knows it, with the EndpointSlices that were made by hand. */
export function reading(
  service: ServiceReading['service'] = aService(),
  ...handMadeSlices: readonly string[]
): ServiceReading {
  return { service, handMadeSlices };
}

/** There is no Service. */
export const noService: ServiceReading = { service: undefined, handMadeSlices: [] };
