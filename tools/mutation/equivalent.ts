/**
 * Reads the list of changes that change nothing anyone could observe. Each has a reason; a survivor that is listed is left out
 * of the score. An entry names its place by the line's text, so that it holds when lines move, and goes when they change.
 */
import { readFileSync } from 'node:fs';
import type { Mutant } from './mutants.ts';

export interface Equivalent {
  readonly path: string;
  /** The line of source in which the change begins, trimmed. */
  readonly context: string;
  readonly before: string;
  readonly after: string;
  readonly why: string;
}

/** The entries of a list; throws at the first that gives no reason. */
export function readEquivalents(file: string): readonly Equivalent[] {
  const entries = JSON.parse(readFileSync(file, 'utf8')) as readonly Equivalent[];
  for (const { path, context, why } of entries)
    if (!why?.trim()) throw new Error(`${path}: "${context}" is called equivalent without a reason`);
  return entries;
}

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Whether this change is on the list. */
export function isEquivalent(list: readonly Equivalent[], mutant: Mutant): boolean {
  return list.some(
    ({ path, context, before, after }) =>
      path === mutant.path &&
      flat(context) === flat(mutant.context) &&
      flat(before) === flat(mutant.before) &&
      flat(after) === flat(mutant.after),
  );
}
