/** Reads rendered objects the way the chart's tests ask for them. */
import type { RenderedObject } from '../../kit/installation/chart.ts';

export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** A right of a process: where it holds, and the rule that gives it. */
export interface Right {
  /** A namespace, or `*` for the whole cluster. */
  readonly where: string;
  readonly role: string;
  readonly rule: PolicyRule;
}

interface Binding extends RenderedObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

/** All rights that the rendered bindings give to one ServiceAccount of the release. */
export function rightsOf(objects: readonly RenderedObject[], account: string): Right[] {
  const bindings = objects.filter(({ kind }) => kind.endsWith('RoleBinding')) as Binding[];
  return bindings
    .filter(({ subjects = [] }) =>
      subjects.some(({ kind, name }) => kind === 'ServiceAccount' && name === account),
    )
    .flatMap(({ roleRef, metadata }) =>
      rulesOf(objects, roleRef, metadata.namespace).map((rule) => ({
        where: metadata.namespace ?? '*',
        role: roleRef.name,
        rule,
      })),
    );
}

function rulesOf(
  objects: readonly RenderedObject[],
  role: { readonly kind: string; readonly name: string },
  namespace: string | undefined,
): readonly PolicyRule[] {
  const found = objects.find(
    ({ kind, metadata }) =>
      kind === role.kind &&
      metadata.name === role.name &&
      (kind === 'ClusterRole' || metadata.namespace === namespace),
  );
  if (!found) throw new Error(`${role.kind} ${role.name} is bound, and not rendered`);
  return found['rules'] as readonly PolicyRule[];
}

/** Every rendered object of these kinds. */
export function ofKind(objects: readonly RenderedObject[], ...kinds: readonly string[]): RenderedObject[] {
  return objects.filter(({ kind }) => kinds.includes(kind));
}
