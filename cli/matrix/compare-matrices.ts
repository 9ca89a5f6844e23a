/**
 * What does one matrix let in that the other does not? What cannot be told for certain counts as more: a person reads it then.
 * Pure.
 */
import type { PolicyRule } from '../../crds/rules/matrix/kubernetes-rights.ts';
import { laterClasses, maskedBy } from '../access/masked-data.ts';
import { cellsOf, type MatrixSpec, placeName } from './matrix-cells.ts';
import { ruleInWords } from './rights-in-words.ts';

/** `more` is in B only, `less` in A only, `words` lets nothing in or out. */
export interface Difference {
  readonly side: 'more' | 'less' | 'words';
  readonly says: string;
  /** Where it is about actions of a module. */
  readonly place?: { readonly module: string; readonly subModule?: string };
  readonly actions?: readonly string[];
}

/** Every difference between two matrices, A and B, as B has it. Names and revisions are no difference. */
export function differencesOf(a: MatrixSpec, b: MatrixSpec): Difference[] {
  return [
    ...systems(a, b),
    ...actions('more', a, b),
    ...actions('less', b, a),
    ...masking('more', a, b),
    ...masking('less', b, a),
    ...hosts('more', a, b),
    ...hosts('less', b, a),
    ...downloads('more', a, b),
    ...downloads('less', b, a),
    ...versions(a, b),
    ...editions('more', a, b),
    ...editions('less', b, a),
    ...rights('more', a, b),
    ...rights('less', b, a),
    ...texts(a, b),
  ];
}

type Side = 'more' | 'less';

/** The matrix that has it, and the one that has it not. */
const has: Readonly<Record<Side, string>> = { more: 'B', less: 'A' };
const lacks: Readonly<Record<Side, string>> = { more: 'A', less: 'B' };

function systems(a: MatrixSpec, b: MatrixSpec): Difference[] {
  if (a.system === b.system) return [];
  return [{ side: 'more', says: `A is for the system ${a.system}, B for ${b.system}` }];
}

/** What `there` allows and `here` does not, by module. */
function actions(side: Side, here: MatrixSpec, there: MatrixSpec): Difference[] {
  const allowed = new Map(cellsOf(here).rows.map((row) => [keyOf(row), row.cellOf]));
  const { rows, actions: all } = cellsOf(there);
  return rows.flatMap((row) => {
    const cellHere = allowed.get(keyOf(row));
    const only = all.filter((action) => row.cellOf(action) === 'yes' && cellHere?.(action) !== 'yes');
    if (only.length === 0) return [];
    const { cellOf: _, ...place } = row;
    const says = `${has[side]} allows ${only.join(', ')} in ${placeName(place)}; ${lacks[side]} does not`;
    return [{ side, says, place, actions: only }];
  });
}

const keyOf = ({ module, subModule }: { module: string; subModule?: string }): string =>
  JSON.stringify([module, subModule]);

/** Classes that `here` masks and `there` does not. */
function masking(side: Side, here: MatrixSpec, there: MatrixSpec): Difference[] {
  const masked = maskedBy(there);
  const open = maskedBy(here).filter((each) => !masked.includes(each));
  const known = open.filter((each) => each !== laterClasses);
  const shown = known.length > 0 ? known : open;
  if (shown.length === 0) return [];
  return [{ side, says: `${has[side]} does not mask ${shown.join(', ')}; ${lacks[side]} does` }];
}

/** Hosts without a dot at which `there` sees no addresses, and `here` does. */
function hosts(side: Side, here: MatrixSpec, there: MatrixSpec): Difference[] {
  const known = here.hostNames ?? [];
  const shown = (there.hostNames ?? []).filter((each) => !known.includes(each));
  if (there.masking !== 'Enabled' || shown.length === 0) return [];
  const says = `${has[side]} does not mask names at ${shown.join(', ')}; ${lacks[side]} does`;
  return [{ side, says }];
}

/** Actions whose files pass unread in `there`, and not in `here`. Where nothing is masked, files always pass. */
function downloads(side: Side, here: MatrixSpec, there: MatrixSpec): Difference[] {
  const known = here.downloadActions ?? [];
  const more = (there.downloadActions ?? []).filter((each) => !known.includes(each));
  if (more.length === 0 || here.masking !== 'Enabled') return [];
  return [
    {
      side,
      says: `${has[side]} lets the files of ${more.join(', ')} pass as they are; ${lacks[side]} does not`,
    },
  ];
}

function versions(a: MatrixSpec, b: MatrixSpec): Difference[] {
  const [ofA, ofB] = [a.appliesTo?.versions, b.appliesTo?.versions];
  if (ofA === ofB) return [];
  const says = `A fits ${ofA === undefined ? 'every version' : `the versions ${ofA}`}, B ${ofB === undefined ? 'every version' : `the versions ${ofB}`}`;
  return [{ side: ofA === undefined ? 'less' : 'more', says }];
}

/** Editions that `there` fits and `here` does not; without a list a matrix fits every edition. */
function editions(side: Side, here: MatrixSpec, there: MatrixSpec): Difference[] {
  const before = here.appliesTo?.editions ?? [];
  const after = there.appliesTo?.editions ?? [];
  if (before.length === 0) return [];
  const more = after.length === 0 ? ['every edition'] : after.filter((each) => !before.includes(each));
  return more.length === 0 ? [] : [{ side, says: `${has[side]} also fits ${more.join(', ')}` }];
}

/** Kubernetes rights of `there` that no rule of `here` gives, verb by verb. */
function rights(side: Side, here: MatrixSpec, there: MatrixSpec): Difference[] {
  const given = here.kubernetes?.rules ?? [];
  const found = single(there.kubernetes?.rules ?? []).flatMap((rule) => {
    const verbs = rule.verbs.filter(
      (verb) => !given.some((each) => covers(each, { ...rule, verbs: [verb] })),
    );
    if (verbs.length === 0) return [];
    const may = ruleInWords({ ...rule, verbs });
    return [`${has[side]} lets support ${may}; ${lacks[side]} does not (${verbs.join(', ')})`];
  });
  return [...new Set(found)].map((says) => ({ side, says }));
}

/** Rules of one group, one resource and one name at most. */
function single(rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.flatMap(({ apiGroups, resources, resourceNames = [], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => {
        const rule = { apiGroups: [group], resources: [resource], verbs };
        return resourceNames.length === 0
          ? [rule]
          : resourceNames.map((name) => ({ ...rule, resourceNames: [name] }));
      }),
    ),
  );
}

function covers(rule: PolicyRule, wanted: PolicyRule): boolean {
  const names = rule.resourceNames ?? [];
  const isNamed = names.length > 0;
  return (
    wanted.apiGroups.every((each) => rule.apiGroups.includes(each)) &&
    wanted.resources.every((each) => rule.resources.includes(each)) &&
    wanted.verbs.every((each) => rule.verbs.includes(each)) &&
    (!isNamed || (wanted.resourceNames ?? []).some((each) => names.includes(each)))
  );
}

function texts(a: MatrixSpec, b: MatrixSpec): Difference[] {
  return (['title', 'description'] as const)
    .filter((field) => a[field] !== b[field])
    .map((field) => ({ side: 'words', says: `the ${field} is another` }));
}
