/**
 * The rights that a support identity would have and its matrix does not give. Looks through every binding of the cluster
 * that reaches one of its accounts, by name or by group. What is neither a known default, unchanged, nor tolerated by name in
 * the policy counts.
 */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { printable } from '../../crds/rules/problem.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { isKnown, type KnownSearch } from './known-bindings.ts';
import type { AnyBinding, Subject } from './rbac-objects.ts';

/** The key under which bindings are found that reach every support identity. */
export const everyIdentity = '*';

/**
 * Which support identities a binding reaches: account names, or `everyIdentity`. A User subject may spell an account
 * too, as RBAC compares names and not kinds of names.
 */
export function identitiesReached(
  { subjects = [] }: { readonly subjects?: readonly Subject[] },
  identitiesNamespace: string,
): string[] {
  const prefix = `system:serviceaccount:${identitiesNamespace}:`;
  const wideGroups = new Set([
    'system:authenticated',
    'system:serviceaccounts',
    `system:serviceaccounts:${identitiesNamespace}`,
  ]);
  const reached = subjects.flatMap(({ kind, name, namespace }) => {
    if (kind === 'Group') return wideGroups.has(name) ? [everyIdentity] : [];
    if (kind === 'ServiceAccount') return namespace === identitiesNamespace ? [name] : [];
    return name.startsWith(prefix) ? [name.slice(prefix.length)] : [];
  });
  return [...new Set(reached)];
}

type Tolerated = NonNullable<NonNullable<SupportAccessPolicy['spec']['rights']>['toleratedBindings']>;

export interface ExcessSearch extends KnownSearch {
  readonly bindings: readonly AnyBinding[];
  /** The grant's own binding, as `<namespace>/<name>`. */
  readonly own: string;
  readonly tolerated: Tolerated;
}

/** The bindings that give too much, each once, sorted by how they are told. */
export function excessRights({ bindings, own, tolerated, ...known }: ExcessSearch): AnyBinding[] {
  const excess = bindings.filter(
    (binding) => placeOf(binding) !== own && !isTolerated(binding, tolerated) && !isKnown(binding, known),
  );
  const byWords = new Map(excess.map((binding) => [`${binding.kind} ${placeOf(binding)}`, binding]));
  return [...byWords.keys()].sort().flatMap((words) => byWords.get(words) ?? []);
}

function placeOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

function isTolerated({ kind, metadata }: AnyBinding, tolerated: Tolerated): boolean {
  return tolerated.some(
    (one) =>
      one.kind === kind && one.name === metadata.name && (one.namespace ?? '') === (metadata.namespace ?? ''),
  );
}
type Told = Pick<AnyBinding, 'kind' | 'metadata'>;

/** As names are: what no YAML reads otherwise, and what the policy's schema has room for. */
const usual = /^[A-Za-z0-9](?:[A-Za-z0-9:._@-]{0,251}[A-Za-z0-9])?$/;

/**
 * Kind and place, for people. Who may make a RoleBinding chooses its name, which may have every character but "/" and "%": it must
 * not be readable as more than a name, least of all in what an administrator copies into the policy. So a name that is not of the
 * usual form stands in quotes.
 */
export function bindingInWords({ kind, metadata: { namespace, name } }: Told): string {
  const told = usual.test(name) ? name : JSON.stringify(printable(name));
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${told}`;
}

/** The entry of the policy that accepts the binding; undefined where its name is not of the usual form. */
export function toleratingEntry({ kind, metadata: { namespace, name } }: Told): string | undefined {
  if (!usual.test(name)) return undefined;
  const place = namespace === undefined ? '' : `namespace: ${namespace}, `;
  return `{kind: ${kind}, ${place}name: ${JSON.stringify(name)}}`;
}
