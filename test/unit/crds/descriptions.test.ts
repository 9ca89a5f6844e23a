/** What `kubectl explain`, the columns and the rules of the manifests say: plain words, each default and each unit. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { defaults } from '../../../crds/defaults.ts';
import { readManifests, type Schema, storedSchema } from '../../../tools/generate/manifests.ts';
import { plainComplaints, refusalComplaints } from '../../kit/messages/good-message.ts';

const manifests = readManifests(fileURLToPath(new URL('../../..', import.meta.url)));

/** Defaults that hold although the API server fills nothing in. */
const toldOnly: Readonly<Record<string, string>> = {
  'SupportAccessPolicy.spec.notices.webhooks[].format': 'Standard',
  'SupportAccessPolicy.spec.notices.mail.port': '587 with StartTLS, 465 with Implicit, 25 with Disabled',
  'SupportApplication.spec.maxAttachmentSizeMB': String(defaults.maxAttachmentSizeMB),
  'SupportApplication.spec.freshness.maxStalenessSeconds': '0',
  'SupportApplication.spec.timeouts.firstByteSeconds': String(defaults.firstByteSeconds),
  'SupportApplication.spec.timeouts.uploadIdleSeconds': String(defaults.uploadIdleSeconds),
  'SupportApplication.spec.routes[].methodParameter': 'Refused',
  'SupportApplication.spec.routes[].type': 'Action',
  'SupportApplication.spec.assignmentFields': 'none',
  'SupportApplication.spec.forwardHeaders.request': 'none',
  'SupportApplication.spec.forwardHeaders.response': 'none',
  'SupportApplication.spec.pathForms': 'none',
  'SupportApplication.spec.routes[].query': 'any query',
  'SupportApplication.spec.routes[].contentTypes': 'any type',
  'SupportApplication.spec.routes[].recorded': 'none',
  'SupportApplication.spec.routes[].timeouts.firstByteSeconds': 'that of spec.timeouts',
  'SupportApplication.spec.routes[].timeouts.uploadIdleSeconds': 'that of spec.timeouts',
  'SupportApplication.spec.routes[].upgrade': 'none, so that the protocol may not change',
  'SupportAccessPolicy.spec.gateway.hostSuffixes': 'none',
  'SupportAccessPolicy.spec.network.trustedHops': 'none',
  'SupportAccessPolicy.spec.network.trustedHopPods': 'none',
  'SupportAccessPolicy.spec.duration.minSeconds': 'no minimum',
  'SupportAccessPolicy.spec.duration.maxSeconds': 'no maximum',
  'SupportPermissionMatrix.spec.modules[].access': 'none, so that only its sub-modules may be seen',
  'SupportPermissionMatrix.spec.maskedClasses': 'every class',
  'SupportPermissionMatrix.spec.binaryMessages': 'Refused',
};

/** What the end of a field's name says of its unit, and the words for it. */
const units: readonly (readonly [name: RegExp, words: RegExp])[] = [
  [/MB$/, /\bin MiB\b/],
  [/Seconds$/, /\bin seconds\b/],
];

interface Field {
  readonly path: string;
  readonly schema: Schema;
  readonly isOptional: boolean;
}

function fieldsOf(schema: Schema, path: string, isOptional = false): Field[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    fieldsOf(property, `${path}.${name}`, schema.required?.includes(name) !== true),
  );
  return [
    { path, schema, isOptional },
    ...below,
    ...(schema.items ? fieldsOf(schema.items, `${path}[]`) : []),
  ];
}

const fields = manifests.flatMap(({ definition }) =>
  fieldsOf(storedSchema(definition), definition.spec.names.kind),
);

const defaultTold = ({ description = '' }: Schema): string | undefined =>
  /\bDefault: (.+?)(?: \([^)]*\))?\. /.exec(description)?.[1];

describe('a description', () => {
  it('tells the default that the API server fills in', () => {
    const silent = fields.filter(
      ({ schema }) =>
        schema.default !== undefined &&
        typeof schema.default !== 'object' &&
        defaultTold(schema) !== `${schema.default as string | number}`,
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('tells the default that holds otherwise, and no other', () => {
    const told = fields
      .filter(({ schema }) => schema.default === undefined && defaultTold(schema) !== undefined)
      .map(({ path, schema }) => [path, defaultTold(schema)]);
    expect(Object.fromEntries(told)).toEqual(toldOnly);
  });

  it('tells what holds where a number or a choice is left out', () => {
    const silent = fields.filter(
      ({ path, schema, isOptional }) =>
        isOptional &&
        /\.spec\./.test(path) &&
        (schema.type === 'integer' || schema.enum !== undefined) &&
        defaultTold(schema) === undefined,
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('tells the unit of every number that has one', () => {
    const silent = fields.filter(({ path, schema }) =>
      units.some(([name, words]) => name.test(path) && !words.test(schema.description ?? '')),
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
    for (const [name] of units) expect(fields.some(({ path }) => name.test(path))).toBe(true);
  });

  it('is in plain words', () => {
    const complaints = fields.flatMap(({ path, schema: { description } }) =>
      description === undefined
        ? []
        : plainComplaints(description).map((complaint) => `${path} ${complaint}`),
    );
    expect(complaints).toEqual([]);
  });
});

describe('a column', () => {
  it('has a name of whole words, and says in a sentence what it shows', () => {
    const columns = manifests.flatMap(
      ({ definition }) => definition.spec.versions[0]?.additionalPrinterColumns ?? [],
    );
    const odd = columns.filter(
      ({ name, description = '' }) =>
        /shown/i.test(name) || description.split(' ').length < 3 || plainComplaints(description).length > 0,
    );
    expect(odd.map(({ name, description }) => `${name}: ${description}`)).toEqual([]);
  });
});

describe('a rule that people can meet', () => {
  const rules = fields
    .filter(({ path }) => !/^\w+\.status/.test(path))
    .flatMap(({ path, schema }) =>
      (schema['x-kubernetes-validations'] ?? []).map(({ message = '' }) => ({ path, message })),
    );

  it('says what must be, and an example or the way out, in plain words', () => {
    const complaints = rules.flatMap(({ path, message }) =>
      refusalComplaints({ text: message }).map((complaint) => `${path} "${message}" ${complaint}`),
    );
    expect(complaints).toEqual([]);
  });

  it('has no pattern beside it, since the API server would print that', () => {
    const written = fields.filter(
      ({ path, schema }) =>
        schema.pattern !== undefined && !/^\w+\.status/.test(path) && !path.startsWith('SupportSession.'),
    );
    expect(written.map(({ path }) => path)).toEqual([]);
  });
});
