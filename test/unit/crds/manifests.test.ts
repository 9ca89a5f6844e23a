/**
 * The form of the kinds: what API reviewers look for, on every property, not on most of them. Each test is a column of the
 * table in which operators are compared, and here each column is full.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readManifests, type Schema, storedSchema } from '../../../tools/generate/manifests.ts';

const manifests = readManifests(fileURLToPath(new URL('../../..', import.meta.url)));

const shortNames: Record<string, string> = {
  SupportAccessPolicy: 'sapol',
  SupportApplication: 'sapp',
  SupportAccessGrant: 'sag',
  SupportUser: 'suser',
  SupportPermissionMatrix: 'spm',
  SupportSession: 'ssess',
  SupportAccessLock: 'salock',
  SupportCase: 'scase',
};

/** Words that YAML 1.1, as kubectl and Helm read it, takes for true or false unless they are quoted. */
const yamlBoolean = /^(?:y|n|yes|no|true|false|on|off)$/i;

/**
 * Lists of people's specs in which two field managers may each have entries, and why none of them is one whose removal narrows:
 * of such a list the other manager's entry would stay, silently, when it is taken out in Git.
 */
const keyedLists: Readonly<Record<string, string>> = {
  'SupportAccessPolicy.spec.administrators': 'gives no right',
  'SupportAccessPolicy.spec.gateway.tlsSecretRefs': 'lets no one in; what the gateway shows of itself',
  'SupportAccessPolicy.spec.rights.reservedRoleNames':
    'each entry refuses something, so that removing one widens',
  'SupportAccessPolicy.spec.sso.attributes': 'each entry demands something, so that removing one widens',
  'SupportApplication.spec.assignmentFields': 'each entry refuses something, so that removing one widens',
  'SupportUser.spec.attributes': 'is immutable',
};

/** Whose specs have one writer or never change: the gateway's sessions, matrices, locks. */
const immutableKinds = ['SupportSession', 'SupportPermissionMatrix', 'SupportAccessLock'];

interface Place {
  readonly path: string;
  readonly schema: Schema;
  /** A property, as opposed to the item of a list or the root. */
  readonly isProperty: boolean;
  readonly inList: boolean;
}

function places(schema: Schema, path = '', isProperty = false, inList = false): Place[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    places(property, `${path}.${name}`, true, inList),
  );
  const items = schema.items ? places(schema.items, `${path}[]`, false, true) : [];
  return [{ path, schema, isProperty, inList }, ...below, ...items];
}

const paths = (found: readonly Place[]): string[] => found.map(({ path }) => path);

it('there are eight kinds', () => {
  expect(manifests.map(({ definition }) => definition.spec.names.kind).sort()).toEqual(
    Object.keys(shortNames).sort(),
  );
});

describe.each(manifests.map((manifest) => [manifest.definition.spec.names.kind, manifest] as const))(
  '%s',
  (kind, { definition, text, file }) => {
    const { spec } = definition;
    const all = places(storedSchema(definition));
    const lists = all.filter(({ schema }) => schema.type === 'array');
    const [version] = spec.versions;

    it('is named and filed as its group, plural and short name say', () => {
      expect(spec.group).toBe('supportaccess.dev');
      expect(definition.metadata.name).toBe(`${spec.names.plural}.${spec.group}`);
      expect(file).toBe(`${spec.names.plural}.yaml`);
      expect(spec.names.shortNames).toEqual([shortNames[kind]]);
      expect(spec.names.categories).toEqual(['support-access']);
    });

    it('serves and stores one version, with a status of its own and selectable fields', () => {
      expect(spec.versions).toHaveLength(1);
      expect(version).toMatchObject({
        name: 'v1beta1',
        served: true,
        storage: true,
        subresources: { status: {} },
      });
      expect(version?.selectableFields?.length).toBeGreaterThan(0);
    });

    it('prints columns, times as text, and its age', () => {
      const columns = version?.additionalPrinterColumns ?? [];
      expect(columns.length).toBeGreaterThan(1);
      expect(columns.filter(({ type }) => type === 'date').map(({ jsonPath }) => jsonPath)).toEqual([
        '.metadata.creationTimestamp',
      ]);
      expect(columns.filter(({ description }) => !description)).toEqual([]);
    });

    it('reports observedGeneration and conditions keyed by type', () => {
      const status = storedSchema(definition).properties?.['status'];
      expect(status?.properties?.['observedGeneration']).toMatchObject({ type: 'integer', format: 'int64' });
      expect(status?.properties?.['conditions']).toMatchObject({
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
        items: { required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'] },
      });
    });

    it('is not current for those who wait for it until it was looked at once', () => {
      const status = storedSchema(definition).properties?.['status'];
      expect(status?.default).toEqual({});
      expect(status?.properties?.['observedGeneration']?.default).toBe(-1);
    });

    it('keeps no entry of another manager in a list whose removal narrows', () => {
      if (immutableKinds.includes(kind)) return;
      const shared = lists.filter(
        ({ path, schema, inList }) =>
          path.startsWith('.spec.') && !inList && schema['x-kubernetes-list-type'] !== 'atomic',
      );
      const told = Object.keys(keyedLists).filter((path) => path.startsWith(`${kind}.`));
      expect(shared.map(({ path }) => `${kind}${path}`).sort()).toEqual(told.sort());
    });

    it('bounds every list and says what kind of list it is', () => {
      const loose = lists.filter(({ schema }) => !schema.maxItems || !schema['x-kubernetes-list-type']);
      expect(paths(loose)).toEqual([]);
    });

    it('bounds every string and every number from below', () => {
      const strings = all.filter(({ schema }) => schema.type === 'string' && !schema.maxLength);
      const numbers = all.filter(({ schema }) => schema.type === 'integer' && schema.minimum === undefined);
      expect(paths([...strings, ...numbers])).toEqual([]);
    });

    it('describes every property with an example', () => {
      const silent = all.filter(
        ({ path, schema, isProperty }) =>
          isProperty && path !== '.metadata' && !schema.description?.includes('Example: '),
      );
      expect(paths(silent)).toEqual([]);
    });

    it('has no booleans, no fractions, no maps, no open objects, no phase and no timestamps', () => {
      const odd = all.filter(
        ({ path, schema }) =>
          schema.type === 'boolean' ||
          schema.type === 'number' ||
          schema.additionalProperties !== undefined ||
          schema['x-kubernetes-preserve-unknown-fields'] === true ||
          schema['x-kubernetes-int-or-string'] === true ||
          /\.(phase|\w*Timestamp)$/.test(path),
      );
      expect(paths(odd)).toEqual([]);
    });

    it('calls times somethingTime and gives them their format', () => {
      const times = all.filter(({ path }) => path.endsWith('Time'));
      const isTime = ({ format, 'x-kubernetes-validations': rules = [] }: Schema) =>
        // a time that people write has a rule instead, which says what is right
        format === 'date-time' || rules.some(({ rule }) => rule.includes('timestamp(self)'));
      expect(paths(times.filter(({ schema }) => !isTime(schema)))).toEqual([]);
      const others = all.filter(
        ({ path, schema }) => schema.format === 'date-time' && !path.endsWith('Time'),
      );
      expect(paths(others)).toEqual([]);
    });

    it('has no word to choose from that YAML reads as true or false', () => {
      const chosen = all.filter(({ path }) => !path.startsWith('.status.conditions'));
      const odd = chosen.filter(({ schema }) => (schema.enum ?? []).some((word) => yamlBoolean.test(word)));
      expect(paths(odd)).toEqual([]);
    });

    it('has no defaults inside lists', () => {
      expect(paths(all.filter(({ schema, inList }) => inList && schema.default !== undefined))).toEqual([]);
    });

    it('says of each rule what must be, why it is refused, and where', () => {
      const faulty = all.flatMap(({ path, schema }) =>
        (schema['x-kubernetes-validations'] ?? [])
          .filter(({ message, reason, fieldPath }) => {
            // a rule on a text or a list already stands at its field; an object's rule must point at the field
            const pointsAtField =
              schema.type === 'object' ? fieldPath !== undefined : fieldPath === undefined;
            return !/^(must|must not|may not) /.test(message ?? '') || !reason || !pointsAtField;
          })
          .map(({ rule }) => `${path}: ${rule}`),
      );
      expect(faulty).toEqual([]);
    });

    it('stays far below the size at which client-side apply breaks', () => {
      expect(Buffer.byteLength(text)).toBeLessThan(100 * 1024);
    });
  },
);
