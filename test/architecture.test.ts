/**
 * The house rules of docs/layout.md, made executable: who may import whom, what the rules may touch, how large a
 * file or a function may grow, and that nothing goes round in circles.
 */
import { describe, expect, it } from 'vitest';
import { filesBelow, type SourceFile, sourcesOf } from './kit/architecture/source-files.ts';

/** Which rooms a room may import; itself is always allowed. */
const directions: Readonly<Record<string, readonly string[]>> = {
  crds: [],
  kube: [],
  process: [],
  saml: ['crds', 'process'],
  trail: ['crds', 'process'],
  operator: ['crds', 'kube', 'process', 'saml', 'trail'],
  webhook: ['crds', 'kube', 'process', 'saml', 'trail'],
  cli: ['crds', 'kube', 'process', 'trail'],
};

/** The two processes of webhook/ share nothing but what stands beside them. */
const programs = ['gateway', 'in-cluster'];

/** What the rules may import from outside: hashing is arithmetic, addresses are arithmetic. */
const pureImports = ['node:crypto', 'ipaddr.js'];

/** Clock, environment, randomness, I/O and timers: none of it in the rules, where `now` is an argument. */
const impure = [
  'process',
  'Date.now',
  'new Date/0',
  'performance',
  'performance.now',
  'Math.random',
  'randomUUID',
  'randomBytes',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
  'console',
  'globalThis',
  'Intl',
];

/** Only these may use the network or the disk by themselves: everything else receives it. */
const pureFiles = [/^operator\/.*\/plan\.ts$/, /^operator\/outputs\//];

const bannedNames = /(^|[/-])(utils?|helpers?|common|misc|managers?|base|types)(\.ts$|\/|-)/;

const product = sourcesOf(Object.keys(directions));
const everything = [...product, ...sourcesOf(['test', 'tools', 'examples'])];
const roomOf = (path: string): string => path.split('/')[0] ?? '';

/** Each violation as one line that names the file and what is wrong, so that the failure is the to-do list. */
function complaints<T>(items: readonly T[], complain: (item: T) => readonly string[]): string[] {
  return items.flatMap((item) => [...complain(item)]);
}

describe('the house', () => {
  it('has something to judge in each room', () => {
    for (const room of Object.keys(directions))
      expect(product.filter((file) => roomOf(file.path) === room).length, room).toBeGreaterThan(0);
  });

  it('imports only in the allowed directions', () => {
    const found = complaints(product, (file) => {
      const room = roomOf(file.path);
      const allowed = [room, ...(directions[room] ?? [])];
      return file.ours
        .filter((to) => !allowed.includes(roomOf(to)))
        .map((to) => `${file.path} imports ${to}`);
    });
    expect(found).toEqual([]);
  });

  it('keeps the two programs of the webhook apart from each other', () => {
    const programOf = (path: string): string => path.split('/')[1] ?? '';
    const inside = product.filter(
      (file) => roomOf(file.path) === 'webhook' && programs.includes(programOf(file.path)),
    );
    const found = complaints(inside, (file) =>
      file.ours
        .filter((to) => roomOf(to) === 'webhook' && programs.includes(programOf(to)))
        .filter((to) => programOf(to) !== programOf(file.path))
        .map((to) => `${file.path} imports ${to}`),
    );
    expect(found).toEqual([]);
  });

  it('has no import cycles', () => {
    expect(cyclesIn(everything)).toEqual([]);
  });
});

describe('the rules', () => {
  const rules = product.filter((file) => roomOf(file.path) === 'crds');

  it('import nothing that could reach outside', () => {
    const found = complaints(rules, (file) =>
      file.theirs.filter((name) => !pureImports.includes(name)).map((name) => `${file.path} imports ${name}`),
    );
    expect(found).toEqual([]);
  });

  it('use no clock, environment, randomness or timer', () => {
    const judged = [
      ...rules,
      ...product.filter((file) => pureFiles.some((pattern) => pattern.test(file.path))),
    ];
    const found = complaints(judged, (file) =>
      impure.filter((name) => file.mentions.has(name)).map((name) => `${file.path} uses ${name}`),
    );
    expect(found).toEqual([]);
  });
});

describe('the budgets', () => {
  it('keep every file at 300 lines or fewer', () => {
    const found = everything
      .filter((file) => file.lines > 300)
      .map((file) => `${file.path}: ${file.lines} lines`);
    expect(found).toEqual([]);
  });

  it('keep every function of the product at 60 lines or fewer', () => {
    const found = complaints(product, (file) =>
      file.functions
        .filter((span) => span.lines > 60)
        .map((span) => `${file.path}:${span.line} ${span.name}: ${span.lines} lines`),
    );
    expect(found).toEqual([]);
  });

  it('keep the reconcile functions at 40 lines or fewer', () => {
    const reconciles = product.filter((file) => file.path.endsWith('/reconcile.ts'));
    const found = complaints(reconciles, (file) =>
      file.functions
        .filter((span) => span.lines > 40)
        .map((span) => `${file.path}:${span.line} ${span.name}: ${span.lines}`),
    );
    expect(found).toEqual([]);
  });
});

describe('names and exports', () => {
  it('say what is not allowed in: no utils, helpers, common, misc, manager, base or types', () => {
    const paths = [...Object.keys(directions), 'test', 'tools', 'examples', 'charts', 'docs'].flatMap(
      filesBelow,
    );
    expect(paths.filter((path) => bannedNames.test(path))).toEqual([]);
  });

  it('are kebab-case', () => {
    const odd = everything.map((file) => file.path).filter((path) => !/^[a-z0-9./-]+$/.test(path));
    expect(odd).toEqual([]);
  });

  it('export nothing by default', () => {
    expect(product.filter((file) => file.exportsDefault).map((file) => file.path)).toEqual([]);
  });

  it('export nothing that can be changed from outside', () => {
    const found = complaints(product, (file) =>
      file.exportsMutable.map((name) => `${file.path} exports ${name}`),
    );
    expect(found).toEqual([]);
  });
});

/** Import cycles among files of ours, each as the list of its files; depth-first, each file settled once. */
function cyclesIn(files: readonly SourceFile[]): string[][] {
  const graph = new Map(files.map((file) => [file.path, file.ours]));
  const settled = new Set<string>();
  const cycles: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (settled.has(path)) return;
    const at = trail.indexOf(path);
    if (at >= 0) {
      cycles.push([...trail.slice(at), path]);
      return;
    }
    for (const to of graph.get(path) ?? []) visit(to, [...trail, path]);
    settled.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}
