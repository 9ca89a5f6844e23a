/**
 * THE list of the kinds of change: which node they look at, and what they put in its place. Each stands for a slip that
 * a hurried edit makes. Left out on purpose: what only changes a message or a type.
 */

/** A node of the syntax tree as oxc-parser gives it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Change {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly after: string;
}

interface Place {
  readonly node: Node;
  readonly parent: Node | undefined;
  readonly ancestors: readonly Node[];
  /** The source text of a node. */
  readonly textOf: (node: Node) => string;
}

type Kind = (place: Place) => readonly Omit<Change, 'kind'>[];

const instead = (node: Node, after: string) => ({ start: node.start, end: node.end, after });
const child = (node: Node, field: string): Node => node[field] as Node;
const children = (node: Node, field: string): readonly (Node | null)[] => node[field] as (Node | null)[];

/** The other operator of a pair; an operator that is not here has no change. */
const otherOperator: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
};

const operator: Kind = ({ node, textOf }) => {
  const other = otherOperator[String(node.operator)];
  if (!['BinaryExpression', 'LogicalExpression'].includes(node.type) || other === undefined) return [];
  return [instead(node, `${textOf(child(node, 'left'))} ${other} ${textOf(child(node, 'right'))}`)];
};

const operandDropped: Kind = ({ node, textOf }) => {
  if (node.type !== 'LogicalExpression') return [];
  const left = instead(node, textOf(child(node, 'left')));
  return node.operator === '??' ? [left] : [left, instead(node, textOf(child(node, 'right')))];
};

const conditionNegated: Kind = ({ node, textOf }) => {
  if (node.type === 'UnaryExpression' && node.operator === '!')
    return [instead(node, textOf(child(node, 'argument')))];
  if (node.type !== 'IfStatement' && node.type !== 'ConditionalExpression') return [];
  const test = child(node, 'test');
  return test.type === 'UnaryExpression' ? [] : [instead(test, `!(${textOf(test)})`)];
};

/** `if (…) return …` without an else: the guard forgotten. */
const guardDropped: Kind = ({ node }) =>
  node.type === 'IfStatement' && !node.alternate ? [instead(node, ';')] : [];

const callDropped: Kind = ({ node }) => {
  if (node.type !== 'ExpressionStatement') return [];
  const inner = child(node, 'expression');
  const called = inner.type === 'AwaitExpression' ? child(inner, 'argument') : inner;
  return called.type === 'CallExpression' ? [instead(node, ';')] : [];
};

const awaitDropped: Kind = ({ node, textOf }) =>
  node.type === 'AwaitExpression' ? [instead(node, `(${textOf(child(node, 'argument'))})`)] : [];

const anchorDropped: Kind = ({ node }) => {
  const regex = node.regex as { pattern: string; flags: string } | undefined;
  if (node.type !== 'Literal' || !regex) return [];
  const { pattern, flags } = regex;
  const head = pattern.startsWith('^') ? [instead(node, `/${pattern.slice(1)}/${flags}`)] : [];
  const tail = /(^|[^\\])\$$/.test(pattern) ? [instead(node, `/${pattern.slice(0, -1)}/${flags}`)] : [];
  return [...head, ...tail].filter(({ after }) => !after.startsWith('//'));
};

/** A bound of this size is a generous limit: a step of one beyond it is no slip that could matter. */
const generous = 10_000;

const numberMoved: Kind = ({ node, parent }) => {
  if (node.type !== 'Literal' || typeof node.value !== 'number' || isKey(node, parent)) return [];
  if (node.value >= generous) return [];
  return [
    instead(node, String(node.value + 1)),
    ...(node.value > 0 ? [instead(node, String(node.value - 1))] : []),
  ];
};

const booleanFlipped: Kind = ({ node }) =>
  node.type === 'Literal' && typeof node.value === 'boolean' ? [instead(node, String(!node.value))] : [];

/** Text with a space in it is a sentence for people; emptying it would only test that a test copies it. */
const wordEmptied: Kind = ({ node, parent }) => {
  const isWord = node.type === 'Literal' && typeof node.value === 'string' && /^\S+$/.test(node.value);
  return isWord && !isKey(node, parent) && parent?.type !== 'ImportExpression' ? [instead(node, "''")] : [];
};

const returnedNothing: Kind = ({ node, textOf }) => {
  const isArrow = node.type === 'ArrowFunctionExpression' && node.expression === true;
  const value = isArrow ? node.body : node.type === 'ReturnStatement' ? node.argument : undefined;
  if (!value) return [];
  return textOf(value as Node) === 'undefined' ? [] : [instead(value as Node, 'undefined')];
};

/** One entry of a list left out: of an array anywhere, of an object that stands at the top of a file. */
const entryDropped: Kind = ({ node, ancestors }) => {
  const entries = entriesOf(node, ancestors);
  return entries.map(({ start, end }, index) => {
    const next = entries[index + 1];
    const previous = entries[index - 1];
    if (next) return { start, end: next.start, after: '' };
    // An only entry goes with the comma behind it, which would leave a hole.
    return previous ? { start: previous.end, end, after: '' } : { start, end: node.end - 1, after: '' };
  });
};

function entriesOf(node: Node, ancestors: readonly Node[]): readonly Node[] {
  const field = node.type === 'ArrayExpression' ? 'elements' : 'properties';
  const isList =
    node.type === 'ArrayExpression' || (node.type === 'ObjectExpression' && isTopLevel(ancestors));
  const entries = isList ? children(node, field) : [];
  return entries.every((entry) => entry !== null) ? entries : [];
}

const insideFunctions = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'ClassBody'];
const isTopLevel = (ancestors: readonly Node[]): boolean =>
  !ancestors.some(({ type }) => insideFunctions.includes(type));

const isKey = (node: Node, parent: Node | undefined): boolean =>
  parent?.type === 'Property' && parent.key === node;

const kinds: Readonly<Record<string, Kind>> = {
  operator,
  'operand dropped': operandDropped,
  'condition negated': conditionNegated,
  'guard dropped': guardDropped,
  'call dropped': callDropped,
  'await dropped': awaitDropped,
  'anchor dropped': anchorDropped,
  'number moved': numberMoved,
  'boolean flipped': booleanFlipped,
  'word emptied': wordEmptied,
  'returned nothing': returnedNothing,
  'entry dropped': entryDropped,
};

/** Every change that one node offers. `ancestors`: its parent first. */
export function changesOf(node: Node, ancestors: readonly Node[], text: string): readonly Change[] {
  const place: Place = {
    node,
    parent: ancestors[0],
    ancestors,
    textOf: ({ start, end }) => text.slice(start, end),
  };
  return Object.entries(kinds).flatMap(([kind, changes]) =>
    changes(place).map((change) => ({ kind, ...change })),
  );
}
