/**
 * Does a matrix give this write to a support identity? By the rules from which its ClusterRole is made, as RBAC reads them; what
 * another binding gives counts for nothing here, and no wildcard does.
 */
import type { PolicyRule } from './kubernetes-rights.ts';

/** What was asked of the API server. */
export interface KubernetesWrite {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  /** Empty for the core group. */
  readonly group: string;
  /** With its subresource, as rules of RBAC write it, such as `pods/exec`. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Whose the object says that it is, after the write and before it; undefined where there is no such object. */
  readonly owner: { readonly after?: OwnerMark | undefined; readonly before?: OwnerMark | undefined };
}

/** What the marks of an object say of its owner: the UID of a SupportUser, and its name. */
export interface OwnerMark {
  readonly uid?: string | undefined;
  readonly name?: string | undefined;
}

/** By which of these verbs the API server let it come this far, only RBAC knows: a patch updates, and a GET may open a shell. */
const verbs: Readonly<Record<KubernetesWrite['operation'], readonly string[]>> = {
  CREATE: ['create'],
  UPDATE: ['update', 'patch'],
  DELETE: ['delete'],
  CONNECT: ['get', 'create'],
};

/** Whether one of the rules gives it. */
export function rulesPermit(rules: readonly PolicyRule[], write: KubernetesWrite): boolean {
  return rulesGive(rules, { ...write, verbs: verbs[write.operation] });
}

/** What rules are asked for. */
export interface WantedRight {
  readonly group: string;
  /** With its subresource. */
  readonly resource: string;
  readonly name?: string | undefined;
  /** One of them is enough. */
  readonly verbs: readonly string[];
}

/** Whether one of the rules gives one of these verbs. A rule for named objects gives nothing without a name. */
export function rulesGive(rules: readonly PolicyRule[], wanted: WantedRight): boolean {
  const { group, resource, name, verbs: some } = wanted;
  return rules.some(
    ({ apiGroups, resources, resourceNames = [], verbs: given }) =>
      apiGroups.includes(group) &&
      resources.includes(resource) &&
      given.some((verb) => some.includes(verb)) &&
      (resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name))),
  );
}
