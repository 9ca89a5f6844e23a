/**
 * Which words of a program do tests quote? Read from the source of the tests: their texts and patterns, without the titles. A
 * message that no test quotes is provoked by none. It judges nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { filesBelow, root } from '../architecture/source-files.ts';

/** So many words together are not in two messages by chance. */
const wordsTogether = 4;

export interface Quotes {
  /** Every run of that many words that a test quotes. */
  readonly runs: ReadonlySet<string>;
  /** Whether a test quotes a part of this text: some words of it, and not only a name. */
  within(text: string): boolean;
  /** Whether a test quotes such a text, with something in the place of each hole. */
  like(text: string, hole: string): boolean;
}

const shortest = 10;

/** What the tests below these folders quote. */
export function quotesInTests(folders: readonly string[]): Quotes {
  const files = folders.flatMap((folder) => filesBelow(folder)).filter((path) => path.endsWith('.ts'));
  const quotes = new Set(files.flatMap((path) => textsIn(path)).map((text) => text.trim()));
  const parts = [...quotes].filter((text) => text.length >= shortest && /[a-z]{3,} [a-z]/.test(text));
  return {
    runs: new Set([...quotes].flatMap(runsIn).filter((run) => run.includes(' '))),
    within: (text) => parts.some((part) => text.includes(part)),
    like: (text, hole) => {
      const fixed = text.split(hole).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
      const shape = new RegExp(fixed.join('.+'));
      return [...quotes].some((quote) => shape.test(quote));
    },
  };
}

/** The runs of words of a text; a shorter text has none. */
export function runsIn(text: string): string[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length < wordsTogether) return [];
  return words.slice(wordsTogether - 1).map((_, at) => words.slice(at, at + wordsTogether).join(' '));
}

function textsIn(path: string): string[] {
  const { program } = parseSync(path, readFileSync(join(root, path), 'utf8'));
  const texts: string[] = [];
  visit(program, (text) => texts.push(text));
  return texts;
}

interface Node {
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

function visit(value: unknown, take: (text: string) => void): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, take);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  for (const text of textsOf(node)) take(text);
  for (const [field, child] of Object.entries(node))
    visit(field === 'arguments' && isTitled(node) ? (child as readonly unknown[]).slice(1) : child, take);
}

function textsOf({ type, value, regex }: Node): string[] {
  if (type === 'TemplateElement') return [(value as { readonly cooked?: string }).cooked ?? ''];
  if (type !== 'Literal') return [];
  if (typeof value === 'string') return [value];
  return regex === undefined || regex === null
    ? []
    : fixedParts((regex as { readonly pattern: string }).pattern);
}

/** What a pattern says word by word, between what may vary. */
function fixedParts(pattern: string): string[] {
  return pattern.replaceAll(/\\([^\w\s])/g, '$1').split(/\.[*+]|\\[a-zA-Z][*+]?|\[[^\]]*\][*+]?|[|()^$]/);
}

/** Whether the first argument of a call is the title of a test, and no table of its cases. */
function isTitled({ type, callee, arguments: given }: Node): boolean {
  const [first] = type === 'CallExpression' ? (given as readonly Node[]) : [];
  const isText = first?.type === 'Literal' || first?.type === 'TemplateLiteral';
  return isText && ['it', 'describe'].includes(rootOf(callee as Node | undefined));
}

function rootOf(node: Node | undefined): string {
  if (node?.type === 'Identifier') return String(node['name']);
  const inner = node?.['object'] ?? node?.['callee'];
  return inner === undefined ? '' : rootOf(inner as Node);
}
