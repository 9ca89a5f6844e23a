/** The plugin refuses what the schema of a matrix refuses: each bound of the manifest, broken one at a time. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { judgeMatrix } from '../../../../cli/matrix/judge-matrix.ts';
import { shapeOf } from '../../../../cli/matrix/matrix-shape.ts';
import { problemLine } from '../../../../crds/rules/problem.ts';
import { readManifests, type Schema, storedSchema } from '../../../../tools/generate/manifests.ts';
import { brokenConsents } from '../../../integration/crds/broken-consents.ts';
import { refusalComplaints } from '../../../kit/messages/good-message.ts';
import { matrix as validMatrix } from '../../../kit/objects/valid-objects.ts';

type Fields = Record<string, unknown>;

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const definition = readManifests(root).find(({ file }) => file === 'supportpermissionmatrices.yaml');
if (definition === undefined) throw new Error('no manifest of matrices');
const spec = storedSchema(definition.definition).properties?.['spec'] ?? {};

/** A matrix in which every field of the schema is there, with as little in it as it may have. */
const complete = (): Fields => ({
  apiVersion: 'supportaccess.dev/v1beta1',
  kind: 'SupportPermissionMatrix',
  metadata: { name: 'shop-1', labels: { a: 'b' } },
  spec: least(spec, 'spec'),
});

/** The least value that a field can have, by the example that the manifest gives where it is text or a number. */
function least(schema: Schema, name: string): unknown {
  if (schema.type === 'object') {
    const properties = Object.entries(schema.properties ?? {});
    return Object.fromEntries(properties.map(([each, below]) => [each, least(below, each)]));
  }
  if (schema.type === 'array') return [least(schema.items ?? {}, name)];
  if (schema.type === 'integer') return schema.minimum;
  if (schema.enum !== undefined) return schema.enum[0];
  if (name === 'versions') return '>=26.1';
  return name === 'clusterRole' ? 'shop-1' : 'shop';
}

interface Break {
  readonly sentence: string;
  readonly field: string;
  readonly keys: readonly (string | number)[];
  readonly value: unknown;
}

type Keys = readonly (string | number)[];

const pathOf = (keys: Keys): string =>
  keys.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : `${path}${path === '' ? '' : '.'}${key}`),
    '',
  );

/** A value that breaks one bound, and where the problem is below the field where it is not the field itself. */
type Bad = readonly [what: string, value: unknown, below?: string];

const when = (holds: boolean, ...bad: Bad): Bad[] => (holds ? [bad] : []);

function badTexts({ type, enum: allowed, minLength = 0, maxLength = 0, ...schema }: Schema): Bad[] {
  if (type !== 'string') return [];
  if (allowed !== undefined) return [['that is not in the list', 'nonsense'.slice(0, maxLength)]];
  return [
    ['that is too long', 'a'.repeat(maxLength + 1)],
    ...when(minLength > 0, 'that is empty', ''),
    ...when(schema.pattern !== undefined || patternIn(schema), 'with a space before it', ' Shop'),
  ];
}

function badNumbers({ type, minimum = 0, maximum = 0 }: Schema): Bad[] {
  if (type !== 'integer') return [];
  return [
    ['that is too small', minimum - 1],
    ['that is too large', maximum + 1],
  ];
}

function badLists({ maxItems = 0, minItems = 0, items, ...schema }: Schema): Bad[] {
  if (items === undefined) return [];
  const entry = least(items, '');
  const key = schema['x-kubernetes-list-map-keys']?.[0];
  const isSet = schema['x-kubernetes-list-type'] === 'set';
  return [
    ['with too many entries', Array(maxItems + 1).fill('x')],
    ...when(minItems > 0, 'without entries', []),
    ...when(isSet, 'with one entry twice', [entry, entry], '[1]'),
    ...when(key !== undefined, 'with two of one name', [entry, entry], `[1].${key}`),
  ];
}

/** Every bound of a field and of those below it, each with a value that breaks it alone. */
function breaksOf(schema: Schema, keys: Keys): Break[] {
  const field = pathOf(keys);
  const bad: Bad[] = [
    ['of another type', schema.type === 'array' ? 'x' : ['x']],
    ...badTexts(schema),
    ...badNumbers(schema),
    ...badLists(schema),
  ];
  return [
    ...bad.map(([what, value, below = '']) => ({
      sentence: `${field} ${what}`,
      field: `${field}${below}`,
      keys,
      value,
    })),
    ...(schema.items === undefined ? [] : breaksOf(schema.items, [...keys, 0])),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, below]) => breaksOf(below, [...keys, name])),
    ...(schema.required ?? []).map((name) => ({
      sentence: `${field} without ${name}`,
      field: `${field}.${name}`,
      keys: [...keys, name],
      value: undefined,
    })),
  ];
}

const patternIn = (schema: Schema): boolean =>
  (schema['x-kubernetes-validations'] ?? []).some(({ rule }) => rule.trim().startsWith('self.matches('));

function broken({ keys, value }: Break): Fields {
  const document = complete();
  let at: Fields = document;
  for (const key of keys.slice(0, -1)) at = at[key] as Fields;
  at[keys.at(-1) ?? ''] = value;
  return document;
}

const breaks = breaksOf(spec, ['spec']);

describe('the shape of a matrix', () => {
  it('is that of the manifest: a matrix with every field of it has no problem', () => {
    expect(shapeOf(complete())).toEqual({ problems: [], isReadable: true });
    expect(breaks.length).toBeGreaterThan(100);
  });

  it.each(breaks)('refuses $sentence', (each) => {
    const { problems } = shapeOf(broken(each));
    expect(problems.map(({ field }) => field)).toContain(each.field);
    for (const problem of problems) {
      const { field, value } = problem;
      const text = problemLine(problem);
      expect(refusalComplaints({ text, field, ...(value !== undefined && { value }) })).toEqual([]);
    }
  });

  it('is judged by characters, as the API server counts them', () => {
    const named = (name: string): unknown => ({
      ...complete(),
      spec: { ...(complete()['spec'] as Fields), modules: [{ name, access: 'Read' }] },
    });
    expect(shapeOf(named('\u{1f512}'.repeat(100))).problems).toEqual([]);
    expect(shapeOf(named('\u{1f512}'.repeat(101))).problems).toHaveLength(1);
  });

  it('names a misspelt field as it is spelt, or those that there are', () => {
    const misspelt = (name: string): string[] =>
      shapeOf({ ...complete(), spec: { ...(complete()['spec'] as Fields), [name]: 1 } }).problems.map(
        ({ fix }) => fix,
      );
    expect(misspelt('maskedclasses')).toEqual(['write maskedClasses, or remove it']);
    expect(misspelt('x')).toEqual([expect.stringContaining('the fields are system, revision') as string]);
  });
});

/** The API server refuses the same objects at the same fields: `integration/crds/rules` has it judge this list. */
describe('what the API server refuses in a matrix', () => {
  it.each(brokenConsents.filter(({ kind }) => kind.kind === 'SupportPermissionMatrix'))(
    'is refused by the plugin as well: $sentence',
    ({ change, field }) => {
      const object = validMatrix.base();
      expect(judgeMatrix(object).problems).toEqual([]);
      change(object);
      const fields = judgeMatrix(object).problems.map((problem) => problem.field);
      // of an entry that is there twice the plugin names the field by which entries are told apart
      expect(fields.map((each) => (each === `${field}.name` ? field : each))).toContain(field);
    },
  );
});
