/**
 * What of discovery is about the rules of a matrix? A client of the Kubernetes API asks first what there is; it is shown what
 * the rules give and that is served, and nothing more.
 */
import type { PolicyRule } from '../matrix/kubernetes-rights.ts';
import { whyNeverServed } from './kube-never.ts';

/** Of which group a path of discovery tells: `any` where it is about all of them; undefined where it is none. */
export function discoveredGroup(path: string): 'any' | { readonly named: string } | undefined {
  if (['/api', '/apis', '/version'].includes(path)) return 'any';
  if (path === '/api/v1') return { named: '' };
  const [, named] = /^\/apis\/([a-z0-9.-]+)(?:\/[a-z0-9]+)?$/.exec(path) ?? [];
  return named === undefined ? undefined : { named };
}

/** Which of these verbs are served of a resource, with its subresource, by these rules. */
export function servedVerbs(
  rules: readonly PolicyRule[],
  { group, resource }: { readonly group: string; readonly resource: string },
  verbs: readonly string[],
): string[] {
  const [base = '', subresource = ''] = resource.split('/');
  const about = {
    isResource: true,
    group,
    version: '',
    resource: base,
    subresource,
    namespace: '',
    name: '',
    path: '',
  };
  return verbs.filter(
    (verb) =>
      whyNeverServed({ ...about, verb }) === undefined &&
      rules.some(
        (rule) =>
          rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes(verb),
      ),
  );
}
