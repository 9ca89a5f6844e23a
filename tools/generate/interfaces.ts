/** Turns the schemas of the kinds into TypeScript interfaces. It judges nothing: the API server does. */

import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { type Manifest, type Schema, storedSchema } from './manifests.ts';
import type { Output } from './output.ts';

const header = [
  '/* Generated from crds/manifests by tools/generate.ts, do not edit. */',
  '/* oxlint-disable */',
  "import type { ObjectMeta } from '../object-meta.ts';",
].join('\n');

const options = {
  bannerComment: header,
  additionalProperties: false,
  // without it `maxItems: 3` becomes a union of four tuples
  ignoreMinAndMaxItems: true,
  style: { singleQuote: true, printWidth: 110 },
};

/** One file per kind in `crds/generated`, its interface named as the kind, beside what else is generated there. */
export async function generateInterfaces(
  manifests: readonly Manifest[],
  beside: Readonly<Record<string, string>>,
): Promise<Output> {
  const files = new Map<string, string>(Object.entries(beside));
  for (const { definition } of manifests) {
    const { kind } = definition.spec.names;
    files.set(`${kebab(kind)}.ts`, await compile(rootSchema(definition), kind, options));
  }
  return { folder: 'crds/generated', files };
}

/** `SupportAccessGrant` -> `support-access-grant`. */
export function kebab(kind: string): string {
  return kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

function rootSchema(definition: Manifest['definition']): JSONSchema {
  const schema = storedSchema(definition);
  const { group, names, versions } = definition.spec;
  const version = versions.find((one) => one.storage)?.name ?? '';
  return {
    ...toJsonSchema(schema),
    required: ['apiVersion', 'kind', 'metadata', ...(schema.required ?? [])],
    properties: {
      ...propertiesOf(schema),
      apiVersion: { enum: [`${group}/${version}`] },
      kind: { enum: [names.kind] },
      metadata: { tsType: 'ObjectMeta' },
    },
  };
}

/** What a structural schema says beyond JSON Schema, said in JSON Schema. */
export function toJsonSchema(schema: Schema): JSONSchema {
  if (schema['x-kubernetes-int-or-string']) return { ...described(schema), type: ['integer', 'string'] };
  const type = schema.nullable && schema.type ? [schema.type, 'null'] : schema.type;
  return {
    ...described(schema),
    ...(type ? { type: type as JSONSchema['type'] } : {}),
    ...(schema.enum ? { enum: schema.nullable ? [...schema.enum, null] : schema.enum } : {}),
    ...(schema.items ? { items: toJsonSchema(schema.items) } : {}),
    ...(schema.type === 'object' ? objectPart(schema) : {}),
  };
}

function objectPart(schema: Schema): JSONSchema {
  const values = schema.additionalProperties;
  const open = schema['x-kubernetes-preserve-unknown-fields'] ?? false;
  return {
    properties: propertiesOf(schema),
    required: schema.required ?? [],
    additionalProperties: typeof values === 'object' ? toJsonSchema(values) : open,
  };
}

function propertiesOf(schema: Schema): Record<string, JSONSchema> {
  const entries = Object.entries(schema.properties ?? {});
  return Object.fromEntries(entries.map(([name, property]) => [name, toJsonSchema(property)]));
}

function described(schema: Schema): JSONSchema {
  return {
    ...(schema.description ? { description: schema.description } : {}),
    ...(schema.default === undefined ? {} : { default: schema.default as JSONSchema['default'] }),
  };
}
