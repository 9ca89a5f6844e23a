/** A namespace of ConfigMaps that a cache follows, and calls that change them without the cache. */
import type { KubeClient } from '../../../kube/api/client.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { ConfigMaps } from '../../../kube/resources.ts';
import { createWatchCache, type WatchCacheOptions } from '../../../kube/watch/watch-cache.ts';

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

export interface Deps {
  /** Straight to the server. */
  readonly direct: KubeClient;
  /** What the cache uses. */
  readonly client: KubeClient;
  readonly namespace: string;
}

/** Calls on the ConfigMaps of one namespace. */
export function configMapsIn({ direct, client, namespace }: Deps) {
  function configMap(name: string, data: Record<string, string> = {}) {
    return { metadata: { name, namespace, labels: { of: 'test' } }, data };
  }

  return {
    configMap,
    make: async (name: string, data: Record<string, string> = {}) =>
      direct.create<ConfigMap>(ConfigMaps, configMap(name, data)),
    change: async (name: string, patch: object) =>
      direct.mergePatch<ConfigMap>(ConfigMaps, { namespace, name }, { patch }),
    remove: async (name: string) => {
      await direct.delete(ConfigMaps, { namespace, name });
    },

    /** A cache of the labelled ones, not started yet, with everything that it will tell. */
    aCache(options: WatchCacheOptions<ConfigMap> = {}) {
      const told: string[] = [];
      const problems: unknown[] = [];
      const onProblem = (problem: unknown) => problems.push(problem);
      const selection = { namespace, labelSelector: 'of=test' };
      const cache = createWatchCache<ConfigMap>(client, ConfigMaps, { ...selection, onProblem, ...options });
      cache.onChange(({ type, object }) => told.push(`${type} ${object.metadata.name}`));
      const names = () =>
        cache
          .list()
          .map((one) => one.metadata.name)
          .sort();
      const started = async () => {
        cache.start();
        await cache.synced;
      };
      return { cache, told, problems, names, started };
    },
  };
}
