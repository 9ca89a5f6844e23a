/**
 * What in a file is not as the schema of its kind asks for? The API server would say it too, but here nothing has been applied
 * yet, and a misspelt field would silently be left out. Pure.
 */
import { matrixSchema } from '../../crds/generated/matrix-schema.ts';
import { nearestName } from '../../crds/nearest.ts';
import { type Problem, printable } from '../../crds/rules/problem.ts';

/** One field, as `tools/generate/kind-schema.ts` writes it. */
export interface FieldSchema {
  readonly type?: string;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  /** What the pattern means. */
  readonly message?: string;
  readonly example?: string;
  /** Of the list that it is an entry of. */
  readonly listExample?: string | undefined;
  /** A list in which each value stands once. */
  readonly unique?: boolean;
  /** The field by which the entries of a list are told apart. */
  readonly key?: string;
  /** Other fields than the listed ones may be there. */
  readonly open?: boolean;
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

/** What was found, and whether the rules of the product can judge the document all the same. */
export interface MatrixShape {
  readonly problems: readonly Problem[];
  /** Every field that is there has the type that it must have, and none is missing. */
  readonly isReadable: boolean;
}

/** Everything by which a parsed document is not a matrix, or not of the kind of another schema. */
export function shapeOf(document: unknown, schema: FieldSchema = matrixSchema): MatrixShape {
  const found: Found = { problems: [], isReadable: true };
  look(document, { schema, field: '', found });
  return found;
}

interface Found {
  readonly problems: Problem[];
  isReadable: boolean;
}

/** Where the look is now. */
interface Place {
  readonly schema: FieldSchema;
  readonly field: string;
  readonly found: Found;
}

function look(value: unknown, place: Place): void {
  const { schema, found } = place;
  if (!hasType(value, schema.type)) {
    found.isReadable = false;
    object(place, `must be ${typeWords[schema.type ?? ''] ?? 'given'}`, value);
  } else if (typeof value === 'string') {
    const rule = textRule(value, schema);
    if (rule !== undefined) object(place, rule, value);
  } else if (typeof value === 'number') {
    lookAtNumber(value, place);
  } else if (Array.isArray(value)) {
    lookAtList(value, place);
  } else {
    lookAtFields(value as Fields, place);
  }
}

const typeWords: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
};

function hasType(value: unknown, type: string | undefined): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isFields(value);
  if (type === 'integer') return Number.isSafeInteger(value);
  return typeof value === type;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reports that a field is not as it must be; the way out is the example that the schema gives. */
function object({ schema, field, found }: Place, rule: string, value?: unknown): void {
  const shown =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  found.problems.push({
    field: field === '' ? 'the whole document' : field,
    ...(shown !== '' && { value: printable(shown) }),
    rule,
    fix: exampleOf(schema),
  });
}

function exampleOf({ enum: allowed, example, listExample }: FieldSchema): string {
  if (allowed?.length === 1) return `write ${allowed[0]}`;
  if (example !== undefined) return `write for example ${example}`;
  if (listExample !== undefined) return `write the list for example as ${listExample}`;
  return 'look at kubectl explain, which has an example of each field';
}

const plainText = 'must not begin or end with a space, nor contain a line break or another control character';

/** The rule that a text breaks. */
function textRule(value: string, schema: FieldSchema): string | undefined {
  const { enum: allowed, minLength = 0, maxLength = Number.MAX_SAFE_INTEGER, pattern, message } = schema;
  if (allowed !== undefined) return allowed.includes(value) ? undefined : choiceOf(allowed);
  // The API server counts characters, not units of UTF-16.
  const { length } = Array.from(value);
  if (length < minLength) return 'must not be empty';
  if (length > maxLength) return `must have at most ${maxLength} characters`;
  return pattern === undefined || new RegExp(pattern).test(value) ? undefined : (message ?? plainText);
}

function choiceOf(allowed: readonly string[]): string {
  return allowed.length === 1 ? `must be ${allowed[0]}` : `must be one of ${allowed.join(', ')}`;
}

function lookAtNumber(value: number, place: Place): void {
  const { minimum = value, maximum = value } = place.schema;
  if (value < minimum || value > maximum) object(place, `must be from ${minimum} to ${maximum}`, value);
}

function lookAtList(list: readonly unknown[], place: Place): void {
  const { schema, field, found } = place;
  const { minItems = 0, maxItems = list.length, items = {}, example } = schema;
  if (list.length < minItems) object(place, 'must not be empty');
  if (list.length > maxItems) {
    const rule = `must have at most ${maxItems} entries and has ${list.length}`;
    found.problems.push({ field, rule, fix: 'leave out what is not needed, or make two objects of it' });
  }
  found.problems.push(...twice(list, place));
  const entry = { listExample: example, ...items };
  // A list that is far too long is refused as a whole: a problem for each of its entries helps no one.
  for (const [at, each] of list.slice(0, maxItems).entries())
    look(each, { schema: entry, field: `${field}[${at}]`, found });
}

/** Entries of one name: the product would not know which of the two was meant, and allow nothing there. */
function twice(list: readonly unknown[], { schema: { key, unique }, field }: Place): Problem[] {
  if (key === undefined && unique !== true) return [];
  const first = new Map<string, number>();
  return list.flatMap((entry, at): Problem[] => {
    const name = key === undefined ? entry : isFields(entry) && entry[key];
    if (typeof name !== 'string') return [];
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, at);
      return [];
    }
    return [
      {
        field: `${field}[${at}]${key === undefined ? '' : `.${key}`}`,
        ...(name !== '' && { value: printable(name) }),
        rule: `must be listed once, and is ${field}[${before}] already`,
        fix: key === undefined ? 'remove one of the two' : 'make one entry of the two',
      },
    ];
  });
}

function lookAtFields(value: Fields, { schema, field, found }: Place): void {
  const { properties = {}, required = [], open } = schema;
  const placeOf = (name: string): Place => ({
    schema: (Object.hasOwn(properties, name) ? properties[name] : undefined) ?? {},
    field: `${field === '' ? '' : `${field}.`}${printable(name)}`,
    found,
  });
  for (const name of required.filter((each) => value[each] === undefined)) {
    found.isReadable = false;
    object(placeOf(name), 'must be given');
  }
  for (const [name, given] of Object.entries(value)) {
    if (given === undefined) continue;
    if (Object.hasOwn(properties, name)) look(given, placeOf(name));
    else if (open !== true) found.problems.push(unknownField(placeOf(name), name, Object.keys(properties)));
  }
}

function unknownField({ field }: Place, name: string, known: readonly string[]): Problem {
  const near = nearestName(
    name.toLowerCase(),
    known.map((each) => each.toLowerCase()),
  );
  const meant = known.find((each) => each.toLowerCase() === near);
  const fix =
    meant === undefined ? `remove it; the fields are ${known.join(', ')}` : `write ${meant}, or remove it`;
  return { field, rule: 'must not be given: there is no such field', fix };
}
