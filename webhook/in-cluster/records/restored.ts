/**
 * Did something come back from a backup, or was a writer only late? A record may cite an object as it was a moment ago. So
 * what the records know in a later state is read anew: no read that begins after that state was known shows an older one,
 * unless the cluster's store was put back. What was is recorded once, and refused until a person confirms it.
 */
import { type Citation, type CitedKind, citationOf } from '../../../crds/audit/citation.ts';
import { canonicalRecord, type NewRecord } from '../../../crds/audit/record.ts';
import { isOlder, type OlderThing, type WitnessRow } from '../../../crds/audit/witness.ts';
import type { KindName } from '../../../crds/kinds.ts';
import { type ObjectMeta, present } from '../../../crds/object-meta.ts';
import { within } from '../../../process/deadline.ts';
import { newRecordId } from '../../../trail/trail.ts';
import type { CallProblem } from '../../../trail/wire.ts';
import type { RecordStore } from './store.ts';

/** Reads one object fresh; undefined when there is none. Rejects when that cannot be known. */
export type ReadFresh = (
  kind: KindName,
  ref: { readonly namespace?: string; readonly name: string },
) => Promise<unknown>;

export interface RestoredDeps {
  readonly store: Pick<RecordStore, 'append'>;
  readonly readFresh: ReadFresh;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told why an object could not be read anew; the writer learns only that. */
  readonly report: (error: unknown) => void;
}

/** How long an object may take to be read anew: a writer's call takes at most 900 ms, and others' groups travel in it. */
const readMs = 500;

/** A person waits for a confirmation, and no other call travels with it. */
const confirmedReadMs = 3000;

export interface Restored {
  /** What to say to the writer of a record that cites these. */
  judge(older: readonly OlderThing[]): Promise<CallProblem>;
  /**
   * What is confirmed is what is there now, and it is known from then on: else an older backup would open by what is older still.
   * Undefined for a lock that is lost. Rejects where it cannot be read.
   */
  asItIs(row: WitnessRow): Promise<Citation | undefined>;
}

/** One that remembers what is being looked at, so that a thousand requests by one object read it once. */
export function createRestored(deps: RestoredDeps): Restored {
  const looks = new Map<string, Promise<boolean>>();
  const isRestored = (thing: OlderThing): Promise<boolean> => {
    const key = `${thing.subject} ${thing.row.uid} ${thing.row.generation} ${thing.row.state}`;
    const looking = looks.get(key);
    if (looking !== undefined) return looking;
    const look = lookAt(deps, thing).finally(() => looks.delete(key));
    looks.set(key, look);
    return look;
  };
  /** Undefined where it cannot be known now. Never rejects: what else is judged in the same call has nothing to do with it. */
  const outcomeOf = async (thing: OlderThing): Promise<boolean | undefined> => {
    if (thing.how === 'certain') return true;
    return isRestored(thing).catch((error: unknown) => deps.report(error) as undefined);
  };
  return {
    async judge(older) {
      const found = await Promise.all(older.map(outcomeOf));
      const restored = older.filter((_, at) => found[at] === true);
      if (restored.length > 0)
        return { code: 'records_rolled_back', detail: `${inWords(restored)}${wayOut(restored)}` };
      const unread = older.filter((_, at) => found[at] === undefined);
      if (unread.length > 0) return { code: 'records_unavailable', detail: notRead(unread) };
      return { code: 'records_older', detail: inWords(older) };
    },
    asItIs: (row) => citationNow(deps, row),
  };
}

function notRead(unread: readonly OlderThing[]): string {
  return `${inWords(unread)}; what is cited must be today's, but the API server could not be asked within ${readMs} ms, and the log of the webhook says why; try again`;
}

/** A copy of a deleted grant and an ended session have ways out of their own. */
function wayOut(restored: readonly OlderThing[]): string {
  const isConfirmed = restored.some(
    ({ kind, how, row }) => how === 'perhaps' || row.state === 'refused' || kind === 'SupportAccessLock',
  );
  return isConfirmed ? '. If it is meant to be as it is now, run kubectl support-access confirm-restore' : '';
}

/** In words, each with what is known of it. */
function inWords(things: readonly OlderThing[]): string {
  const words = things.map(({ kind, name, namespace, uid, known }) => {
    const where = namespace === undefined ? name : `${namespace}/${name}`;
    return `${kind} ${where} (${uid}): ${known}`;
  });
  return words.join('; ').slice(0, 1000);
}

async function lookAt({ store, readFresh, now }: RestoredDeps, thing: OlderThing): Promise<boolean> {
  const { kind, name, namespace } = thing;
  const ref = namespace === undefined ? { name } : { namespace, name };
  const late = (cause: unknown) => new Error(`${kind} ${name} could not be read again`, { cause });
  const read = await within(readFresh(kind as KindName, ref), { ms: readMs, late });
  if (!showsBackup(thing, read)) return false;
  const record = canonicalRecord(foundRecord(thing, now()));
  const appended = await store.append({ writer: 'store', records: [record] });
  // Where it cannot be recorded it is refused all the same, and looked at again the next time.
  return appended.ok || appended.code === 'records_halted';
}

async function citationNow(
  { readFresh }: RestoredDeps,
  { kind, name: place, uid, generation }: WitnessRow,
): Promise<Citation | undefined> {
  if (kind === 'SupportAccessLock') return undefined;
  const [namespace, name = ''] = place.includes('/') ? place.split('/') : [undefined, place];
  const ref = namespace === undefined ? { name } : { namespace, name };
  const late = (cause: unknown) => new Error(`${kind} ${place} could not be read again`, { cause });
  const read = await within(readFresh(kind as KindName, ref), { ms: confirmedReadMs, late });
  const object = present(read as CitedKindObject | undefined);
  if (object?.metadata.uid === uid) return citationOf({ ...object, kind });
  return { kind: kind as CitedKind, uid, ...ref, generation, gone: true };
}

/** Whether what is there now is older than what was known before it was read. */
function showsBackup({ row, kind }: OlderThing, read: unknown): boolean {
  const object = present(read as CitedKindObject | undefined);
  if (kind === 'SupportAccessLock') return object === undefined;
  if (object === undefined || object.metadata.uid !== row.uid) return false;
  if (row.state === 'gone') return true;
  const citation = citationOf({ ...object, kind });
  return citation !== undefined && isOlder(citation, row);
}

interface CitedKindObject {
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
}

function foundRecord({ kind, name, namespace, uid, known }: OlderThing, now: number): NewRecord {
  const id = newRecordId(now);
  const what = kind === 'SupportAccessLock' ? 'it is gone without having been lifted' : 'it came back';
  return {
    id,
    key: `audit.restore_found/${id}`,
    type: 'audit.restore_found',
    phase: 'point',
    time: new Date(now).toISOString(),
    actor: { kind: 'system', name: 'records' },
    target: { area: 'records', kind, name, uid, ...(namespace === undefined ? {} : { namespace }) },
    message: `${what}, as by a restored backup of the cluster: ${known}. What depends on it stays closed until kubectl support-access confirm-restore`,
  };
}

/**
 * What a caller wants appended, with the keys of the history that began with this record; 0 where there was only one. After a backup was
 * put back things happen a second time: an object reaches a generation that it had, and an opening gets a number that was given.
 * Under their old keys they would be taken for what is recorded, and the records would not learn from them.
 */
export function keyedSince(restoredAt: number, group: unknown): unknown {
  if (restoredAt === 0 || !Array.isArray(group)) return group;
  return group.map((record: unknown) => {
    const key = keyOf(record);
    return key === undefined ? record : { ...(record as object), key: `${key}@${restoredAt}` };
  });
}

/** What is no record is judged as it came. */
function keyOf(record: unknown): string | undefined {
  if (typeof record !== 'object' || record === null || !('key' in record)) return undefined;
  return typeof record.key === 'string' ? record.key : undefined;
}
