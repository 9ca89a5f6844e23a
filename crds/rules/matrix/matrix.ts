/**
 * What may be done, by the vendor's document? Compiled once to integers and bits, asked per request without
 * allocating. Whatever the matrix does not list is refused; it never interprets a name.
 */
import { createHash } from 'node:crypto';
import { canonicalize } from '../../audit/canonical.ts';
import type { SupportPermissionMatrix } from '../../generated/support-permission-matrix.ts';

type MatrixSpec = SupportPermissionMatrix['spec'];
type ModuleSpec = MatrixSpec['modules'][number];

/** What a request means: the module, perhaps the sub-module, and the action. */
export interface Target {
  readonly module: string;
  readonly subModule?: string;
  readonly action: string;
}

/** The action that every `access` gives: looking. */
export const readAction = 'Read';

interface ModuleRows {
  readonly row: number;
  readonly subModules: ReadonlyMap<string, number>;
}

/** A matrix as rows (a module, or a sub-module of one) of bits (an action each). */
export interface CompiledMatrix {
  readonly modules: ReadonlyMap<string, ModuleRows>;
  readonly actions: ReadonlyMap<string, number>;
  /** Words of 32 bits per row. */
  readonly stride: number;
  readonly allowed: Uint32Array;
  readonly disabled: Uint32Array;
}

/** So many different actions a matrix may name. A table of more would be megabytes for what no document has. */
export const mostActions = 1000;

/** Compiles a matrix. One that names too many actions allows nothing. A module or sub-module that is listed twice allows nothing: which of the two was meant? */
export function compileMatrix(spec: MatrixSpec): CompiledMatrix {
  const named = numberedActions(spec);
  const actions = named.size > mostActions ? new Map<string, number>() : named;
  const stride = Math.ceil(actions.size / 32);
  const { modules, rights } = numberedRows(spec.modules, spec.actions);
  const allowed = new Uint32Array(rights.length * stride);
  const disabled = new Uint32Array(rights.length * stride);
  const matrix = { modules, actions, stride, allowed, disabled };
  for (const [row, listed] of rights.entries())
    for (const action of listed ?? []) setBit(matrix, allowed, { row, action });

  for (const { module, subModule, action } of spec.disabledActions ?? []) {
    for (const row of rowsOf(modules.get(module), subModule)) {
      if (action === undefined) disabled.fill(everyBit, row * stride, (row + 1) * stride);
      else setBit(matrix, disabled, { row, action });
    }
  }
  return matrix;
}

const everyBit = 0xff_ff_ff_ff;

/** Whether the matrix allows the action there. A disabled action wins over a listed one. Does not allocate. */
export function permits(matrix: CompiledMatrix, target: Target): boolean {
  const row = rowOf(matrix, target);
  const action = matrix.actions.get(target.action);
  if (row === undefined || action === undefined) return false;
  const word = row * matrix.stride + (action >>> 5);
  const bits = (matrix.allowed[word] ?? 0) & ~(matrix.disabled[word] ?? 0);
  return ((bits >>> (action & 31)) & 1) === 1;
}

/** Why the matrix says yes or no, in a sentence for people. */
export function explain(matrix: CompiledMatrix, target: Target): string {
  const { module, subModule, action } = target;
  const place = subModule === undefined ? `"${module}"` : `"${module}" / "${subModule}"`;
  if (permits(matrix, target)) return `the matrix allows "${action}" in ${place}`;
  const rows = matrix.modules.get(module);
  if (rows === undefined) return `the matrix does not list the module "${module}"`;
  const row = rowOf(matrix, target);
  if (row === undefined) return `the matrix does not list the sub-module ${place}`;
  if (isSet(matrix, matrix.disabled, { row, action })) return `the matrix disables "${action}" in ${place}`;
  return `the matrix does not list the action "${action}" in ${place}`;
}

/** A place that allows something, and what. */
export interface PermittedPlace {
  readonly module: string;
  readonly subModule?: string;
  readonly actions: string[];
}

/** Everything that is allowed, as it may be shown to people: one entry per place that allows anything. */
export function permitted(matrix: CompiledMatrix): PermittedPlace[] {
  return [...matrix.modules].flatMap(([module, { subModules }]) => {
    const places = [{ module }, ...[...subModules.keys()].map((subModule) => ({ module, subModule }))];
    return places
      .map((place) => ({
        ...place,
        actions: [...matrix.actions.keys()].filter((action) => permits(matrix, { ...place, action })),
      }))
      .filter(({ actions }) => actions.length > 0);
  });
}

/**
 * What is allowed, divided into what some route of an application means and what none does; places that have nothing are left
 * out. What no request means cannot be done through the gateway.
 */
export function dividedByRoutes(
  allowed: readonly PermittedPlace[],
  routes: readonly Target[],
): { readonly reached: PermittedPlace[]; readonly unreached: PermittedPlace[] } {
  const meant = new Set(routes.map(keyOf));
  const those = (isMeant: boolean): PermittedPlace[] =>
    allowed
      .map(({ actions, ...place }) => ({
        ...place,
        actions: actions.filter((action) => meant.has(keyOf({ ...place, action })) === isMeant),
      }))
      .filter(({ actions }) => actions.length > 0);
  return { reached: those(true), unreached: those(false) };
}

const keyOf = ({ module, subModule, action }: Target): string =>
  JSON.stringify([module, subModule ?? null, action]);

/** SHA-256, hexadecimal, of the spec's canonical JSON (RFC 8785): what a grant's consent is pinned to. */
export function matrixHash(spec: MatrixSpec): string {
  return createHash('sha256').update(canonicalize(spec)).digest('hex');
}

/** What a matrix is pinned and chosen by: all that matters before a request is asked about. */
export interface MatrixHead {
  readonly name: string;
  readonly uid: string;
  readonly deletionTimestamp?: string;
  readonly hash: string;
  readonly appliesTo?: MatrixSpec['appliesTo'];
}

/** A matrix as decisions about requests need it: read, hashed, compiled. */
export interface MatrixInForce extends MatrixHead {
  readonly compiled: CompiledMatrix;
}

/** The head of a matrix object; `hash` is that of its spec. */
export function matrixHead({ metadata, spec }: SupportPermissionMatrix, hash: string): MatrixHead {
  return {
    name: metadata.name,
    uid: metadata.uid,
    ...(metadata.deletionTimestamp !== undefined && { deletionTimestamp: metadata.deletionTimestamp }),
    hash,
    ...(spec.appliesTo !== undefined && { appliesTo: spec.appliesTo }),
  };
}

/** Compiles a matrix object for decisions. Costly beside a decision: keep the result per UID and resource version. */
export function matrixInForce(matrix: SupportPermissionMatrix): MatrixInForce {
  const { spec } = matrix;
  return { ...matrixHead(matrix, matrixHash(spec)), compiled: compileMatrix(spec) };
}

function rowOf(matrix: CompiledMatrix, { module, subModule }: Target): number | undefined {
  const rows = matrix.modules.get(module);
  return subModule === undefined ? rows?.row : rows?.subModules.get(subModule);
}

/** A module's rows that a disabled action is about: one sub-module's, or the module's and all its sub-modules'. */
function rowsOf(rows: ModuleRows | undefined, subModule: string | undefined): number[] {
  if (rows === undefined) return [];
  if (subModule === undefined) return [rows.row, ...rows.subModules.values()];
  const row = rows.subModules.get(subModule);
  return row === undefined ? [] : [row];
}

/** Every action that the matrix names somewhere, looking first. */
export function namedActions(spec: MatrixSpec): string[] {
  const places = spec.modules.flatMap((module) => [module, ...(module.subModules ?? [])]);
  return [
    ...new Set([readAction, ...(spec.actions ?? []), ...places.flatMap(({ actions }) => actions ?? [])]),
  ];
}

function numberedActions(spec: MatrixSpec): ReadonlyMap<string, number> {
  return new Map(namedActions(spec).map((name, number) => [name, number]));
}

type Rights = readonly string[];

function numberedRows(modules: readonly ModuleSpec[], everything: Rights = []) {
  const numbered = new Map<string, ModuleRows>();
  const rights: Rights[] = [];
  const add = (listed: Rights): number => rights.push(listed) - 1;
  for (const module of modules) {
    const before = numbered.get(module.name);
    if (before !== undefined) {
      for (const row of rowsOf(before, undefined)) rights[row] = [];
      continue;
    }
    const row = add(rightsOf(module, everything));
    const subModules = new Map<string, number>();
    for (const subModule of module.subModules ?? []) {
      const twin = subModules.get(subModule.name);
      if (twin === undefined) subModules.set(subModule.name, add(rightsOf(subModule, everything)));
      else rights[twin] = [];
    }
    numbered.set(module.name, { row, subModules });
  }
  return { modules: numbered, rights };
}

/**
 * `Read` lets look; `Limited` lets look and do what is listed; `Everything` what the matrix lists for all such places
 * besides; a module without any is only a heading.
 */
function rightsOf(
  { access, actions = [] }: Pick<ModuleSpec, 'access' | 'actions'>,
  everything: Rights,
): Rights {
  if (access === 'Everything') return [readAction, ...everything, ...actions];
  if (access === 'Limited') return [readAction, ...actions];
  return access === 'Read' ? [readAction] : [];
}

interface Cell {
  readonly row: number;
  readonly action: string;
}

function setBit(matrix: CompiledMatrix, bits: Uint32Array, { row, action }: Cell): void {
  const number = matrix.actions.get(action);
  if (number === undefined) return; // an action that is listed nowhere is refused anyway
  const word = row * matrix.stride + (number >>> 5);
  bits[word] = (bits[word] ?? 0) | (1 << (number & 31));
}

function isSet(matrix: CompiledMatrix, bits: Uint32Array, { row, action }: Cell): boolean {
  const number = matrix.actions.get(action);
  if (number === undefined) return false;
  return (((bits[row * matrix.stride + (number >>> 5)] ?? 0) >>> (number & 31)) & 1) === 1;
}
