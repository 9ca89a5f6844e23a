/**
 * THE list of what is never served at the Kubernetes API through the gateway, whatever a matrix says, and why. What no matrix
 * may give at all stands in `kubernetes-rights.ts`, and is on this list too: a matrix from before such a rule may still give it.
 */
import { whyNeverGiven } from '../matrix/kubernetes-rights.ts';
import type { KubeRequest } from './kube-request.ts';

/** One thing that is never served. */
interface NeverServed {
  readonly what: string;
  /** Follows "it". */
  readonly why: string;
  readonly fits: (request: KubeRequest) => boolean;
}

const served: readonly string[] = ['get', 'list', 'watch'];
const streams: readonly string[] = ['exec', 'attach', 'portforward', 'ephemeralcontainers'];
const oldForm = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(?:proxy|watch)(?:\/|$)/;

export const neverServed: readonly NeverServed[] = [
  {
    what: 'a verb in the path',
    why: 'is an old form of another request',
    fits: ({ path }) => oldForm.test(path),
  },
  {
    what: 'a proxy',
    why: 'reaches any port of a pod, a Service or a node',
    fits: ({ subresource, verb }) => subresource === 'proxy' || verb === 'proxy',
  },
  { what: 'a token', why: 'makes tokens', fits: ({ subresource }) => subresource === 'token' },
  {
    what: 'a node',
    why: 'is of the whole cluster, and leads to its kubelet',
    fits: ({ resource }) => resource === 'nodes',
  },
  {
    what: 'a shell or a tunnel',
    why: 'opens a stream in which nothing could be masked',
    fits: ({ subresource }) => streams.includes(subresource),
  },
  {
    what: 'a write',
    why: 'changes something, and only get, list and watch are served',
    fits: ({ verb }) => !served.includes(verb),
  },
];

/** Why this request about objects is never served; undefined where the matrix is asked. */
export function whyNeverServed(request: KubeRequest): string | undefined {
  const { group, resource, subresource } = request;
  return (
    neverServed.find(({ fits }) => fits(request))?.why ??
    whyNeverGiven(group, resource) ??
    whyNeverGiven(group, `${resource}/${subresource}`)
  );
}
