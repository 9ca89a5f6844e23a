/** The manifests say the same defaults as the rules: where the API server fills a field in, nothing changes its meaning. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { defaults } from '../../../crds/defaults.ts';
import { readManifests, type Schema, storedSchema } from '../../../tools/generate/manifests.ts';

const manifests = readManifests(fileURLToPath(new URL('../../..', import.meta.url)));

/** Those that the manifests only tell. */
type Told = 'maxAttachmentSizeMB' | 'firstByteSeconds' | 'uploadIdleSeconds';

/** Where each of the others stands in the manifests. */
const places: Readonly<Record<Exclude<keyof typeof defaults, Told>, readonly [kind: string, path: string]>> =
  {
    consent: ['SupportAccessGrant', 'spec.consent'],
    gatewayPort: ['SupportAccessPolicy', 'spec.gateway.port'],
    idleSeconds: ['SupportAccessPolicy', 'spec.session.idleSeconds'],
    absoluteSeconds: ['SupportAccessPolicy', 'spec.session.absoluteSeconds'],
    clockSkewSeconds: ['SupportAccessPolicy', 'spec.sso.clockSkewSeconds'],
    maxElevatedContacts: ['SupportAccessPolicy', 'spec.cases.maxElevatedContacts'],
    deactivatedUsersSeconds: ['SupportAccessPolicy', 'spec.retention.deactivatedUsersSeconds'],
    expiringSoonSeconds: ['SupportAccessPolicy', 'spec.notices.expiringSoonSeconds'],
    giveUpAfterSeconds: ['SupportAccessPolicy', 'spec.notices.giveUpAfterSeconds'],
    maxConcurrent: ['SupportAccessPolicy', 'spec.session.maxConcurrent'],
  };

function schemaAt(kind: string, path: string): Schema | undefined {
  const manifest = manifests.find(({ definition }) => definition.spec.names.kind === kind);
  let schema = manifest && storedSchema(manifest.definition);
  for (const name of path.split('.')) schema = schema?.properties?.[name];
  return schema;
}

describe('a default', () => {
  it.each(Object.entries(places))('is in the manifest what it is in the rules: %s', (name, [kind, path]) => {
    expect(schemaAt(kind, path)?.default).toBe(defaults[name as keyof typeof places]);
  });

  it('that is a number stands in the list above', () => {
    const numbers = manifests.flatMap(({ definition }) =>
      numericDefaults(storedSchema(definition), definition.spec.names.kind).filter(
        // what was never looked at, of every kind
        (path) => !path.endsWith('.status.observedGeneration'),
      ),
    );
    const listed = Object.values(places).map(([kind, path]) => `${kind}.${path}`);
    expect(numbers.toSorted()).toEqual(listed.toSorted());
  });
});

function numericDefaults(schema: Schema, path: string): string[] {
  const own = typeof schema.default === 'number' ? [path] : [];
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    numericDefaults(property, `${path}.${name}`),
  );
  return [...own, ...below];
}
