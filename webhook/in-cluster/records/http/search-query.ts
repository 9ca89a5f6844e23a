/** Reads what a reader searches for. Strict: what is not understood is refused, with the parameter, the rule and an example. */

import { isProblem, type Problem, printable, problemLine } from '../../../../crds/rules/problem.ts';
import { parseTime } from '../../../../crds/rules/time/time.ts';
import { filterNames } from '../../../../crds/search/filters.ts';
import { readFilters } from '../../../../crds/search/record-query.ts';
import type { SearchPage } from '../search.ts';

const maxLimit = 1000;
const defaultLimit = 100;
const mostSeq = 999_999_999_999_999;
const own = ['since', 'until', 'order', 'after', 'before', 'limit'] as const;
const known: readonly string[] = [...filterNames, ...own];

/** The page that is asked for, or what is wrong with the first parameter that is. */
export function searchPageOf(query: URLSearchParams): SearchPage | { readonly problem: string } {
  const read = readPage(query);
  return isProblem(read) ? { problem: problemLine(read) } : read;
}

type Given = (name: string) => string | undefined;

function readPage(query: URLSearchParams): SearchPage | Problem {
  const names = [...query.keys()];
  const strange = names.find((name, at) => !known.includes(name) || names.indexOf(name) !== at);
  if (strange !== undefined) {
    const rule = `must be one of ${known.join(', ')}, each once`;
    const fix = 'write for example ?person=ada&limit=50';
    return { field: 'a parameter', value: printable(strange), rule, fix };
  }
  const given: Given = (name) => query.get(name) ?? undefined;
  const wanted = readFilters(given);
  if (isProblem(wanted)) return wanted;
  let page: Omit<SearchPage, 'wanted'> = { newestFirst: false, after: 0, limit: defaultLimit };
  for (const readPart of [readTime, readOrder, readNumbers]) {
    const part = readPart(given);
    if (isProblem(part)) return part;
    page = { ...page, ...part };
  }
  return { wanted, ...page };
}

type Part = Partial<Omit<SearchPage, 'wanted'>>;

function readTime(given: Given): Part | Problem {
  const times: { since?: number; until?: number } = {};
  for (const field of ['since', 'until'] as const) {
    const text = given(field);
    if (text === undefined) continue;
    const at = parseTime(text);
    if (at === undefined) {
      const fix = `write for example ${field}=2026-12-04T17:00:00Z`;
      return { field, value: printable(text), rule: 'must be an instant with its zone', fix };
    }
    times[field] = at;
  }
  if ((times.since ?? Number.NEGATIVE_INFINITY) < (times.until ?? Number.POSITIVE_INFINITY)) return times;
  const [value, fix] = [printable(given('since') ?? ''), 'give an earlier since, or a later until'];
  return { field: 'since', value, rule: 'must be before until', fix };
}

function readOrder(given: Given): Part | Problem {
  const order = given('order') ?? 'oldest';
  if (order === 'oldest' || order === 'newest') return { newestFirst: order === 'newest' };
  const fix = 'write for example order=newest';
  return { field: 'order', value: printable(order), rule: 'must be oldest or newest', fix };
}

function readNumbers(given: Given): Part | Problem {
  const bounds = { after: [0, mostSeq], before: [1, mostSeq], limit: [1, maxLimit] } as const;
  const numbers: { after?: number; before?: number; limit?: number } = {};
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const text = given(name);
    if (text === undefined) continue;
    const number = /^(0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : -1;
    if (number < least || number > most) {
      const rule = `must be a whole number from ${least} to ${most}`;
      return { field: name, value: printable(text), rule, fix: `write for example ${name}=50` };
    }
    numbers[name as keyof typeof bounds] = number;
  }
  return numbers;
}
