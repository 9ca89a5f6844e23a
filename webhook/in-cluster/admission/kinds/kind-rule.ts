/** What a rule of admission for one kind is given, and what it says. */
import type { KindName } from '../../../../crds/kinds.ts';
import type { Problem } from '../../../../crds/rules/problem.ts';
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
  /** All objects of a kind, or of one namespace. Rejects when they cannot be read. */
  readonly list: (kind: KindName, namespace?: string) => Promise<readonly unknown[]>;
  /** Whether a person may do something, by RBAC. Without it, no one may. Rejects when it cannot be known. */
  readonly may?: (right: AskedRight) => Promise<boolean>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What a person wants to do with objects of a kind. */
export interface AskedRight {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  readonly kind: KindName;
  readonly namespace: string | undefined;
}

/** An object as it would be stored, and the one that it replaces. */
export interface ReviewedWrite {
  readonly object: ReviewedObject;
  readonly old?: ReviewedObject | undefined;
  /** Who asks for it, by the name at the API server. */
  readonly requester?: string | undefined;
  /** The groups of who asks. */
  readonly groups?: readonly string[] | undefined;
}

/**
 * What the objects of a kind have to obey beside their own problems (`crds/rules/problems`). Rejects when what its problems
 * have to be read for cannot be read: the write is then not allowed.
 */
export type KindRule = (write: ReviewedWrite, deps: JudgeDeps) => Promise<WriteFindings>;

/**
 * What is unwise in a write that is allowed in any case, by the write alone: nothing is read for it, so that it holds nothing up
 * and tells the writer nothing of other objects.
 */
export type KindAdvice = (write: ReviewedWrite, now: number) => readonly string[];

/** What a warning alone is read for: without it nothing is said, and the write goes on. */
export function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch(() => undefined);
}

/** A problem as the API server tells it: the field stands beside the words. */
export function asCause({ field, value, rule, fix }: Problem): Cause {
  return { field, message: `${value === undefined ? '' : `"${value}" `}${rule}; ${fix}` };
}
