/** Which classes of data a matrix hides. A name that is not on the list is never skipped, because its data would pass. */

import type { MaskedClass } from './classes/data-class.ts';
import { emailAddress, emailAddressBut } from './classes/email-address.ts';
import { dataClasses } from './classes/index.ts';
import { ownPatterns } from './classes/own-pattern.ts';
import { namedFields } from './fields/named-fields.ts';

/** What a matrix says about masking. The names are the schema's, or those of a schema newer than this program. */
export interface MaskingSpec {
  readonly masking?: string;
  readonly maskedClasses?: readonly string[];
  readonly maskedFields?: readonly string[];
  readonly maskedPatterns?: readonly { readonly pattern: string }[];
  readonly hostNames?: readonly string[];
}

export type MaskedClasses =
  | { readonly ok: true; readonly classes: readonly MaskedClass[] }
  | { readonly ok: false; readonly unknown: readonly string[] };

/**
 * Enabled without classes, or with an empty list of them, means every class that there is; the fields and patterns of the
 * matrix come besides. Fields first: what stands in them is hidden whole, so that nothing is left of it for another class.
 */
export function maskedClasses(spec: MaskingSpec): MaskedClasses {
  const { masking, maskedClasses: named = [], hostNames = [] } = spec;
  if (masking !== 'Enabled') return { ok: true, classes: [] };
  const unknown = named.filter((name) => !dataClasses.some((known) => known.name === name));
  if (unknown.length > 0) return { ok: false, unknown };
  const listed = named.length === 0 ? dataClasses : dataClasses.filter(({ name }) => named.includes(name));
  const classes = listed.map((each) =>
    each === emailAddress && hostNames.length > 0 ? emailAddressBut(hostNames) : each,
  );
  return { ok: true, classes: [...fieldsOf(spec), ...patternsOf(spec), ...classes] };
}

function fieldsOf({ maskedFields = [] }: MaskingSpec): MaskedClass[] {
  return maskedFields.length === 0 ? [] : [namedFields(maskedFields)];
}

function patternsOf({ maskedPatterns = [] }: MaskingSpec): MaskedClass[] {
  return maskedPatterns.length === 0 ? [] : [ownPatterns(maskedPatterns.map(({ pattern }) => pattern))];
}
