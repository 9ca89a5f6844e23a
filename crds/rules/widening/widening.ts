/**
 * Does this write open more than was open before? Says yes to everything that is not a listed narrowing, to fields that
 * do not exist yet as well: it may say yes too often, never no wrongly. TypeScript and CEL come from one list.
 */
import { canonicalize } from '../../audit/canonical.ts';
import {
  addressesNarrowed,
  anything,
  becameEarlier,
  becameEnabled,
  becameLater,
  becameSmaller,
  itemsRemoved,
  itemsRemovedButOne,
  itemsRemovedOrAll,
  type Narrowing,
} from './narrowings.ts';

/** For each kind whose writes need the verb `open`: its listed narrowings, by field of the spec. */
const narrowings = {
  SupportAccessGrant: {
    startTime: becameLater,
    expirationTime: becameEarlier,
    userRefs: itemsRemoved,
    allowedCIDRs: addressesNarrowed,
    requiredSupportRoles: itemsRemovedButOne, // any one of them suffices, so fewer are stricter, and none is no rule
    reason: anything,
  },
  SupportAccessPolicy: {
    allowedCIDRs: addressesNarrowed,
    requireAllowedCIDRs: becameEnabled,
  },
  SupportApplication: {
    maxAttachmentSizeMB: becameSmaller,
    allowedOrigins: itemsRemovedOrAll,
    pathForms: itemsRemovedOrAll,
  },
} as const satisfies Record<string, Readonly<Record<string, Narrowing>>>;

export type WideningKind = keyof typeof narrowings;

/** Kinds that open nothing unless they say `access: Enabled`. An application has no such switch. */
const switched: readonly WideningKind[] = ['SupportAccessGrant', 'SupportAccessPolicy'];

type Spec = Readonly<Record<string, unknown>>;

/** Whether writing `next` over `old` (undefined when it is created) enables or widens. */
export function widens(kind: WideningKind, old: object | undefined, next: object): boolean {
  const [before, after] = [old as Spec | undefined, next as Spec];
  if (switched.includes(kind) && after['access'] !== 'Enabled') return false;
  return before === undefined || widenedFields(kind, before, after).length > 0;
}

/** The fields of the spec by which `next` lets in more than `old`, be they enabled or not. */
export function widenedFields(kind: WideningKind, old: object, next: object): string[] {
  const [before, after] = [old as Spec, next as Spec];
  const listed: Readonly<Record<string, Narrowing>> = narrowings[kind];
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].filter((field) => !staysWithin(listed[field], before[field], after[field])).sort();
}

/**
 * The same rule as a CEL expression over `object` and `oldObject`, for the match conditions of policies and webhooks.
 * Every optional field is read under `has()`: a missing one once made a change to Disabled fail.
 */
export function wideningExpression(kind: WideningKind): string {
  const listed: Readonly<Record<string, Narrowing>> = narrowings[kind];
  const { isSame, isStillThere } = unlistedInCEL(listed);
  const narrowed = [
    'oldObject != null',
    `dyn(object.spec).all(f, ${isSame})`,
    `dyn(oldObject.spec).all(f, ${isStillThere})`,
    ...Object.entries(listed).map(([field, { cel }]) => inCEL(field, cel)),
  ];
  const enabled = "has(object.spec.access) && object.spec.access == 'Enabled' && ";
  return `${switched.includes(kind) ? enabled : ''}!(${narrowed.filter((part) => part !== 'true').join(' && ')})`;
}

/** `widenedFields` in CEL, as a list of field paths, for the refusal of who may not open. What is new opens by its switch. */
export function widenedFieldsExpression(kind: WideningKind): string {
  const listed: Readonly<Record<string, Narrowing>> = narrowings[kind];
  const { isSame, isStillThere } = unlistedInCEL(listed);
  const ofListed = Object.entries(listed)
    .filter(([, { cel }]) => !cel.always)
    .map(([field, { cel }]) => `(${inCEL(field, cel)} ? '' : 'spec.${field}')`);
  const lists = [
    `[${ofListed.join(', ')}].filter(f, f != '')`,
    `dyn(object.spec).map(f, !(${isSame}), 'spec.' + f)`,
    `dyn(oldObject.spec).map(f, !(${isStillThere}), 'spec.' + f)`,
  ];
  const opening = switched.includes(kind) ? 'spec.access' : 'spec';
  return `oldObject == null ? ['${opening}'] : ${lists.join(' + ')}`;
}

/** Of a field `f` that is not listed: whether the new object has it as the old one had, and whether it still has it. */
function unlistedInCEL(listed: Readonly<Record<string, Narrowing>>): {
  isSame: string;
  isStillThere: string;
} {
  const names = `[${Object.keys(listed)
    .map((name) => `'${name}'`)
    .join(', ')}]`;
  return {
    isSame: `f in ${names} || (f in dyn(oldObject.spec) && dyn(object.spec)[f] == dyn(oldObject.spec)[f])`,
    isStillThere: `f in ${names} || f in dyn(object.spec)`,
  };
}

function staysWithin(narrowing: Narrowing | undefined, before: unknown, after: unknown): boolean {
  if (narrowing === undefined) return same(before, after);
  return same(before, after) || narrowing.narrows(before, after);
}

function same(one: unknown, other: unknown): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalize(one) === canonicalize(other);
}

/** One field's narrowing: equal on both sides, absent on both, or narrower as its template says. */
function inCEL(field: string, { always, onlyNew, onlyOld, both }: Narrowing['cel']): string {
  if (always) return 'true';
  const [next, old] = [`object.spec.${field}`, `oldObject.spec.${field}`];
  const fill = (template: string) => template.replaceAll('NEW', next).replaceAll('OLD', old);
  const present = `(has(${old}) ? (${next} == ${old} || ${fill(both)}) : ${fill(onlyNew)})`;
  return `(has(${next}) ? ${present} : (has(${old}) ? ${fill(onlyOld)} : true))`;
}
