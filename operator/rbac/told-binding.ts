/**
 * How is a binding told to people? Who may make a RoleBinding chooses its name, which may have every character but "/" and "%": a
 * name must not be readable as more than a name, least of all in an entry that an administrator copies into the policy.
 */
import { printable } from '../../crds/rules/problem.ts';
import type { AnyBinding } from './rbac-objects.ts';

type Told = Pick<AnyBinding, 'kind' | 'metadata'>;

/** As names are: what no YAML reads otherwise, and what the policy's schema has room for. */
const usual = /^[A-Za-z0-9](?:[A-Za-z0-9:._@-]{0,251}[A-Za-z0-9])?$/;

/** Kind and place; a name that is not of the usual form in quotes. */
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
