/**
 * What makes one value of a field narrower than another? Each kind of narrowing once in TypeScript and once in CEL, side
 * by side. Both are asked about values that are spelled differently only; where they cannot tell, they say no.
 */

import { canonicalize } from '../../audit/canonical.ts';
import { containsCIDR } from '../address/cidr.ts';
import { parseTime } from '../time/time.ts';

/** One kind of narrowing. */
export interface Narrowing {
  /** Whether the second value is narrower than the first; undefined is a field that is not there. */
  readonly narrows: (before: unknown, after: unknown) => boolean;
  /** CEL for a field that only the new object has, only the old one has, or both; OLD and NEW stand for the field. */
  readonly cel: {
    readonly always?: true;
    readonly onlyNew: string;
    readonly onlyOld: string;
    readonly both: string;
  };
}

/**
 * CEL knows the years 1 to 9999 in UTC, and ends in an error beyond them; a policy that ends so refuses also what only
 * narrows. The schema admits no such time any more; one that is stored is said to be wider.
 */
const beyondCEL = '^(000|9999-12-31T.*-)';

/** A text for people, which opens nothing. */
export const anything: Narrowing = {
  narrows: () => true,
  cel: { always: true, onlyNew: 'true', onlyOld: 'true', both: 'true' },
};

/** A start that is later, or given where there was none. */
export const becameLater: Narrowing = {
  narrows: (before, after) =>
    isText(after) &&
    (before === undefined ? isTime(after) : isText(before) && compareTimes(after, before) >= 0),
  cel: { onlyNew: 'true', onlyOld: 'false', both: comparedInCEL('timestamp(NEW) >= timestamp(OLD)') },
};

/** An end that is earlier. */
export const becameEarlier: Narrowing = {
  narrows: (before, after) => isText(before) && isText(after) && compareTimes(before, after) >= 0,
  cel: { onlyNew: 'true', onlyOld: 'false', both: comparedInCEL('timestamp(NEW) <= timestamp(OLD)') },
};

/** A list that lost items. */
export const itemsRemoved: Narrowing = {
  narrows: (before, after) => isList(before) && isList(after) && isSubset(after, before),
  cel: { onlyNew: 'false', onlyOld: 'false', both: 'NEW.all(i, i in OLD)' },
};

/** A list that lost items, of a field that means nothing more when it is left out. */
export const itemsRemovedOrAll: Narrowing = {
  narrows: (before, after) => isEmpty(after) || (isList(before) && isList(after) && isSubset(after, before)),
  cel: { onlyNew: 'size(NEW) == 0', onlyOld: 'true', both: 'NEW.all(i, i in OLD)' },
};

/** A list of which any one item suffices, that lost items but not all of them; an empty list would be no rule. */
export const itemsRemovedButOne: Narrowing = {
  narrows: (before, after) =>
    isEmpty(after) ? isEmpty(before) : isList(before) && isList(after) && isSubset(after, before),
  cel: {
    onlyNew: 'size(NEW) == 0',
    onlyOld: 'size(OLD) == 0',
    both: '(size(NEW) == 0 ? size(OLD) == 0 : NEW.all(i, i in OLD))',
  },
};

/**
 * An address list whose every entry lies in one old entry. First entries where there were none widen: with
 * `requireAllowedCIDRs` the empty list is what keeps access closed, and `0.0.0.0/0` would open it to every address.
 */
export const addressesNarrowed: Narrowing = {
  narrows: (before, after) => {
    if (isEmpty(after)) return isEmpty(before);
    return isList(before) && isList(after) && after.every((inner) => liesInOne(inner, before));
  },
  cel: {
    onlyNew: 'size(NEW) == 0',
    onlyOld: 'size(OLD) == 0',
    both: `(size(NEW) == 0 ? size(OLD) == 0 : NEW.all(i, i in OLD || OLD.exists(o, ${contains('o', 'i')})))`,
  },
};

/** A switch that turned a rule on. */
export const becameEnabled: Narrowing = {
  narrows: (_, after) => after === 'Enabled',
  cel: { onlyNew: "NEW == 'Enabled'", onlyOld: 'false', both: "NEW == 'Enabled'" },
};

/** A limit that was lowered. Where none is written a default holds, which a first one may well exceed. */
export const becameSmaller: Narrowing = {
  narrows: (before, after) => typeof before === 'number' && typeof after === 'number' && after <= before,
  cel: { onlyNew: 'false', onlyOld: 'false', both: 'NEW <= OLD' },
};

/** CEL: whether one entry holds another. A bare address is given its full prefix, since `cidr()` wants one. */
function contains(outer: string, inner: string): string {
  const range = `cidr(${outer}.contains('/') ? ${outer} : ${outer} + (${outer}.contains(':') ? '/128' : '/32'))`;
  return `(${inner}.contains('/') ? ${range}.containsCIDR(${inner}) : ${range}.containsIP(${inner}))`;
}

function liesInOne(inner: unknown, before: readonly unknown[]): boolean {
  return before.some((outer) => isText(outer) && isText(inner) && containsCIDR(outer, inner));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTime(text: string): boolean {
  return parseTime(text) !== undefined;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** An empty list and none at all mean the same. */
function isEmpty(value: unknown): boolean {
  return value === undefined || (isList(value) && value.length === 0);
}

function isSubset(part: readonly unknown[], whole: readonly unknown[]): boolean {
  const items = new Set(whole.map((item) => canonicalize(item)));
  return part.every((item) => items.has(canonicalize(item)));
}

function comparedInCEL(comparison: string): string {
  return `(![NEW, OLD].exists(t, t.matches('${beyondCEL}')) && ${comparison})`;
}

function isComparable(time: string): boolean {
  return !new RegExp(beyondCEL).test(time);
}

/** Positive when the first time is later, 0 when both are the same instant, down to nanoseconds as CEL compares them; NaN when one cannot be read. */
function compareTimes(one: string, other: string): number {
  if (!isComparable(one) || !isComparable(other)) return Number.NaN;
  const difference = (parseTime(one) ?? Number.NaN) - (parseTime(other) ?? Number.NaN);
  return difference === 0 ? belowMilliseconds(one) - belowMilliseconds(other) : difference;
}

function belowMilliseconds(text: string): number {
  return Number((/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(9, '0').slice(3, 9));
}
