/**
 * Does the matrix give this request to the Kubernetes API, in the grant's own namespace? By the rules from which its ClusterRole
 * is made, as RBAC reads them, so that the API server is asked for nothing that it would have to refuse.
 */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';
import type { PolicyRule } from '../matrix/kubernetes-rights.ts';
import { rulesGive } from '../matrix/kubernetes-writes.ts';
import { printable } from '../problem.ts';
import { discoveredGroup } from '../request/kube-discovery.ts';
import { whyNeverServed } from '../request/kube-never.ts';
import type { KubeRequest } from '../request/kube-request.ts';

export const kubeRequestIsPermitted = {
  name: 'kubeRequestIsPermitted',
  entryPoints: ['kube-api'],
  check,
} as const satisfies Check;

function check({ matrix, grant, kubeRequest: request }: Ask): CheckResult {
  const namespace = grant?.metadata.namespace;
  if (request === undefined || namespace === undefined) return { reason: 'ActionNotAllowed' };
  const detail = objection(request, { namespace, rules: matrix?.rules ?? [] });
  return detail === undefined ? untilChanged : { reason: 'ActionNotAllowed', detail };
}

interface Given {
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
}

function objection(request: KubeRequest, { namespace, rules }: Given): string | undefined {
  const { isResource, verb, group, resource, subresource, name } = request;
  if (rules.length === 0) return 'the matrix has no spec.kubernetes.rules';
  if (!isResource) return discoveryObjection(request, rules);
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const what = `${verb} of ${printable(full)}`;
  const never = whyNeverServed(request);
  if (never !== undefined) return `${what} is never served: it ${never}`;
  if (request.namespace !== namespace) {
    const where =
      request.namespace === '' ? 'of the cluster' : `in namespace ${printable(request.namespace)}`;
    return `${what} ${where} is outside the grant's namespace ${namespace}`;
  }
  const wanted = { group, resource: full, verbs: [verb], ...(name === '' ? {} : { name }) };
  return rulesGive(rules, wanted) ? undefined : `spec.kubernetes.rules of the matrix do not give ${what}`;
}

function discoveryObjection({ path, verb }: KubeRequest, rules: readonly PolicyRule[]): string | undefined {
  const group = discoveredGroup(path);
  if (group === undefined || verb !== 'get') return `${printable(path)} is no address of discovery`;
  if (group === 'any' || rules.some(({ apiGroups }) => apiGroups.includes(group.named))) return undefined;
  return `spec.kubernetes.rules of the matrix name nothing of ${printable(path)}`;
}
