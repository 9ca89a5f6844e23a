/** What a rule of admission for one kind is given, and what it says. */
import type { KindName } from '../../../../crds/kinds.ts';
import type { Cause, ReviewedObject } from '../review.ts';

/** What is wrong with a write, and what is allowed but probably not meant. */
export interface WriteFindings {
  readonly problems: readonly Cause[];
  readonly warnings: readonly string[];
}

/** Reads one object fresh; undefined when there is none. Rejects when that cannot be known. */
export type ReadObject = (
  kind: KindName,
  ref: { readonly namespace?: string; readonly name: string },
) => Promise<unknown>;

export interface JudgeDeps {
  readonly read: ReadObject;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * What the objects of a kind have to obey beside their own problems (`crds/rules/problems`). Rejects when what it has to
 * read cannot be read: the write is then not allowed.
 */
export type KindRule = (object: ReviewedObject, deps: JudgeDeps) => Promise<WriteFindings>;
