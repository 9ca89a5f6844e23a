/** Where Services of this cluster listen: the API server, cluster DNS and this process's own addresses, really asked. */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isNotFound } from '../../../kube/errors.ts';
import { Services } from '../../../kube/resources.ts';
import {
  createResolveService,
  type ResolveService,
  readResolveMap,
  type ServiceObject,
} from './resolve-service.ts';

/** How long a person waits for one read, milliseconds. */
const deadlineMs = 1000;

/** `resolveMap` is the path of a map file that stands in for DNS, where there is one. */
export function resolveInCluster(
  client: Pick<KubeClient, 'get'>,
  resolveMap: string | undefined,
): ResolveService {
  return createResolveService({
    map: resolveMap === undefined ? undefined : readResolveMap(resolveMap),
    lookup: (name) => lookup(name, { all: true }),
    read: async (ref) => {
      try {
        return await client.get<ServiceObject>(Services, ref, { deadlineMs });
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    own: () => Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map((one) => one.address)),
  });
}
