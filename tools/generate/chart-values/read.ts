/** Reads the chart's values.yaml: each value with its default and the comment above it. */
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { ruleOf, type Schema, unusedRules } from './rules.ts';

/** One value, or a section of values. */
export interface Value {
  readonly path: readonly string[];
  /** The comment above it. */
  readonly words: string;
  /** What it may be; a section has values in its place. */
  readonly rule: Schema | undefined;
  readonly standard: unknown;
  readonly values: readonly Value[];
}

/** All values, in the order of the file. Throws at a value without a rule, and at a rule without a value. */
export function readValues(text: string): readonly Value[] {
  const document = parseDocument(text, { strict: true, uniqueKeys: true });
  if (document.errors.length > 0 || !isMap(document.contents))
    throw new Error('values.yaml is no YAML mapping');
  const values = valuesOf(document.contents, []);
  const unused = unusedRules(leaves(values).map(({ path }) => path));
  if (unused.length > 0) throw new Error(`rules without a value in values.yaml: ${unused.join(', ')}`);
  return values;
}

/** The values themselves, without the sections around them. */
export function leaves(values: readonly Value[]): readonly Value[] {
  return values.flatMap((value) => (value.rule === undefined ? leaves(value.values) : [value]));
}

function valuesOf(map: YAMLMap, above: readonly string[]): Value[] {
  return map.items.map((pair, index) => valueOf(pair, above, index === 0 ? map.commentBefore : undefined));
}

function valueOf({ key, value }: Pair, above: readonly string[], first: string | null | undefined): Value {
  if (!isScalar(key)) throw new Error(`a key below ${above.join('.')} is no text`);
  const path = [...above, String(key.value)];
  const rule = ruleOf(path);
  // The reader gives the comment above the first key of a mapping to the mapping.
  const words = wordsOf(key.commentBefore ?? first ?? '');
  if (rule !== undefined) return { path, words, rule, standard: plain(value), values: [] };
  if (!isMap(value)) throw new Error(`${path.join('.')} has no rule in tools/generate/chart-values/rules.ts`);
  return { path, words, rule, standard: undefined, values: valuesOf(value, path) };
}

function plain(value: unknown): unknown {
  return (value as { toJSON(): unknown }).toJSON();
}

/** The last paragraph of the comment, on one line: what stands above a blank line is about more than this value. */
function wordsOf(comment: string): string {
  const paragraph = comment.split(/\n\s*\n/).at(-1) ?? '';
  return paragraph.replaceAll(/\s+/g, ' ').trim();
}
