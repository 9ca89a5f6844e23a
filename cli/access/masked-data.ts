/** How much of personal data an opening shows, in words and with the names of the classes: the same before it is given and after. Pure. */
import { matrixSchema } from '../../crds/generated/matrix-schema.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';

/** Every class of data that a matrix can have masked. */
export const knownClasses: readonly string[] =
  matrixSchema.properties.spec.properties.maskedClasses.items.enum;

/**
 * What is masked: the classes, without a list every class, also those that a later release knows; then the fields and patterns
 * of the matrix.
 */
export function maskedBy(spec: SupportPermissionMatrix['spec']): readonly string[] {
  const { masking, maskedClasses, maskedFields = [], maskedPatterns = [] } = spec;
  if (masking !== 'Enabled') return [];
  return [
    ...(maskedClasses ?? [...knownClasses, laterClasses]),
    ...maskedFields.map((name) => `the field ${name}`),
    ...maskedPatterns.map(({ pattern }) => `what ${pattern} finds`),
  ];
}

export const laterClasses = 'what a later release can mask';

/** What a matrix says of masking. */
export interface MaskingOfMatrix {
  readonly isOn: boolean;
  /** Those that it names; where it names none, all are masked. */
  readonly classes: readonly string[];
}

/** "masks EmailAddress". */
export function maskingInWords({ isOn, classes }: MaskingOfMatrix): string {
  if (!isOn) return 'masks nothing: support sees personal data as it is';
  if (classes.length > 0) return `masks ${classes.join(', ')}`;
  // A later release may know more of them than this plugin.
  const names = knownClasses.join(', ');
  return `masks every class of data that the installed release can mask (as far as this plugin knows: ${names})`;
}
