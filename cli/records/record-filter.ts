/** Which records are asked for: of a grant, of a person, of a time. Pure. */
import type { StoredRecord } from '../../crds/audit/record.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { type CommandInput, UsageError } from '../command.ts';
import { beginOfDay, instantOrRefusal, onClocks } from '../times/on-clocks.ts';

/** When and where it is asked. */
export interface AskedAt {
  /** Epoch milliseconds. */
  readonly now: number;
  /** IANA name. */
  readonly zone: string;
}

export type RecordFilter = (record: StoredRecord) => boolean;

/** What the options of a call ask for; without any, every record. */
export function filterOf(input: CommandInput, asked: AskedAt): RecordFilter {
  const [grant, person] = [input.option('grant'), input.option('person')];
  const since = pointOf('--since', input.option('since'), asked) ?? Number.NEGATIVE_INFINITY;
  const until = pointOf('--until', input.option('until'), asked) ?? Number.POSITIVE_INFINITY;
  if (since >= until) {
    throw new UsageError(
      `--since ${input.option('since')} must be before --until ${input.option('until')}; give an earlier or a later one`,
    );
  }
  return (record) => {
    const at = Date.parse(record.time);
    if (at < since || at >= until) return false;
    return (grant === undefined || isAbout(record, grant)) && (person === undefined || isBy(record, person));
  };
}

/** `case-4711` in any namespace, or `ecase/case-4711`. */
function isAbout({ grant, target }: StoredRecord, wanted: string): boolean {
  const named = [grant, ...(target?.kind === 'SupportAccessGrant' ? [target] : [])];
  return named.some(
    (each) =>
      each !== undefined && (wanted === each.name || wanted === `${each.namespace ?? ''}/${each.name ?? ''}`),
  );
}

/** Who did it, or who asked for it, by the name that the records have. */
function isBy({ actor, requester }: StoredRecord, wanted: string): boolean {
  return [actor.name, actor.userId, requester?.username].includes(wanted);
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
