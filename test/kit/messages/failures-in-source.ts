/**
 * Reads from the source which texts a program can fail with: what it gives to the classes and functions that stand for a
 * failure, with every branch of a condition and every function of ours that it asks for a part. So no message is forgotten
 * in a table, also not one that comes later. It judges nothing.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';
import { filesBelow, root } from '../architecture/source-files.ts';

export interface FailureText {
  /** `cli/locks/target.ts:30`. */
  readonly place: string;
  /** The class or function that it is given to. */
  readonly kind: string;
  /** The text, with `hole` for each part that is only known when it runs. */
  readonly text: string;
}

/** Stands for a value, or for words that come from elsewhere and are judged there. */
export const hole = '\u2026';

/** Stands for the words of an error of the system, each of which has a way out (`process/system-errors.ts`). */
const ofTheSystem = 'the file x does not exist; create it or correct the path';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

interface File {
  readonly path: string;
  readonly text: string;
  /** Functions and constants at the top of the file, by name. */
  readonly named: ReadonlyMap<string, Node>;
  /** Names from other files of ours, with the file. */
  readonly imported: ReadonlyMap<string, string>;
  readonly nodes: readonly Node[];
}

/** All texts that the files below a room give to these classes and functions. */
export function failuresIn(room: string, kinds: ReadonlySet<string>): FailureText[] {
  const files = new Map<string, File>();
  const fileAt = (path: string): File => {
    const known = files.get(path) ?? read(path);
    files.set(path, known);
    return known;
  };
  return filesBelow(room)
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => {
      const file = fileAt(path);
      return file.nodes.flatMap((node) => {
        const kind = calledName(node['callee']);
        if (!['NewExpression', 'CallExpression'].includes(node.type) || !kinds.has(kind)) return [];
        const [argument] = listOf(node['arguments']);
        const line = file.text.slice(0, node.start).split('\n').length;
        const texts = textsOf(argument, { file, fileAt, depth: 0 });
        return [...new Set(texts)].map((text) => ({ place: `${path}:${line}`, kind, text }));
      });
    });
}

function read(path: string): File {
  const text = readFileSync(join(root, path), 'utf8');
  const { program } = parseSync(path, text);
  const nodes: Node[] = [];
  visit(program, (node) => nodes.push(node));
  const named = new Map<string, Node>();
  const imported = new Map<string, string>();
  for (const node of nodes) {
    if (node.type === 'FunctionDeclaration') named.set(nameOf(node['id']), node);
    if (node.type === 'VariableDeclarator' && isNode(node['init']))
      named.set(nameOf(node['id']), node['init']);
    if (node.type === 'ImportDeclaration') {
      const from = String((node['source'] as Node)['value']);
      if (!from.startsWith('.')) continue;
      for (const each of listOf(node['specifiers']))
        imported.set(nameOf(each['local']), normalize(join(dirname(path), from)));
    }
  }
  return { path, text, named, imported, nodes };
}

interface Reading {
  readonly file: File;
  readonly fileAt: (path: string) => File;
  readonly depth: number;
}

const deepest = 8;
/** More branches than one message has; beyond it the parts are not combined any more. */
const mostTexts = 64;

/** Every text that an expression may be. */
function textsOf(node: unknown, reading: Reading): string[] {
  if (!isNode(node) || reading.depth > deepest) return [hole];
  return readers[node.type]?.(node, { ...reading, depth: reading.depth + 1 }) ?? [hole];
}

type Reader = (node: Node, reading: Reading) => string[];

/** Reads what one field of a node may be. */
const of =
  (field: string): Reader =>
  (node, reading) =>
    textsOf(node[field], reading);

const either =
  (...fields: readonly string[]): Reader =>
  (node, reading) =>
    fields.flatMap((field) => textsOf(node[field], reading));

/** How each kind of expression is read; what is not here is a value. */
const readers: Readonly<Record<string, Reader>> = {
  Literal: ({ value }) => [typeof value === 'string' ? value : hole],
  TemplateLiteral: (node, reading) => templateTexts(node, reading),
  ConditionalExpression: either('consequent', 'alternate'),
  // A default of no text stands for a value that is not there, which is not what people read.
  LogicalExpression: (node, reading) => either('left', 'right')(node, reading).filter((text) => text !== ''),
  BinaryExpression: (node, reading) =>
    node['operator'] === '+' ? combined([of('left')(node, reading), of('right')(node, reading)]) : [hole],
  AwaitExpression: of('argument'),
  ParenthesizedExpression: of('expression'),
  TSAsExpression: of('expression'),
  TSNonNullExpression: of('expression'),
  Identifier: (node, reading) => namedTexts(nameOf(node), reading),
  CallExpression: (node, reading) => callTexts(node, reading),
};

function templateTexts(node: Node, reading: Reading): string[] {
  const expressions = listOf(node['expressions']);
  const quasis = listOf(node['quasis']);
  return combined(
    quasis.flatMap((quasi, at) => {
      const fixed = [(quasi['value'] as { readonly cooked: string }).cooked];
      return at < expressions.length ? [fixed, textsOf(expressions[at], reading)] : [fixed];
    }),
  );
}

function callTexts(node: Node, reading: Reading): string[] {
  const callee = node['callee'];
  if (isNode(callee) && callee.type === 'MemberExpression') {
    const [list] = [callee['object']];
    if (nameOf(callee['property']) !== 'join' || !isNode(list) || list.type !== 'ArrayExpression')
      return [hole];
    return combined(
      listOf(list['elements']).flatMap((each, at) =>
        at === 0 ? [textsOf(each, reading)] : [['\n'], textsOf(each, reading)],
      ),
    );
  }
  return namedTexts(nameOf(callee), reading);
}

/** What a constant is, or what a function returns, here or in another file of ours. */
function namedTexts(name: string, reading: Reading): string[] {
  const { file, fileAt } = reading;
  if (name === 'errorWithCauses') return [ofTheSystem];
  const own = file.named.get(name);
  if (own !== undefined) return returned(own, reading);
  const from = file.imported.get(name);
  if (from === undefined || !from.startsWith('cli/')) return [hole];
  const other = fileAt(from);
  const theirs = other.named.get(name);
  return theirs === undefined ? [hole] : returned(theirs, { ...reading, file: other });
}

function returned(node: Node, reading: Reading): string[] {
  if (!/Function/.test(node.type)) return textsOf(node, reading);
  const body = node['body'] as Node;
  if (body.type !== 'BlockStatement') return textsOf(body, reading);
  const texts: string[] = [];
  visit(
    body,
    (each) => {
      if (each.type === 'ReturnStatement' && isNode(each['argument']))
        texts.push(...textsOf(each['argument'], reading));
    },
    (each) => /Function/.test(each.type),
  );
  return texts.length === 0 ? [hole] : texts;
}

/** Each text of the first part followed by each of the second, and so on. */
function combined(parts: readonly (readonly string[])[]): string[] {
  return parts.reduce<string[]>(
    (before, part) => {
      const choice = before.length * part.length > mostTexts ? part.slice(0, 1) : part;
      return before.flatMap((text) => choice.map((next) => text + next));
    },
    [''],
  );
}

/** Looks at each node, parents first, but for those that are left out. */
function visit(
  value: unknown,
  look: (node: Node) => void,
  isLeftOut: (node: Node) => boolean = () => false,
): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, look, isLeftOut);
    return;
  }
  if (!isNode(value) || isLeftOut(value)) return;
  look(value);
  for (const [field, child] of Object.entries(value)) if (field !== 'type') visit(child, look, isLeftOut);
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** `Refused` of `new Refused(…)`, `say` of `terminal.say(…)`. */
function calledName(callee: unknown): string {
  if (isNode(callee) && callee.type === 'MemberExpression') return nameOf(callee['property']);
  return nameOf(callee);
}

const listOf = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const nameOf = (node: unknown): string =>
  isNode(node) && node.type === 'Identifier' ? String(node['name']) : '';
