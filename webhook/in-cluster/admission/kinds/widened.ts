/** Which warnings does a change deserve that lets in more than before? It is allowed, and may be what a mistake in a template did. */
import { type WideningKind, widenedFields } from '../../../../crds/rules/widening/widening.ts';
import type { ReviewedWrite } from './kind-rule.ts';

/** What an emptied address list means, by kind. */
const emptied = {
  SupportAccessGrant: 'people may sign in from every address that the policy admits',
  SupportAccessPolicy: 'each grant decides alone from where people may sign in',
} as const;

interface Spec {
  readonly access?: string;
  readonly allowedCIDRs?: readonly string[];
}

/** Of an update only: what is made anew lets in what it says. */
export function widenedWarnings(kind: WideningKind, { object, old }: ReviewedWrite): string[] {
  if (old === undefined) return [];
  const [before, after] = [old.spec as Spec, object.spec as Spec];
  const fields = widenedFields(kind, before, after).filter((field) => field !== 'access');
  const lost = kind !== 'SupportApplication' && fields.includes('allowedCIDRs') && hasNone(after);
  const others = fields.filter((field) => !(lost && field === 'allowedCIDRs'));
  const when = after.access === 'Disabled' ? ', once access is Enabled' : '';
  return [
    ...(lost
      ? [
          `spec.allowedCIDRs is empty now, so that ${emptied[kind]}${when}; if that is not meant, write the addresses again`,
        ]
      : []),
    ...(others.length > 0
      ? [
          `this lets in more than before${when}, by ${others.map((field) => `spec.${field}`).join(', ')}; if that is not meant, write again what was there`,
        ]
      : []),
  ];
}

const hasNone = ({ allowedCIDRs = [] }: Spec): boolean => allowedCIDRs.length === 0;
