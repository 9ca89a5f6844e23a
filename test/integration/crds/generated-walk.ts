/**
 * Objects as no one meant them: a valid one of a kind, changed in one to three places that a seed chooses. Every run of one seed
 * gives the same objects.
 */
import * as fc from 'fast-check';
import { readManifests, type Schema, storedSchema } from '../../../tools/generate/manifests.ts';
import type { Sent } from '../../kit/objects/valid-objects.ts';

export interface WalkedState {
  readonly object: Sent;
  /** What was changed, in words, to be read where it failed. */
  readonly changes: readonly string[];
  /** The names of the fields that were changed, or that were added. */
  readonly fields: readonly string[];
}

export interface Walk {
  readonly make: () => Sent;
  readonly schema: Schema;
  readonly seed: number;
  readonly count: number;
}

/** The schemas of all kinds, by kind. */
export function schemasOf(root: string): ReadonlyMap<string, Schema> {
  return new Map(
    readManifests(root).map(({ definition }) => [definition.spec.names.kind, storedSchema(definition)]),
  );
}

/** So many objects. */
export function walkedStates({ make, schema, seed, count }: Walk): WalkedState[] {
  const steps = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 });
  return fc.sample(steps, { seed, numRuns: count }).map((chosen) => {
    const object = make();
    const done = chosen.flatMap(([where, how]) => step(object, schema, { where, how }));
    return {
      object,
      changes: done.map(({ change }) => change),
      fields: done.map(({ field }) => field),
    };
  });
}

type Container = Record<string, unknown>;

interface Place {
  readonly in: Container;
  readonly key: string;
  readonly schema: Schema | undefined;
}

/** Every place in the object at which a value stands, from the spec on, and those that the schema has beside them. */
function placesIn(container: Container, key: string, schema: Schema | undefined): Place[] {
  const here: Place = { in: container, key, schema };
  const value = container[key];
  if (Array.isArray(value)) {
    return [
      here,
      ...value.flatMap((_, at) => placesIn(value as unknown as Container, String(at), schema?.items)),
    ];
  }

  if (typeof value !== 'object' || value === null) return [here];
  const names = new Set([...Object.keys(value), ...Object.keys(schema?.properties ?? {})]);
  return [
    here,
    ...[...names].flatMap((name) => placesIn(value as Container, name, schema?.properties?.[name])),
  ];
}

interface Step {
  readonly change: string;
  readonly field: string;
}

function step(
  object: Sent,
  schema: Schema,
  { where, how }: { readonly where: number; readonly how: number },
): Step[] {
  const places = placesIn(object as unknown as Container, 'spec', schema.properties?.['spec']);
  const place = places[where % places.length];
  if (place === undefined) return [];
  const values = valuesFor(place);
  const [name, value] = values[how % values.length] ?? ['removed', undefined];
  if (value === undefined) Reflect.deleteProperty(place.in, place.key);
  else place.in[place.key] = value;
  return [{ change: `${place.key} ${name}`, field: place.key }];
}

const deep = (levels: number): unknown => (levels === 0 ? 'x' : { a: deep(levels - 1) });

const texts: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['a space', ' '],
  ['of control characters', 'a\u0000b\u0007c\u007f'],
  ['of two lines', 'a\nb'],
  ['turned to the left', 'a\u202eb'],
  ['of a letter and an accent', 'e\u0301'],
  ['in another width', 'ｅｃａｓｅ'],
  ['of letters that look like others', 'ѕuрроrt-аdmіn'],
  ['outside of the first plane', '𝒳🙂'],
  ['a word that YAML reads as false', 'off'],
  ['a number in words', '1e400'],
  ['a pattern', '.*(a+)+$'],
  ['a path', '../../%2e%2e/etc'],
  ['an expression', "' || true || '"],
];

const numbers: readonly (readonly [string, number])[] = [
  ['0', 0],
  ['-1', -1],
  ['a fraction', 1.5],
  ['beyond 32 bits', 4_294_967_296],
  ['beyond what a double holds', 9_007_199_254_740_992],
  ['huge', 1e300],
];

/** What may be put there: each wrong type, and each end of what the schema allows. */
function valuesFor({ in: container, key, schema }: Place): readonly (readonly [string, unknown])[] {
  const value = container[key];
  return [
    ['removed', undefined],
    ['null', null],
    ['a yes', true],
    ['an empty map', {}],
    ['an empty list', []],
    ['a list in a list', [[['x']]]],
    ['deep', deep(40)],
    ...texts,
    ...numbers,
    ...ends(schema, value),
  ];
}

function ends(schema: Schema | undefined, value: unknown): (readonly [string, unknown])[] {
  const { maxLength = 50, maxItems = 20, minimum, maximum } = schema ?? {};
  if (Array.isArray(value)) {
    const many = (length: number): unknown[] =>
      Array.from({ length }, () => structuredClone(value[0] ?? 'x'));
    return [
      ['as many as there may be', many(maxItems)],
      ['one more than there may be', many(maxItems + 1)],
    ];
  }
  if (typeof value === 'object' && value !== null)
    return [['with a field that no one knows', { ...value, unknownField: 'x' }]];

  return [
    ['as long as it may be', 'a'.repeat(maxLength)],
    ['longer than it may be', 'a'.repeat(maxLength + 1)],
    ['as long as it may be, of long letters', '𝒳'.repeat(maxLength)],
    ...(minimum === undefined
      ? []
      : ([
          ['the least', minimum],
          ['less than the least', minimum - 1],
        ] as const)),
    ...(maximum === undefined
      ? []
      : ([
          ['the most', maximum],
          ['more than the most', maximum + 1],
        ] as const)),
  ];
}
