/**
 * What a record teaches of the objects by which access opens: the latest state of each, what is gone, which locks stand, and what a
 * person confirmed after a backup was put back.
 */
import { type Citation, isCitedKind } from './citation.ts';
import type { EventType, Writer } from './events.ts';
import type { NewRecord } from './record.ts';
import {
  copySubject,
  knownOf,
  lockKind,
  lockSubject,
  sessionKind,
  sessionSubject,
  subjectOf,
  type WitnessRow,
  type WitnessRows,
} from './witness.ts';

/**
 * What a record of this writer teaches, once it stands in the log. The operator says what is gone, and of which grant another would
 * be a copy, since it follows the objects, and the store what it reads itself. Who opens by objects only reads what is there.
 */
export function learn(record: NewRecord, writer: Writer, rows: WitnessRows): void {
  const { type, cites = impliedCites(record) } = record;
  // First: what it cites is known from then on in place of what was refused.
  if (type === 'audit.restore_confirmed') confirm(record, rows);
  const objects = cites.filter(
    ({ kind, gone }) => kind !== sessionKind && (gone !== true || mayTellEnd(writer)),
  );
  for (const citation of objects) {
    if (writer === 'operator') learnContent(citation, rows);
    learnObject(citation, rows);
  }
  if (record.session !== undefined) learnSession(record, record.session, rows);
  if (type === 'lock.created' || type === 'lock.lifted' || type === 'admission.requested')
    learnLock(record, rows);
  if (type === 'audit.restore_found') refuseRow(record, rows);
}

/** Records of builds that cited nothing name the object that they are about, and its generation. */
function impliedCites({ type, grant, target }: NewRecord): Citation[] {
  if (!isLifecycle(type)) return [];
  const ofGrant = type.startsWith('grant.') && grant !== undefined;
  const named = ofGrant ? { kind: 'SupportAccessGrant', ...grant } : target;
  const implied = named === undefined ? undefined : citationIn(named);
  if (implied === undefined) return [];
  return [endings.includes(type) ? { ...implied, gone: true } : implied];
}

function citationIn(named: Omit<NonNullable<NewRecord['target']>, 'area'>): Citation | undefined {
  const { kind = '', uid, name, namespace, generation } = named;
  if (uid === undefined || name === undefined || generation === undefined) return undefined;
  if (!isCitedKind(kind)) return undefined;
  return { kind, uid, name, ...(namespace === undefined ? {} : { namespace }), generation };
}

/** Types that say of an object itself what became of it. */
const isLifecycle = (type: EventType): boolean => /^(grant|policy|user|application|matrix)\./.test(type);
const endings: readonly EventType[] = [
  'grant.deleted',
  'policy.deleted',
  'user.deprovisioned',
  'application.deleted',
  'matrix.deleted',
];

const mayTellEnd = (writer: Writer): boolean => writer === 'operator' || writer === 'store';

function learnObject(citation: Citation, rows: WitnessRows): void {
  const { kind, uid, generation, hash = '', gone } = citation;
  const row = rows.get(uid);
  const next = { subject: uid, kind, name: placeOf(citation), uid, generation, hash };
  if (gone === true) rows.put({ ...next, state: 'gone' });
  else if (isNews(row, next)) rows.put({ ...next, state: 'live' });
}

function isNews(
  row: WitnessRow | undefined,
  { generation, hash }: Pick<WitnessRow, 'generation' | 'hash'>,
): boolean {
  if (row === undefined) return true;
  if (row.state !== 'live') return false;
  const isFuller = row.generation === generation && row.hash === '' && hash !== '';
  return generation > row.generation || isFuller;
}

function placeOf({ namespace, name }: Citation): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Who said it first keeps it. */
function learnContent(citation: Citation, rows: WitnessRows): void {
  const subject = copySubject(citation);
  if (subject === undefined || rows.get(subject) !== undefined) return;
  const { kind, uid, generation } = citation;
  rows.put({ subject, kind, name: placeOf(citation), uid, generation, hash: '', state: 'live' });
}

function learnSession({ type, cites = [] }: NewRecord, handle: string, rows: WitnessRows): void {
  const subject = sessionSubject(handle);
  const row = rows.get(subject);
  const base = { subject, kind: sessionKind, name: handle, generation: 1, hash: '' };
  if (type === 'session.ended') {
    if (row?.state !== 'gone') rows.put({ ...base, uid: row?.uid ?? '', state: 'gone' });
    return;
  }
  const uid = cites.find(({ kind }) => kind === sessionKind)?.uid;
  if (row === undefined && uid !== undefined) rows.put({ ...base, uid, state: 'live' });
}

/**
 * A lock stands from the record that it was made until one that a reason to lift it was written. Admission records that before
 * it is allowed, so always before the lock is gone; the operator, which tells it after, may be late.
 */
function learnLock({ type, target }: NewRecord, rows: WitnessRows): void {
  const { kind, uid, name, action } = target ?? {};
  if (kind !== lockKind || uid === undefined || name === undefined) return;
  const subject = lockSubject(name);
  const row = rows.get(subject);
  const state = lockStateBy({ type, action, known: row?.state, isKnown: row?.uid === uid });
  if (state !== undefined) rows.put({ subject, kind: lockKind, name, uid, generation: 1, hash: '', state });
}

interface LockTold {
  readonly type: NewRecord['type'];
  readonly action: string | undefined;
  /** What is known of the lock of this name. */
  readonly known: WitnessRow['state'] | undefined;
  /** The lock of this name that is known is this one. */
  readonly isKnown: boolean;
}

function lockStateBy({ type, action, known, isKnown }: LockTold): WitnessRow['state'] | undefined {
  if (type === 'lock.created') return isKnown ? undefined : 'live';
  if (type === 'admission.requested')
    return action === 'UPDATE' && mayBeAskedAway(known, isKnown) ? 'gone' : undefined;
  return isKnown ? 'gone' : undefined;
}

/**
 * Nothing proves that a review comes from the API server. So it lifts no other lock than the one that it names, and none that
 * was found lost: that is a person's to confirm. Where none stands it may come before the record that the lock was made.
 */
function mayBeAskedAway(known: WitnessRow['state'] | undefined, isKnown: boolean): boolean {
  return known === 'live' ? isKnown : known !== 'refused';
}

function refuseRow({ id, target }: NewRecord, rows: WitnessRows): void {
  const { kind = '', uid = '', name = '' } = target ?? {};
  const row = rows.get(subjectOf({ kind, uid, name }));
  if (row === undefined || row.state === 'refused') return;
  rows.put({ ...row, state: 'refused', found: id, known: knownOf(row) });
}

/** Records of before confirm all at once. */
function confirm({ cause }: NewRecord, rows: WitnessRows): void {
  for (const { subject } of rows.refused(cause)) rows.forget(subject);
}
