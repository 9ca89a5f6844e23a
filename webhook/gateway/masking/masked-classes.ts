/** Which classes of data a matrix hides. A name that is not on the list is never skipped, because its data would pass. */

import type { DataClass } from './classes/data-class.ts';
import { dataClasses } from './classes/index.ts';

/** What a matrix says about masking. The names are the schema's, or those of a schema newer than this program. */
export interface MaskingSpec {
  readonly masking?: string;
  readonly maskedClasses?: readonly string[];
}

export type MaskedClasses =
  | { readonly ok: true; readonly classes: readonly DataClass[] }
  | { readonly ok: false; readonly unknown: readonly string[] };

/** Enabled without classes, or with an empty list of them, means every class that there is. */
export function maskedClasses({ masking, maskedClasses: named = [] }: MaskingSpec): MaskedClasses {
  if (masking !== 'Enabled') return { ok: true, classes: [] };
  if (named.length === 0) return { ok: true, classes: dataClasses };
  const unknown = named.filter((name) => !dataClasses.some((known) => known.name === name));
  if (unknown.length > 0) return { ok: false, unknown };
  return { ok: true, classes: dataClasses.filter(({ name }) => named.includes(name)) };
}
