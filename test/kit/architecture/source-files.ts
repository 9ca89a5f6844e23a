/**
 * Reads the repository's own sources as data for the architecture tests: imports, exports, comments, function lengths.
 * It judges nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Span {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

export interface SourceFile {
  /** Path from the repository's root, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  /** Imports of files of ours, as paths from the root. */
  readonly ours: readonly string[];
  /** Imports of packages and of Node's modules, as written. */
  readonly theirs: readonly string[];
  readonly functions: readonly Span[];
  /** `process.env`, `Date.now()`, `setTimeout(...)`: callees and member chains, as written. */
  readonly mentions: ReadonlySet<string>;
  readonly exportsDefault: boolean;
  readonly exportsMutable: readonly string[];
  /** What the file declares and exports itself; what it only passes on is left out. */
  readonly exports: readonly Exported[];
  /** Each comment with the line where it begins, without its marks. */
  readonly comments: readonly Comment[];
}

export interface Exported {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'type' | 'value';
}

export interface Comment {
  readonly line: number;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Calls `visit` for each syntax node, parents first. */
function walk(value: unknown, visit: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit, parent);
    return;
  }
  if (!isNode(value)) return;
  visit(value, parent);
  for (const [field, child] of Object.entries(value)) if (field !== 'type') walk(child, visit, value);
}

/** `a.b.c` for a member chain of plain names, or undefined. */
function chainOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return String(node.name);
  if (node.type !== 'MemberExpression' || node.computed === true) return undefined;
  const object = chainOf(node.object);
  const property = chainOf(node.property);
  return object && property ? `${object}.${property}` : undefined;
}

function functionName(node: Node, parent: Node | undefined): string {
  const own = chainOf(node.id);
  if (own) return own;
  return chainOf(parent?.id) ?? chainOf(parent?.key) ?? '(anonymous)';
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const mutableInitialisers = new Set(['Map', 'Set', 'WeakMap', 'Array']);

function mutableExports(node: Node): string[] {
  const declaration = node.declaration;
  if (node.type !== 'ExportNamedDeclaration' || !isNode(declaration)) return [];
  if (declaration.type !== 'VariableDeclaration') return [];
  return (declaration.declarations as Node[]).flatMap((declarator) => {
    const name = chainOf(declarator.id) ?? '(pattern)';
    const made =
      isNode(declarator.init) && declarator.init.type === 'NewExpression' ? declarator.init : undefined;
    const mutable = declaration.kind !== 'const' || mutableInitialisers.has(chainOf(made?.callee) ?? '');
    return mutable ? [name] : [];
  });
}

/** An arrow function is a function to its callers, so it counts as one. */
function exportedBy(node: Node): Exported[] {
  const declaration = node.declaration;
  if (node.type !== 'ExportNamedDeclaration' || !isNode(declaration)) return [];
  const name = chainOf(declaration.id) ?? '';
  switch (declaration.type) {
    case 'FunctionDeclaration':
      return [{ name, kind: 'function' }];
    case 'ClassDeclaration':
      return [{ name, kind: 'class' }];
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return [{ name, kind: 'type' }];
    case 'VariableDeclaration':
      return (declaration.declarations as Node[]).map(({ id, init }) => ({
        name: chainOf(id) ?? '',
        kind: isNode(init) && functionTypes.has(init.type) ? 'function' : 'value',
      }));
    default:
      return [];
  }
}

function specifiersOf(module: {
  readonly staticImports: readonly { readonly moduleRequest: { readonly value: string } }[];
  readonly staticExports: readonly {
    readonly entries: readonly { readonly moduleRequest: { readonly value: string } | null }[];
  }[];
}): string[] {
  const imports = module.staticImports.map((entry) => entry.moduleRequest.value);
  const again = module.staticExports.flatMap((entry) =>
    entry.entries.flatMap((one) => (one.moduleRequest ? [one.moduleRequest.value] : [])),
  );
  return [...imports, ...again];
}

/** One file as data. Throws when it does not parse: a file that cannot be read cannot be vouched for. */
export function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) throw new Error(`${path} does not parse: ${parsed.errors[0]?.message ?? ''}`);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const functions: Span[] = [];
  const mentions = new Set<string>();
  const exportsMutable: string[] = [];
  const dynamic: string[] = [];
  const exported: Exported[] = [];
  let exportsDefault = false;
  walk(parsed.program, (node, parent) => {
    if (functionTypes.has(node.type)) {
      const line = lineOf(node.start);
      functions.push({ name: functionName(node, parent), line, lines: lineOf(node.end) - line + 1 });
    }
    const chain = chainOf(node);
    if (chain) mentions.add(chain);
    if (node.type === 'NewExpression')
      mentions.add(`new ${chainOf(node.callee) ?? ''}/${(node.arguments as unknown[]).length}`);
    if (node.type === 'ExportDefaultDeclaration') exportsDefault = true;
    if (node.type === 'ImportExpression' && isNode(node.source)) dynamic.push(String(node.source.value));
    exportsMutable.push(...mutableExports(node));
    exported.push(...exportedBy(node));
  });
  const specifiers = [...specifiersOf(parsed.module), ...dynamic];
  const here = dirname(path);
  return {
    path,
    lines: text.split('\n').length - 1,
    ours: specifiers.filter((name) => name.startsWith('.')).map((name) => normalize(join(here, name))),
    theirs: specifiers.filter((name) => !name.startsWith('.')),
    functions,
    mentions,
    exportsDefault,
    exportsMutable,
    exports: exported,
    comments: parsed.comments.map(({ value, start }) => ({
      line: lineOf(start),
      text: value.replaceAll(/^\s*\*+ ?/gm, '').trim(),
    })),
  };
}

/** All TypeScript files under the rooms named, generated ones left out. */
export function sourcesOf(rooms: readonly string[]): SourceFile[] {
  return rooms.flatMap((room) =>
    filesBelow(room)
      .filter((path) => path.endsWith('.ts'))
      .map(readSource),
  );
}

/** Every file below a room, as paths from the root, generated folders left out. */
export function filesBelow(room: string): string[] {
  const entries = (() => {
    try {
      return readdirSync(join(root, room), { recursive: true, withFileTypes: true });
    } catch {
      return [];
    }
  })();
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('/generated/') && !path.includes('node_modules/'))
    .sort();
}
