/** What is wrong with a matrix by itself? What would silently allow less, or more, than its author meant is refused. */
import type { SupportPermissionMatrix } from '../../generated/support-permission-matrix.ts';
import { isVersionRange } from '../matrix/compatibility.ts';
import { rulesProblems } from '../matrix/kubernetes-rights.ts';
import { mostActions, namedActions, readAction } from '../matrix/matrix.ts';
import { patternProblems } from '../matrix/own-patterns.ts';
import { type Problem, printable } from '../problem.ts';

type Spec = SupportPermissionMatrix['spec'];
type Module = Spec['modules'][number];
type Place = Pick<Module, 'access' | 'actions'>;

export function matrixProblems({ spec }: SupportPermissionMatrix): Problem[] {
  return [
    ...actionProblems(spec),
    ...spec.modules.flatMap((module, at) => moduleProblems(module, `spec.modules[${at}]`)),
    ...(spec.disabledActions ?? []).flatMap((disabled, at) =>
      disabledProblems(spec, disabled, `spec.disabledActions[${at}]`),
    ),
    ...versionProblems(spec.appliesTo?.versions),
    ...patternProblems(spec.maskedPatterns ?? []),
    ...downloadProblems(spec),
    ...rulesProblems(spec.kubernetes?.rules ?? []),
  ];
}

/** What holds for the actions of the whole matrix. */
function actionProblems(spec: Spec): Problem[] {
  const { actions = [], modules } = spec;
  const places = modules.flatMap((module): Place[] => [module, ...(module.subModules ?? [])]);
  const isUsed = actions.length === 0 || places.some(({ access }) => access === 'Everything');
  const idle: Problem = {
    field: 'spec.actions',
    value: printable(actions.join(', ')),
    rule: 'must not be given where no place has access: Everything, which alone allows them',
    fix: 'write access: Everything where they are meant, or remove spec.actions',
  };
  const count = namedActions(spec).length - 1;
  const tooMany: Problem = {
    field: 'spec.modules',
    rule: `must name at most ${mostActions - 1} different actions in all, and names ${count}`,
    fix: 'give one thing one name wherever it stands, such as Save, or make two matrices',
  };
  return [
    ...(isUsed ? [] : [idle]),
    ...readListed(actions, 'spec.actions'),
    ...(count < mostActions ? [] : [tooMany]),
  ];
}

function moduleProblems(module: Module, field: string): Problem[] {
  const { subModules = [] } = module;
  const inside = subModules.flatMap((subModule, at) => [
    ...placeProblems(subModule, `${field}.subModules[${at}]`),
    ...nameProblems(subModule, `${field}.subModules[${at}]`),
  ]);
  const empty = module.access === undefined && subModules.length === 0;
  const heading: Problem = {
    field,
    value: printable(module.name),
    rule: 'must have access, or sub-modules that have',
    fix: 'add access: Read, Limited or Everything, or leave the module out',
  };
  return [...(empty ? [heading] : []), ...placeProblems(module, field), ...inside];
}

/** Actions count only under `Limited` and `Everything`; written elsewhere they would look allowed and be refused. */
function placeProblems({ access, actions = [] }: Place, field: string): Problem[] {
  if ((access === undefined || access === 'Read') && actions.length > 0) {
    const rule = `must not list actions ${access === undefined ? 'without access' : 'with access: Read'}`;
    return [{ field: `${field}.actions`, rule, fix: 'write access: Limited, or remove the actions' }];
  }
  return readListed(actions, `${field}.actions`);
}

// Control characters are what must not be there.
// oxlint-disable-next-line no-control-regex
const unclean = /^ | $|[\u0000-\u001f\u007f]/;

/** The schema says it of every other name; of these there may be too many for a rule with a regular expression. */
function nameProblems({ actions = [] }: Place, field: string): Problem[] {
  return actions.flatMap((action, at) =>
    unclean.test(action)
      ? [
          {
            field: `${field}.actions[${at}]`,
            value: printable(action),
            rule: 'must not begin or end with a space, nor contain a line break or another control character',
            fix: 'write for example Clear Job Log',
          },
        ]
      : [],
  );
}

function readListed(actions: readonly string[], field: string): Problem[] {
  const read = actions.indexOf(readAction);
  if (read < 0) return [];
  return [
    {
      field: `${field}[${read}]`,
      value: readAction,
      rule: 'must not list Read, which access gives',
      fix: 'remove it',
    },
  ];
}

/** A disabled action that is misspelt disables nothing, so it must be one that is listed. */
function disabledProblems(
  spec: Spec,
  { module, subModule, action }: NonNullable<Spec['disabledActions']>[number],
  field: string,
): Problem[] {
  const found = spec.modules.find(({ name }) => name === module);
  const notListed = (at: string, value: string) => [
    {
      field: `${field}.${at}`,
      value: printable(value),
      rule: 'must be one that the matrix lists',
      fix: 'correct the spelling, or remove the entry: what is not listed is refused anyway',
    },
  ];
  if (found === undefined) return notListed('module', module);
  const places =
    subModule === undefined ? [found, ...(found.subModules ?? [])] : subModulesOf(found, subModule);
  if (places.length === 0) return notListed('subModule', subModule ?? '');
  if (action === undefined || places.some((place) => lists(place, action, spec.actions))) return [];
  return notListed('action', action);
}

/** A download that is misspelt lets no file pass, so it must be an action that is listed. */
function downloadProblems(spec: Spec): Problem[] {
  const named = namedActions(spec);
  return (spec.downloadActions ?? []).flatMap((action, at) =>
    named.includes(action)
      ? []
      : [
          {
            field: `spec.downloadActions[${at}]`,
            value: printable(action),
            rule: 'must be an action that the matrix lists',
            fix: 'correct the spelling, or remove it: what is not listed is refused anyway',
          },
        ],
  );
}

function subModulesOf({ subModules = [] }: Module, name: string): Place[] {
  return subModules.filter((each) => each.name === name);
}

function lists({ access, actions = [] }: Place, action: string, everything: readonly string[] = []): boolean {
  if (action === readAction) return access !== undefined;
  return actions.includes(action) || (access === 'Everything' && everything.includes(action));
}

function versionProblems(versions: string | undefined): Problem[] {
  if (versions === undefined || isVersionRange(versions)) return [];
  return [
    {
      field: 'spec.appliesTo.versions',
      value: printable(versions),
      rule: 'must be comparisons of dotted versions',
      fix: 'write for example ">=26.1.3.0" or ">=26.1 <27"',
    },
  ];
}
