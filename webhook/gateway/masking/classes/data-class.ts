/** What a class of data is that masking hides, as an entry of the list in `index.ts`. */
import type { TextKind } from '../reading/grammar.ts';

/** Where in a text one value stands. */
export interface Found {
  readonly start: number;
  readonly end: number;
  /** What to write there instead, where the replacement by itself would break the text's own form. */
  readonly written?: (replacement: string) => string;
}

/** How much of what has gone before a finder is told. */
export const longestBefore = 48;

export interface FindOptions {
  readonly kind: TextKind;
  /** Whether nothing follows this text. */
  readonly final: boolean;
  /** What stood before the text, as far as a finder may look back that holds nothing of it; at a text's beginning, nothing. */
  readonly before?: string;
}

/**
 * Finds values in a text of which more may follow, in time proportional to its length. Calls `onFound` for each value
 * in order, and returns from where on the text must be searched again together with what follows.
 */
export type Finder = (text: string, options: FindOptions, onFound: (found: Found) => void) => number;

/** What is said of a class of data, however its values are found. */
export interface ClassOfData {
  /** As `maskedClasses` of a matrix names it, and under which masked values are counted in the records. */
  readonly name: string;
  /** What pages call such values, in the plural. */
  readonly plural: string;
  /** What stands in place of a value: plain in every format, quoted or not. */
  readonly replacement: string;
}

/** Masks one class in one text, piece by piece: in a row with the others, each seeing what the one before lets through. */
export interface ClassStage {
  readonly name: string;
  readonly count: number;
  mask(more: string, final: boolean): string;
}

/** A class whose values are told by where they stand in the text, which has to be followed. */
export interface PlacedClass extends ClassOfData {
  readonly follow: (kind: TextKind, write: WriteValue) => ClassStage;
}

/** Writes what stands in place of a value at its place. */
export type WriteValue = (value: ValuePlace) => string;

export interface ValuePlace {
  /** What stands before it, as far as it is looked at. */
  readonly before: string;
  /** As the text writes it. */
  readonly written: string;
  /** Whether it is known to be sent back, or not; else what stands before it tells. */
  readonly isKept?: boolean;
  /** Whether only its beginning is there. */
  readonly isCut?: boolean;
}

/** What a text is masked by. */
export type MaskedClass = DataClass | PlacedClass;

/** One class of data whose values are told by what they look like. */
export interface DataClass extends ClassOfData {
  readonly find: Finder;
  /** How many bytes the finder looks back at most from the mark that it searches for, and how many ahead. */
  readonly reach: { readonly back: number; readonly ahead: number };
}
