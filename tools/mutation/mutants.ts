/**
 * Lists the single changes that can be made to one source file. It reads text and returns text; it runs nothing.
 * A change says where it is, what stood there and what stands there instead, so that a survivor can be found again.
 */
import { parseSync } from 'oxc-parser';
import { changesOf, type Node } from './changes.ts';

export interface Mutant {
  /** Path from the repository's root. */
  readonly path: string;
  readonly line: number;
  /** What kind of change it is; the sample is drawn kind by kind. */
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
  /** The line of source in which the change begins, trimmed: names the place when line numbers have moved. */
  readonly context: string;
}

/** All changes of a file, in the order of its text. */
export function mutantsOf(path: string, text: string): readonly Mutant[] {
  const { program } = parseSync(path, text);
  const lines = text.split('\n');
  const found: Mutant[] = [];
  walk(program as unknown as Node, [], (node, ancestors) => {
    for (const change of changesOf(node, ancestors, text)) {
      const line = text.slice(0, change.start).split('\n').length;
      const before = text.slice(change.start, change.end);
      if (before === change.after) continue;
      found.push({ path, line, before, context: lines[line - 1]?.trim() ?? '', ...change });
    }
  });
  return found.toSorted((a, b) => a.start - b.start || a.end - b.end || (a.after < b.after ? -1 : 1));
}

/** The file with that change in it. */
export function applied(text: string, { start, end, after }: Mutant): string {
  return text.slice(0, start) + after + text.slice(end);
}

const longest = 90;

/** `path:line  before -> after` on one line; of long texts the part in which they differ. */
export function described({ path, line, before, after }: Mutant): string {
  const [was, is] = [flat(before), flat(after)];
  let same = 0;
  while (same < was.length && was[same] === is[same]) same += 1;
  const from = was.length > longest ? Math.max(0, same - longest / 2) : 0;
  return `${path}:${line}  ${part(was, from)}  ->  ${part(is, from) || '(nothing)'}`;
}

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

function part(text: string, from: number): string {
  const shown = text.slice(from, from + longest);
  return `${from > 0 && shown ? '...' : ''}${shown}${from + longest < text.length ? '...' : ''}`;
}

/** Types are erased before anything runs: a change in one changes nothing. Of a cast only the value counts. */
const typeWrappers = ['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'];
const skipped = ['ImportDeclaration', 'ExportAllDeclaration'];

function walk(
  node: Node,
  ancestors: readonly Node[],
  visit: (node: Node, ancestors: readonly Node[]) => void,
): void {
  const isWrapper = typeWrappers.includes(node.type);
  if (skipped.includes(node.type) || (node.type.startsWith('TS') && !isWrapper)) return;
  visit(node, ancestors);
  const below = [node, ...ancestors];
  const fields = isWrapper ? { expression: node.expression } : node;
  for (const child of Object.values(fields).flat()) if (isNode(child)) walk(child, below, visit);
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}
