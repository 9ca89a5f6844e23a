/**
 * What in a matrix would be taken, and is probably not what its author wants? Each with the field, and what to do. It judges a
 * matrix that has the shape of one. Pure.
 */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { matrices } from '../../crds/matrices/index.ts';
import { nearestName } from '../../crds/nearest.ts';
import { compileMatrix, permits, readAction } from '../../crds/rules/matrix/matrix.ts';
import { type Problem, printable } from '../../crds/rules/problem.ts';
import { knownClasses } from '../access/masked-data.ts';
import type { MatrixSpec } from './matrix-cells.ts';
import { unwiseRights } from './unwise-rights.ts';

/** A module or sub-module as the author wrote it. */
interface Place {
  readonly field: string;
  readonly module: string;
  readonly subModule?: string;
  readonly access?: NonNullable<MatrixSpec['modules'][number]['access']>;
  readonly actions: readonly string[];
}

/** Everything that is unwise, in the order of the document. */
export function unwiseIn(spec: MatrixSpec): Problem[] {
  const places = placesOf(spec);
  return [
    ...masking(spec),
    ...places.flatMap((place) => nothingBesidesLooking(spec, place)),
    ...places.flatMap((place) => [...notToBeSeen(place), ...actsUnseen(spec, place)]),
    ...almostTheSame(places),
    ...almostTheProducts(spec),
    ...disabledTwice(spec),
    ...unwiseRights(spec.kubernetes?.rules ?? []),
  ];
}

function placesOf({ modules }: MatrixSpec): Place[] {
  return modules.flatMap(({ name: module, access, actions = [], subModules = [] }, at) => [
    { field: `spec.modules[${at}]`, module, actions, ...(access !== undefined && { access }) },
    ...subModules.map((each, below) => ({
      field: `spec.modules[${at}].subModules[${below}]`,
      module,
      subModule: each.name,
      access: each.access,
      actions: each.actions ?? [],
    })),
  ]);
}

const idleLists = ['maskedClasses', 'maskedFields', 'maskedPatterns', 'hostNames'] as const;

function masking(spec: MatrixSpec): Problem[] {
  const { masking: state, maskedClasses } = spec;
  if (state === 'Disabled') {
    const idle = idleLists
      .filter((field) => spec[field] !== undefined)
      .map((field) => ({
        field: `spec.${field}`,
        ...(field === 'maskedClasses' && { value: spec.maskedClasses?.join(', ') ?? '' }),
        rule: 'must not be read as masking: it counts only with masking: Enabled',
        fix: 'write masking: Enabled, or remove it',
      }));
    const rule = 'should be Enabled: support sees e-mail addresses and other personal data as they are';
    return [{ field: 'spec.masking', value: state, rule, fix: 'write masking: Enabled' }, ...idle];
  }
  const open =
    maskedClasses === undefined ? [] : knownClasses.filter((each) => !maskedClasses.includes(each as never));
  const left: Problem[] = open.map((each) => ({
    field: 'spec.maskedClasses',
    rule: `should list ${each}: it is shown as it is`,
    fix: `add ${each}, or leave maskedClasses out to mask every class`,
  }));
  return left;
}

function nothingBesidesLooking(spec: MatrixSpec, { field, access, actions }: Place): Problem[] {
  const listed = access === 'Everything' ? [...actions, ...(spec.actions ?? [])] : actions;
  if (access === undefined || access === 'Read' || listed.length > 0) return [];
  const where = access === 'Everything' ? ' in spec.actions' : '';
  const rule = `should list actions${where}: without any it allows looking only, as access: Read does`;
  return [{ field: `${field}.access`, value: access, rule, fix: 'list the actions, or write access: Read' }];
}

/** A name with a character that no one sees is another name than the one that it looks like. */
function notToBeSeen({ field, module, subModule, actions }: Place): Problem[] {
  const names: [string, string][] = [
    [`${field}.name`, subModule ?? module],
    ...actions.map((each, at): [string, string] => [`${field}.actions[${at}]`, each]),
  ];
  return names
    .filter(([, name]) => escapeUnsafe(name) !== name)
    .map(([at, name]) => ({
      field: at,
      value: printable(escapeUnsafe(name)),
      rule: 'should have visible characters only: it looks like another name than it is',
      fix: 'type the name again, as the document has it',
    }));
}

/** Actions that are left where looking is disabled: what is done there is done without seeing it. */
function actsUnseen(spec: MatrixSpec, { field, module, subModule, access, actions }: Place): Problem[] {
  if (access === undefined) return [];
  const compiled = compileMatrix(spec);
  const place = { module, ...(subModule !== undefined && { subModule }) };
  const left = actions.filter((action) => permits(compiled, { ...place, action }));
  if (permits(compiled, { ...place, action: readAction })) return [];
  const listed = spec.modules.filter(({ name }) => name === module).length;
  if (listed > 1 || isShut(spec, place)) return [];
  const [rule, fix] =
    left.length === 0
      ? ['should allow something: disabledActions take everything away here', 'leave the place out']
      : [
          `should allow looking where it allows ${printable(left.join(', '))}`,
          'remove the entry of disabledActions that disables Read, or disable those actions as well',
        ];
  return [{ field, value: printable(subModule ?? module), rule, fix }];
}

/** Whether an entry without an action is about the place: so the author says that it is shut, as a document does. */
function isShut(
  { disabledActions = [] }: MatrixSpec,
  { module, subModule }: Pick<Place, 'module' | 'subModule'>,
): boolean {
  return disabledActions.some(
    (each) =>
      each.action === undefined &&
      each.module === module &&
      (each.subModule === undefined || each.subModule === subModule),
  );
}

const plain = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Names that differ only by case, spaces or signs are one name to people and two to the product. */
function almostTheSame(places: readonly Place[]): Problem[] {
  const named = [
    ...places
      .filter(({ subModule }) => subModule === undefined)
      .map((each) => ['', each.module, `${each.field}.name`]),
    ...places
      .filter(({ subModule }) => subModule !== undefined)
      .map((each) => [`/${each.module}`, each.subModule ?? '', `${each.field}.name`]),
    ...places.flatMap(({ field, actions }) =>
      actions.map((action, at) => ['action', action, `${field}.actions[${at}]`]),
    ),
  ] as [group: string, name: string, field: string][];
  const first = new Map<string, { name: string; field: string }>();
  return named.flatMap(([group, name, field]) => {
    const key = `${group}\n${plain(name)}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, { name, field });
    if (before === undefined || before.name === name) return [];
    return [
      {
        field,
        value: printable(name),
        rule: `should be written as ${before.field}, "${printable(before.name)}", if the same is meant`,
        fix: 'write both as the document has them: the product compares letter by letter',
      },
    ];
  });
}

/** A module that is nearly one of the product's own matrix for the system is most likely a slip. */
function almostTheProducts({ system, modules }: MatrixSpec): Problem[] {
  const ours = matrices.find((each) => each.system === system)?.modules.map(({ name }) => name);
  if (ours === undefined) return [];
  return modules.flatMap(({ name }, at) => {
    const near = ours.includes(name) ? undefined : nearestName(name, ours);
    if (near === undefined || modules.some((each) => each.name === near)) return [];
    return [
      {
        field: `spec.modules[${at}].name`,
        value: printable(name),
        rule: `should be "${near}" if that is meant: so the document of ${system} has it`,
        fix: `write "${near}", or keep it where the installation has such a module of its own`,
      },
    ];
  });
}

function disabledTwice({ disabledActions = [] }: MatrixSpec): Problem[] {
  const keys = disabledActions.map(({ module, subModule, action }) =>
    JSON.stringify([module, subModule, action]),
  );
  return disabledActions.flatMap(({ action }, at) =>
    keys.indexOf(keys[at] ?? '') === at
      ? []
      : [
          {
            field: `spec.disabledActions[${at}]`,
            ...(action !== undefined && { value: printable(action) }),
            rule: `should be listed once, and is spec.disabledActions[${keys.indexOf(keys[at] ?? '')}] already`,
            fix: 'remove one of the two',
          },
        ],
  );
}
