/** A support case of grace's, open, with two contacts. */
import type { SupportCase } from '../../../crds/generated/support-case.ts';
import { type Modifier, metadataOf, modified } from './object.ts';

export function aCase(...modifiers: readonly Modifier<SupportCase>[]): SupportCase {
  const one: SupportCase = {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportCase',
    metadata: metadataOf('SupportCase', 'case-4711', 'ecase'),
    spec: {
      subject: 'Mail jobs are stuck',
      state: 'Open',
      owner: 'grace',
      contacts: [{ name: 'hedy', telephone: '+1 202 555 0143' }, { name: 'katherine' }],
    },
  };
  return modified(one, modifiers);
}
