/** A matrix as what it is called: each module against each action, as the product judges it. Pure. */

import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import { compileMatrix, permits } from '../../crds/rules/matrix/matrix.ts';

export type MatrixSpec = SupportPermissionMatrix['spec'];

/** `never` is disabled, also where another list allows it; `no` is not listed. Both are refused. */
export type Cell = 'yes' | 'never' | 'no';

/** A module, or a sub-module of one. */
export interface CellRow {
  readonly module: string;
  readonly subModule?: string;
  readonly cellOf: (action: string) => Cell;
}

export interface Cells {
  /** Looking first, then as they are listed. */
  readonly actions: readonly string[];
  /** In the order of the document. */
  readonly rows: readonly CellRow[];
}

export function cellsOf(spec: MatrixSpec): Cells {
  const compiled = compileMatrix(spec);
  const places = [...compiled.modules].flatMap(([module, { subModules }]) => [
    { module },
    ...[...subModules.keys()].map((subModule) => ({ module, subModule })),
  ]);
  const rows = places.map((place) => ({
    ...place,
    cellOf: (action: string): Cell => {
      if (permits(compiled, { ...place, action })) return 'yes';
      return isDisabled(spec, place, action) ? 'never' : 'no';
    },
  }));
  return { actions: [...compiled.actions.keys()], rows };
}

type Place = Pick<CellRow, 'module' | 'subModule'>;

function isDisabled({ disabledActions = [] }: MatrixSpec, place: Place, action: string): boolean {
  return disabledActions.some(
    (each) =>
      (each.action === undefined || each.action === action) &&
      each.module === place.module &&
      (each.subModule === undefined || each.subModule === place.subModule),
  );
}

/** "Jobs / Job Log". */
export function placeName({ module, subModule }: Place): string {
  return subModule === undefined ? module : `${module} / ${subModule}`;
}
