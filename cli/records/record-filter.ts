/** Which records are asked for: the options of the filters, and a time on the caller's clocks. Pure. */
import { Option, type Command as Parser } from 'commander';
import { isProblem } from '../../crds/rules/problem.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { type FilterName, filterNames, recordFilters } from '../../crds/search/filters.ts';
import { narrows, type RecordQuery, readFilters } from '../../crds/search/record-query.ts';
import { type CommandInput, UsageError } from '../command.ts';
import { beginOfDay, instantOrRefusal, onClocks } from '../times/on-clocks.ts';
import type { SearchWish } from './record-source.ts';

/** When and where it is asked. */
export interface AskedAt {
  /** Epoch milliseconds. */
  readonly now: number;
  /** IANA name. */
  readonly zone: string;
}

/** What the options of a call ask for; without any, every record. */
export function queryOf(input: CommandInput, asked: AskedAt): RecordQuery {
  const wanted = readFilters(
    (name) => input.option(optionOf(name)),
    (name) => `--${name}`,
  );
  if (isProblem(wanted)) {
    const { field, value, rule, fix } = wanted;
    throw new UsageError(`${field} "${value ?? ''}" ${rule}; ${fix}`);
  }
  const since = pointOf('--since', input.option('since'), asked);
  const until = pointOf('--until', input.option('until'), asked);
  if (since !== undefined && until !== undefined && since >= until) {
    throw new UsageError(
      `--since ${input.option('since')} must be before --until ${input.option('until')}; give an earlier or a later one`,
    );
  }
  return { wanted, ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

/** Whether something is looked for, and not all records printed as they lie. */
export function isSearch(
  wish: RecordQuery & Pick<SearchWish, 'newestFirst' | 'before'> & { follow: boolean },
): boolean {
  return narrows(wish) || wish.newestFirst || wish.follow || wish.before !== undefined;
}

/** Adds an option for each filter. */
export function addFilterOptions(parser: Parser): void {
  for (const name of [...filterNames].sort()) {
    const { value, says } = recordFilters[name];
    parser.addOption(new Option(`--${name} ${value}`, says).helpGroup('Which records:'));
  }
}

/** As the parser calls an option: `user-type` is `userType`. */
function optionOf(name: FilterName): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

const minuteMs = 60_000;
const units = { m: minuteMs, h: 60 * minuteMs, d: 24 * 60 * minuteMs } as const;

/** A point in time: so long ago, on the clocks of the zone, or as an instant. */
function pointOf(option: string, text: string | undefined, { now, zone }: AskedAt): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^([0-9]{1,6})([mhd])$/.exec(text) ?? [];
  if (unit !== undefined) return now - Number(count) * units[unit as keyof typeof units];
  const at = parseTime(text) ?? localInstant(text, zone);
  if (at !== undefined) return at;
  throw new UsageError(
    `${option} "${text.slice(0, 40)}" must be a point in time: write 90m, 4h or 2d (so long ago), 2026-12-04, "2026-12-04 18:00" (in ${zone}) or 2026-12-04T17:00:00Z`,
  );
}

/** A day begins at its midnight. */
function localInstant(text: string, zone: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}))?$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour, minute = 0] = match.slice(1).map(asNumber);
  const midnight = { year, month, day, minute: 0 };
  if (hour === undefined) return beginOfDay(midnight, zone);
  if (hour > 23 || minute > 59) return undefined;
  const meant = onClocks({ ...midnight, minute: hour * 60 + minute }, zone);
  return meant && instantOrRefusal(meant);
}

const asNumber = (digits: string | undefined): number | undefined =>
  digits === undefined ? undefined : Number(digits);
