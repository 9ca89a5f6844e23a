import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kinds } from '../../../crds/kinds.ts';

interface Manifest {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly storage: boolean }[];
  };
}

const folder = new URL('../../../crds/manifests/', import.meta.url);
const manifests = readdirSync(folder).map(
  (file) => parse(readFileSync(new URL(file, folder), 'utf8')) as Manifest,
);

describe('the kinds', () => {
  it('are named and served as their manifests say', () => {
    const served = manifests.map(({ spec }) => ({
      group: spec.group,
      version: spec.versions.find(({ storage }) => storage)?.name,
      plural: spec.names.plural,
      kind: spec.names.kind,
      namespaced: spec.scope === 'Namespaced',
    }));
    const byKind = (one: { kind: string }, other: { kind: string }) => (one.kind < other.kind ? -1 : 1);
    expect(Object.values(kinds).toSorted(byKind)).toEqual(served.toSorted(byKind));
  });

  it('stand under their own name', () => {
    for (const [name, { kind }] of Object.entries(kinds)) expect(kind).toBe(name);
  });
});
