/**
 * Who enables a grant opens all that stands in it, also what another person wrote while it was Disabled, for which the verb
 * `open` is not needed. The status says whose the spec is.
 */
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import { printable } from '../../../../crds/rules/problem.ts';
import type { ReviewedWrite } from './kind-rule.ts';

/** Only where a grant becomes Enabled whose spec is known to be another person's. */
export function unseenChange({ old, requester }: ReviewedWrite): string[] {
  const before = old as unknown as SupportAccessGrant | undefined;
  if (before === undefined || before.spec.access === 'Enabled') return [];
  const author = before.status?.requester;
  if (author?.username === undefined || author.generation !== before.metadata.generation) return [];
  if (author.username === requester) return [];
  return [
    `this enables what ${printable(author.username)} wrote last (${author.certainty}), while the grant was Disabled; read its whole spec, as kubectl get -o yaml shows it, and disable it again if that is not meant`,
  ];
}
