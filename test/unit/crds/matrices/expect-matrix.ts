/** Asks a matrix about every place that it or its document names, with every action that either names, and some of neither. */
import { expect } from 'vitest';
import type { SupportPermissionMatrix } from '../../../../crds/generated/support-permission-matrix.ts';
import { compileMatrix, namedActions, permits, type Target } from '../../../../crds/rules/matrix/matrix.ts';

type Spec = SupportPermissionMatrix['spec'];

/** `Module` or `Module / Sub-module`. */
const placeOf = (name: string): Omit<Target, 'action'> => {
  const [module = '', subModule] = name.split(' / ');
  return { module, ...(subModule !== undefined && { subModule }) };
};

/** Every place of a matrix, as the document's tables name it. */
export const placesIn = ({ modules }: Spec): string[] =>
  modules.flatMap(({ name, subModules = [] }) => [
    name,
    ...subModules.map((each) => `${name} / ${each.name}`),
  ]);

const ofNoDocument = ['Delete', 'read', 'SAVE', 'Save ', '*', ''];
const nowhere = ['User Management', 'Security / Roles', 'security', 'Jobs / *', 'SupportAccessGrant', ''];

/** Fails where the matrix allows anything but what `allowed` says, place by place. */
export function expectExactly(spec: Spec, allowed: ReadonlyMap<string, readonly string[]>): void {
  const compiled = compileMatrix(spec);
  const actions = new Set([...namedActions(spec), ...[...allowed.values()].flat(), ...ofNoDocument]);
  const found = new Map<string, string[]>();
  for (const place of new Set([...placesIn(spec), ...allowed.keys(), ...nowhere])) {
    const yes = [...actions].filter((action) => permits(compiled, { ...placeOf(place), action }));
    if (yes.length > 0) found.set(place, yes.toSorted());
  }
  expect(found).toEqual(new Map([...allowed].map(([place, all]) => [place, all.toSorted()])));
}
