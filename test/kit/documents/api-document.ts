/** Holds what the gateway really answers, and what it takes, against the OpenAPI document that applications are given. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The part of JSON Schema (2020-12) that the document uses; another keyword is an error of this file. */
export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: 'array' | 'boolean' | 'integer' | 'object' | 'string';
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

interface Content {
  readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The document as it stands in docs/. */
export const apiDocument = parse(
  readFileSync(new URL('../../../docs/api/reviews.yaml', import.meta.url), 'utf8'),
) as ApiDocument;

const keywords = new Set(
  [
    '$ref,description,type,const,enum,required,properties,additionalProperties,items,minItems,maxItems',
    'minLength,maxLength,minimum,maximum,pattern',
  ]
    .join()
    .split(','),
);

/** What is wrong with a value by this schema; empty where nothing is. */
export function violations(schema: Schema, value: unknown, at = 'body'): string[] {
  const odd = Object.keys(schema).find((keyword) => !keywords.has(keyword));
  if (odd !== undefined) throw new Error(`${at}: this checker does not know the keyword ${odd}`);
  const referred = schema.$ref === undefined ? [] : violations(schemaAt(schema.$ref), value, at);
  return [
    ...referred,
    ...(schema.type !== undefined && typeOf(value, schema.type) !== schema.type
      ? [`${at} is no ${schema.type}`]
      : []),
    ...(schema.const !== undefined && value !== schema.const
      ? [`${at} is not ${JSON.stringify(schema.const)}`]
      : []),
    ...(schema.enum !== undefined && !schema.enum.includes(value) ? [`${at} is none of the enum`] : []),
    ...ofText(schema, value, at),
    ...ofNumber(schema, value, at),
    ...ofList(schema, value, at),
    ...ofObject(schema, value, at),
  ];
}

function schemaAt(ref: string): Schema {
  const name = ref.replace('#/components/schemas/', '');
  const found = apiDocument.components.schemas[name];
  if (found === undefined) throw new Error(`the document has no schema ${ref}`);
  return found;
}

function typeOf(value: unknown, wanted: string): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return wanted === 'integer' && Number.isInteger(value) ? 'integer' : typeof value;
}

function ofText(
  { minLength = 0, maxLength = Infinity, pattern = '' }: Schema,
  value: unknown,
  at: string,
): string[] {
  if (typeof value !== 'string') return [];
  const fits = value.length >= minLength && value.length <= maxLength && new RegExp(pattern).test(value);
  return fits ? [] : [`${at} has another length or form`];
}

function ofNumber({ minimum = -Infinity, maximum = Infinity }: Schema, value: unknown, at: string): string[] {
  return typeof value === 'number' && (value < minimum || value > maximum) ? [`${at} is out of bounds`] : [];
}

function ofList(
  { items = {}, minItems = 0, maxItems = Infinity }: Schema,
  value: unknown,
  at: string,
): string[] {
  if (!Array.isArray(value)) return [];
  const fits = value.length >= minItems && value.length <= maxItems;
  return [
    ...(fits ? [] : [`${at} has too few or too many entries`]),
    ...value.flatMap((item, index) => violations(items, item, `${at}[${index}]`)),
  ];
}

function ofObject(schema: Schema, value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const { properties = {}, required = [], additionalProperties } = schema;
  const given = Object.entries(value);
  return [
    ...required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}.${name} is missing`),
    ...given.flatMap(([name, inner]) => {
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (known !== undefined) return violations(known, inner, `${at}.${name}`);
      return additionalProperties === false ? [`${at}.${name} is not in the document`] : [];
    }),
  ];
}

/** What the document says against an answer of the gateway. */
export function conforms(answer: {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}): string[] {
  const operation = apiDocument.paths[answer.path]?.[answer.method.toLowerCase()];
  if (operation === undefined) return violations(schemaAt('Problem'), answer.body);
  const response = operation.responses[String(answer.status)];
  const schema = response?.content['application/json']?.schema ?? schemaAt('Problem');
  return violations(schema, answer.body);
}
