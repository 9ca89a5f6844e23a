/** Does a matrix fit the application's version and edition? What either side does not say, while the other asks, does not fit. */
import type { SupportApplication } from '../../generated/support-application.ts';
import type { MatrixInForce } from './matrix.ts';

type Named = Pick<SupportApplication['spec'], 'version' | 'edition'>;

interface Comparator {
  readonly operator: string;
  readonly version: readonly number[];
}

/** Why the matrix does not fit, for people; undefined when it does (requirement CC-12). */
export function misfit(
  appliesTo: MatrixInForce['appliesTo'],
  application: Named | undefined,
): string | undefined {
  return (
    versionMisfit(appliesTo?.versions, application?.version) ??
    editionMisfit(appliesTo?.editions, application?.edition)
  );
}

function versionMisfit(range: string | undefined, version = 'unknown'): string | undefined {
  if (range === undefined || versionFits(version, range)) return undefined;
  return `the matrix is for versions ${range}; the application's version is ${version}`;
}

function editionMisfit(editions: readonly string[] = [], edition?: string): string | undefined {
  if (editions.length === 0 || (edition !== undefined && editions.includes(edition))) return undefined;
  return `the matrix is for the editions ${editions.join(', ')}; the application's is ${edition ?? 'unknown'}`;
}

/**
 * Whether a dotted version lies in a range such as `>=26.1.3.0` or `>=26.1 <27`: comparators separated by spaces or
 * commas, all of which must hold; missing components count as 0. What cannot be read does not fit.
 */
export function versionFits(version: string, range: string): boolean {
  const numbers = numbersOf(version);
  const comparators = comparatorsOf(range);
  if (numbers === undefined || comparators === undefined) return false;
  return comparators.every((comparator) => holds(compare(numbers, comparator.version), comparator.operator));
}

/** Whether a range can be read at all. */
export function isVersionRange(range: string): boolean {
  return comparatorsOf(range) !== undefined;
}

function comparatorsOf(range: string): Comparator[] | undefined {
  const comparators: Comparator[] = [];
  for (const part of range.trim().split(/[ ,]+/)) {
    const match = /^(>=|<=|>|<|=)?([0-9.]+)$/.exec(part);
    const version = match?.[2] === undefined ? undefined : numbersOf(match[2]);
    if (version === undefined) return undefined;
    comparators.push({ operator: match?.[1] ?? '=', version });
  }
  return comparators;
}

function numbersOf(version: string): number[] | undefined {
  if (!/^[0-9]{1,9}(?:\.[0-9]{1,9}){0,7}$/.test(version)) return undefined;
  return version.split('.').map(Number);
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function holds(difference: number, operator: string): boolean {
  if (operator === '>=') return difference >= 0;
  if (operator === '<=') return difference <= 0;
  if (operator === '>') return difference > 0;
  return operator === '<' ? difference < 0 : difference === 0;
}
