/**
 * The API server gives what is stored a default where a newer release adds one. Within the fields that citations compare that makes
 * other content in one generation, which is how what came back from a backup is known: everything that is open would be taken
 * for older. So such a default needs another prefix of the hash, by which the two are not compared.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CitedKind, citationOf, comparedFields } from '../../../../crds/audit/citation.ts';
import { readManifests, type Schema, storedSchema } from '../../../../tools/generate/manifests.ts';

const manifests = readManifests(fileURLToPath(new URL('../../../..', import.meta.url)));

/** The defaults below a schema, by their path. */
function defaultsIn(schema: Schema, path: string): [string, unknown][] {
  const own: [string, unknown][] = schema.default === undefined ? [] : [[path, schema.default]];
  const fields = Object.entries(schema.properties ?? {});
  return [
    ...own,
    ...fields.flatMap(([name, field]) => defaultsIn(field, `${path}.${name}`)),
    ...(schema.items === undefined ? [] : defaultsIn(schema.items, `${path}[]`)),
  ];
}

const kinds = Object.keys(comparedFields) as CitedKind[];

describe('the fields that citations compare', () => {
  it('have the defaults that belong to the prefix of their hash; where one is added, another letter is needed', () => {
    const defaults = kinds.flatMap((kind) => {
      const fields = specOf(kind);
      return (comparedFields[kind] ?? []).flatMap((name) =>
        defaultsIn(fields[name] ?? {}, `${kind}.${name}`),
      );
    });
    const [prefix] =
      citationOf({ kind: 'SupportUser', metadata: { name: 'a', uid: 'a' }, spec: {} })?.hash ?? '';
    expect({ prefix, defaults: Object.fromEntries(defaults) }).toEqual({
      prefix: 'a',
      defaults: {
        'SupportAccessGrant.access': 'Disabled',
        'SupportAccessGrant.consent': 1,
        'SupportAccessPolicy.access': 'Disabled',
        'SupportUser.access': 'Enabled',
      },
    });
  });

  it.each(kinds)('of %s are fields that it has', (kind) => {
    expect(Object.keys(specOf(kind))).toEqual(expect.arrayContaining([...(comparedFields[kind] ?? [])]));
  });
});

function specOf(kind: CitedKind): Readonly<Record<string, Schema>> {
  const manifest = manifests.find(({ definition }) => definition.spec.names.kind === kind);
  const spec = manifest && storedSchema(manifest.definition).properties?.['spec'];
  if (spec?.properties === undefined) throw new Error(`there is no manifest of ${kind} with a spec`);
  return spec.properties;
}
