/**
 * The reading half of a Kubernetes client over objects that a test holds: for questions about what we do
 * with answers. What a real API server answers is asked of a real one.
 */
import type { KubeClient } from '../../../kube/api/client.ts';
import { KubeError } from '../../../kube/errors.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { apiVersionOf, type Resource } from '../../../kube/resources.ts';

export interface KnownObjects {
  readonly client: Pick<KubeClient, 'get' | 'list'>;
  /** Adds the object or replaces the one of its name. */
  put(...objects: readonly unknown[]): void;
  remove(kind: string, name: string): void;
  /** Every object of a kind, as a watch holds it; no read is counted. */
  all(kind: string): readonly unknown[];
  /** Every read so far, as `Kind name`, `Kind name (metadata)` or `Kind *` for a list. */
  readonly gets: string[];
  /** What a GET of this kind and name answers instead; with the name `*`, what a list waits for. */
  answer(kind: string, name: string, answer: () => Promise<unknown>): void;
}

/** A client that knows these objects and says of others what an API server says of an object that is not there. */
export function knownObjects(...objects: readonly unknown[]): KnownObjects {
  const known = new Map<string, KubeObject>();
  const answers = new Map<string, () => Promise<unknown>>();
  const gets: string[] = [];
  const put = (...more: readonly unknown[]): void => {
    for (const object of more as KubeObject[]) known.set(`${object.kind} ${object.metadata.name}`, object);
  };
  put(...objects);
  const get: KubeClient['get'] = async <T>(
    resource: Resource,
    { name }: { readonly name: string },
    options: { readonly metadataOnly?: boolean | undefined } = {},
  ): Promise<T> => {
    const key = `${resource.kind} ${name}`;
    gets.push(options.metadataOnly ? `${key} (metadata)` : key);
    const instead = answers.get(key);
    if (instead !== undefined) return (await instead()) as T;
    const found = known.get(key);
    if (found === undefined) throw notFound(resource, name);
    return (
      options.metadataOnly
        ? { apiVersion: apiVersionOf(resource), kind: 'PartialObjectMetadata', metadata: found.metadata }
        : found
    ) as T;
  };
  const list = async (
    { kind }: Resource,
    { namespace }: { readonly namespace?: string | undefined } = {},
  ) => {
    gets.push(`${kind} *`);
    await answers.get(`${kind} *`)?.();
    const items = [...known.values()].filter(
      (object) =>
        object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace),
    );
    return { items, resourceVersion: '1' };
  };
  return {
    client: { get, list: list as KubeClient['list'] },
    all: (kind) => [...known.values()].filter((object) => object.kind === kind),
    put,
    remove: (kind, name) => void known.delete(`${kind} ${name}`),
    gets,
    answer: (kind, name, answer) => void answers.set(`${kind} ${name}`, answer),
  };
}

/** The API server's own words for an object that is not there. */
export function notFound(resource: Resource, name: string): KubeError {
  const body = {
    kind: 'Status',
    status: 'Failure',
    reason: 'NotFound',
    code: 404,
    message: `${resource.plural} "${name}" not found`,
    details: { name, group: resource.group, kind: resource.plural },
  };
  return new KubeError({
    method: 'GET',
    path: `/${resource.plural}/${name}`,
    status: 404,
    body: JSON.stringify(body),
  });
}
