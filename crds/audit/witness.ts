/**
 * What do the records know of the objects by which access opens, and is a world that a record cites older than that? Nothing
 * comes back by restoring a backup of the cluster: what was changed, deleted or locked since is seen here. All that is known
 * follows from the records in their order.
 */
import type { Citation } from './citation.ts';
import type { EventType } from './events.ts';
import type { NewRecord } from './record.ts';

/** What is known of one subject: an object by its UID, a lock by its name, a session by its handle. */
export interface WitnessRow {
  readonly subject: string;
  readonly kind: string;
  /** With its namespace: `ecase/case-4711`. For people. */
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly hash: string;
  /**
   * - `live`: as it was seen last. A lock stands.
   * - `gone`: it was deleted, or ended; of a lock, that it was asked to be lifted.
   * - `refused`: it came back from a backup, or of a lock, was lost by one. Until a person confirms it.
   */
  readonly state: 'live' | 'gone' | 'refused';
  /** Of what is refused, the id of the record that found it: who confirms names it, and so nothing that was found later. */
  readonly found?: string | undefined;
  /** Of what is refused, what was known of it before, in words. */
  readonly known?: string | undefined;
}

/** Where the rows are kept. */
export interface WitnessRows {
  get(subject: string): WitnessRow | undefined;
  put(row: WitnessRow): void;
  forget(subject: string): void;
  /** The row that is `refused` since this record; without one, every such row. */
  refused(found: string | undefined): readonly WitnessRow[];
}

/** One thing in the world of a record that is older than what is known. */
export interface OlderThing {
  readonly subject: string;
  readonly kind: string;
  readonly uid: string;
  readonly name: string;
  readonly namespace?: string;
  /** `certain`: known to be from a backup. `perhaps`: the writer may have read it before it was changed. */
  readonly how: 'certain' | 'perhaps';
  /** What is known, in words. */
  readonly known: string;
  /** The same as it was known then: it grows while the object is read anew. */
  readonly row: WitnessRow;
}

export const lockKind = 'SupportAccessLock';
export const sessionKind = 'SupportSession';

export const lockSubject = (name: string): string => `lock/${name}`;
export const sessionSubject = (handle: string): string => `session/${handle}`;
/** A grant's content under its name: the same under another UID is a copy of it. */
export const copySubject = (grant: Citation): string | undefined =>
  grant.kind === 'SupportAccessGrant' && grant.hash !== undefined
    ? `grant/${grant.namespace}/${grant.name}/${grant.hash}`
    : undefined;

/** What is recorded where another history of the cluster begins: a backup of it was put back, or that was confirmed. */
export const restoreTypes: readonly EventType[] = ['audit.restore_found', 'audit.restore_confirmed'];

/** A world that something is about to be opened by. */
export type CitedWorld = Pick<NewRecord, 'cites' | 'grant' | 'session'>;

const openingTypes: readonly EventType[] = [
  'credential.issued',
  'grant.activated',
  'session.authorized',
  'signin.succeeded',
];

/** Whether this record says that something opens, so that what it cites must be today's. */
export function opens({ type, phase, decision }: Pick<NewRecord, 'type' | 'phase' | 'decision'>): boolean {
  if (type === 'app.review') return decision?.effect === 'allow';
  return type === 'app.request' ? phase === 'intent' : openingTypes.includes(type);
}

/** What in this world is older than what is known; empty where nothing is. `locks`: the names of those that would stop it. */
export function olderIn(
  world: CitedWorld,
  locks: readonly string[],
  rows: Pick<WitnessRows, 'get'>,
): readonly OlderThing[] {
  const cited = citedIn(world).flatMap((citation) => olderObject(citation, rows) ?? []);
  return [...cited, ...missingLocks(locks, rows), ...endedSession(world, rows)];
}

/** What is known of a subject, in words. */
export function knownOf({
  kind,
  state,
  generation,
}: Pick<WitnessRow, 'kind' | 'state' | 'generation'>): string {
  if (state === 'gone') return 'it was deleted';
  return kind === lockKind ? 'it was made and never lifted' : `its generation was ${generation}`;
}

/** Whether a lock is said to be lost of which the records know that it was asked to be lifted: its writer did not see it. */
export function wasLifted(
  { type, target }: Pick<NewRecord, 'type' | 'target'>,
  rows: Pick<WitnessRows, 'get'>,
): boolean {
  if (type !== 'lock.lost' || target?.name === undefined) return false;
  const row = rows.get(lockSubject(target.name));
  return row?.state === 'gone' && row.uid === target.uid;
}

/** Which row a record of a restored thing is about. */
export function subjectOf({ kind, uid, name }: Pick<OlderThing, 'kind' | 'uid' | 'name'>): string {
  return kind === lockKind ? lockSubject(name) : uid;
}

/** With the grant that the record names, where its writer cites none. */
function citedIn({ cites = [], grant }: CitedWorld): readonly Citation[] {
  const objects = cites.filter(({ kind }) => kind !== sessionKind);
  const isCited = objects.some(({ uid }) => uid === grant?.uid);
  if (grant?.generation === undefined || isCited) return objects;
  const { namespace, name, uid, generation } = grant;
  return [{ kind: 'SupportAccessGrant', namespace, name, uid, generation }, ...objects];
}

function olderObject(citation: Citation, rows: Pick<WitnessRows, 'get'>): OlderThing | undefined {
  const { kind, uid, name, namespace, generation } = citation;
  const row = rows.get(uid);
  if (row === undefined) return copied(citation, rows);
  const thing = { subject: uid, kind, uid, name, row, ...(namespace === undefined ? {} : { namespace }) };
  if (row.state === 'refused') return { ...thing, how: 'certain', known: 'it was found to be from a backup' };
  if (row.state === 'gone') return { ...thing, how: 'perhaps', known: knownOf(row) };
  if (!isOlder(citation, row)) return copied(citation, rows);
  const known = knownOf(row);
  const what = generation < row.generation ? `${known}, not ${generation}` : `${known} with other content`;
  return { ...thing, how: 'perhaps', known: what };
}

/**
 * A grant that was deleted took its consent with it. Made again word for word, as from a saved namespace or by who applies old
 * files, it is a copy: the number of the consent, or another field that is compared, has to be another.
 */
function copied(citation: Citation, rows: Pick<WitnessRows, 'get'>): OlderThing | undefined {
  const subject = copySubject(citation);
  const row = subject === undefined ? undefined : rows.get(subject);
  if (subject === undefined || row === undefined || row.uid === citation.uid) return undefined;
  const { kind, uid, name, namespace } = citation;
  const known = `a grant of this name that was deleted (${row.uid}) said the same, so raise spec.consent to consent again`;
  return {
    subject,
    kind,
    uid,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    how: 'certain',
    known,
    row,
  };
}

/** Whether a state is older than the known one. Two contents of one generation never stood one after the other. */
export function isOlder(
  { generation, hash }: Pick<Citation, 'generation' | 'hash'>,
  row: Pick<WitnessRow, 'generation' | 'hash'>,
): boolean {
  if (generation !== row.generation) return generation < row.generation;
  if (hash === undefined || row.hash === '' || hash[0] !== row.hash[0]) return false;
  return hash !== row.hash;
}

function missingLocks(names: readonly string[], rows: Pick<WitnessRows, 'get'>): OlderThing[] {
  return names.flatMap((name): OlderThing[] => {
    const row = rows.get(lockSubject(name));
    if (row === undefined || row.state === 'gone') return [];
    const how = row.state === 'refused' ? 'certain' : 'perhaps';
    return [
      {
        subject: row.subject,
        kind: lockKind,
        uid: row.uid,
        name,
        how,
        row,
        known: knownOf({ ...row, state: 'live' }),
      },
    ];
  });
}

/** A session that ended stays ended, and so does one that another object of its name says to be. */
function endedSession(
  { session = '', cites = [] }: CitedWorld,
  rows: Pick<WitnessRows, 'get'>,
): OlderThing[] {
  const row = rows.get(sessionSubject(session));
  if (row === undefined) return [];
  const cited = cites.find(({ kind }) => kind === sessionKind) ?? row;
  const known = row.state === 'live' ? otherSession(row, cited.uid) : 'it had ended';
  if (known === undefined) return [];
  const { uid, name } = cited;
  return [{ subject: row.subject, kind: sessionKind, uid, name, how: 'certain', known, row }];
}

function otherSession({ uid }: WitnessRow, cited: string): string | undefined {
  return uid === '' || uid === cited ? undefined : 'its object was another one';
}
