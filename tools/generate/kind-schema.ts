/**
 * Writes what the schema of a kind asks for as data, so that the plugin can say it before anything is applied. Rules in CEL
 * become patterns where that is all that they are; what else they say is judged in TypeScript, and is listed here.
 */
import { type Manifest, type Schema, storedSchema, type ValidationRule } from './manifests.ts';

/** Rules that are no pattern, each with where the plugin judges it. A rule that is neither fails the generator. */
const judgedElsewhere: readonly { readonly begins: string; readonly by: string }[] = [
  { begins: 'self.spec == oldSelf.spec', by: 'nothing: a file has no older self' },
  { begins: 'self.metadata.name.matches(', by: 'cli/matrix/judge-matrix.ts' },
  { begins: '!has(self.kubernetes) ||', by: 'cli/matrix/judge-matrix.ts' },
  { begins: "!self.contains('*')", by: 'crds/rules/matrix/kubernetes-rights.ts' },
  { begins: "self.matches('^(/(", by: 'crds/rules/problems/application-problems.ts' },
  { begins: "self.matches('^[a-z0-9]([-a-z0-9]{0,61}", by: 'nothing: hosts are no part of routes' },
  { begins: 'has(self.type) &&', by: 'crds/rules/problems/application-problems.ts' },
  { begins: '!has(self.type) ||', by: 'crds/rules/problems/application-problems.ts' },
  { begins: '!self.lowerAscii().matches(', by: 'crds/rules/problems/application-problems.ts' },
  { begins: 'isURL(self)', by: 'nothing: addresses are no part of routes' },
  { begins: '!self.startsWith(', by: 'crds/rules/problems/matrix-problems.ts' },
];

const header = `/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
`;

/** The content of a file that exports what the schema of a kind asks for, such as `crds/generated/matrix-schema.ts`. */
export function schemaFile(
  manifests: readonly Manifest[],
  { kind, name }: { readonly kind: string; readonly name: string },
): string {
  const found = manifests.find(({ definition }) => definition.spec.names.kind === kind);
  if (found === undefined) throw new Error(`no manifest has the kind ${kind}`);
  const { group, names, versions } = found.definition.spec;
  const version = versions.find(({ storage }) => storage)?.name ?? '';
  const { spec, metadata } = storedSchema(found.definition).properties ?? {};
  const root = {
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { type: 'string', enum: [`${group}/${version}`] },
      kind: { type: 'string', enum: [names.kind] },
      // Metadata is Kubernetes' own: only the name is looked at.
      metadata: { ...asData(metadata ?? {}), required: ['name'], open: true },
      spec: asData(spec ?? {}),
    },
  };
  const words = `/** What the schema of a ${kind} asks for; lengths are of characters. */`;
  return `${header}${words}\nexport const ${name} = ${JSON.stringify(root, undefined, 2)};\n`;
}

/** What is taken as it stands in the manifest. */
const sameWords = [
  'type',
  'required',
  'enum',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
] as const;

/** One field, as `FieldSchema` of the plugin names it. */
function asData(schema: Schema): object {
  const { items, properties } = schema;
  return {
    ...Object.fromEntries(sameWords.map((word) => [word, schema[word]])),
    ...patternOf(schema),
    example: /Example: ([^]*)$/.exec(schema.description ?? '')?.[1],
    unique: schema['x-kubernetes-list-type'] === 'set' || undefined,
    key: schema['x-kubernetes-list-map-keys']?.[0],
    items: items && asData(items),
    properties:
      properties &&
      Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, asData(each)])),
  };
}

function patternOf(schema: Schema): object {
  const { pattern, message }: Pattern = patternAmong(schema['x-kubernetes-validations'] ?? []) ?? schema;
  return pattern === undefined ? {} : { pattern: asJavaScript(pattern), message };
}

interface Pattern {
  readonly pattern?: string;
  readonly message?: string;
}

function patternAmong(rules: readonly ValidationRule[]): Pattern | undefined {
  const patterns = rules.flatMap(({ rule, message = '' }) => {
    const text = rule.trim();
    if (judgedElsewhere.some(({ begins }) => text.startsWith(begins))) return [];
    const pattern = /^self\.matches\('((?:[^'\\]|\\\\)*)'\)$/.exec(text)?.[1];
    if (pattern === undefined) throw new Error(`the plugin does not judge this rule: ${text}`);
    return [{ pattern: pattern.replaceAll('\\\\', '\\'), message }];
  });
  if (patterns.length > 1) throw new Error('two patterns for one field: the plugin takes one');
  return patterns[0];
}

/** In RE2 `\\s` is white space of ASCII, in JavaScript that of all languages. */
function asJavaScript(pattern: string): string {
  return pattern.replaceAll(String.raw`\s`, String.raw`\t\n\f\r `);
}
