/**
 * The store's own records: what an unclean end of itself or of a gateway left open, that it halted, that it has started.
 * Pure: it makes records and writes none.
 */
import type { NewRecord, StoredRecord } from '../../../../crds/audit/record.ts';
import type { Halt } from './halt-note.ts';

export interface Start {
  /** Intents without an outcome, of the run before. */
  readonly openIntents: readonly StoredRecord[];
  readonly halt: Halt | undefined;
  /** Why only what ends access is taken; left out where all is. */
  readonly endsOnly?: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly newId: (now: number) => string;
}

/**
 * The records of a start, in order, to be appended in one transaction: the outcomes of open intents first, so that no log ever
 * shows a start with an intent of the run before still open. What became of them is unknown and is never guessed.
 */
export function startRecords({ openIntents, halt, endsOnly, now, newId }: Start): NewRecord[] {
  const point = (type: OwnEvent, message?: string): NewRecord => ownPoint({ now, newId }, type, message);
  const halted =
    halt === undefined || halt.isRecorded === true
      ? []
      : [haltRecord(point('audit.halted', halt.reason), halt)];
  // While the volume is full nothing has recovered: that is told when all is taken again.
  const recovered =
    endsOnly !== undefined || (openIntents.length === 0 && halt === undefined)
      ? []
      : [point('audit.recovered', `closed ${openIntents.length} intents without an outcome as unknown`)];
  return [
    ...openIntents.map((intent) => unknownOutcome(intent, 'recovered', { now, newId })),
    ...halted,
    point('audit.started', endsOnly),
    ...recovered,
  ];
}

/**
 * The records of an instance that was not heard of any more: the outcomes of its intents, and that it is lost. None where
 * it left nothing open.
 */
export function lostInstanceRecords(
  instance: string,
  { openIntents, ...stamp }: Pick<Start, 'openIntents' | 'now' | 'newId'>,
): NewRecord[] {
  if (openIntents.length === 0) return [];
  const told = `closed ${openIntents.length} intents of the instance ${instance} as unknown: it is not heard of any more`;
  return [
    ...openIntents.map((intent) => unknownOutcome(intent, 'InstanceLost', stamp)),
    ownPoint(stamp, 'audit.recovered', told),
  ];
}

/** The outcomes of intents that are refused where they are sent again. */
export function refusedIntentRecords({
  openIntents,
  ...stamp
}: Pick<Start, 'openIntents' | 'now' | 'newId'>) {
  return openIntents.map((intent) => unknownOutcome(intent, 'SentAgain', stamp));
}

type OwnEvent = 'audit.started' | 'audit.halted' | 'audit.recovered';
type Stamp = Pick<Start, 'now' | 'newId'>;

function ownPoint({ now, newId }: Stamp, type: OwnEvent, message?: string): NewRecord {
  const id = newId(now);
  const said = message === undefined ? {} : { message };
  const time = new Date(now).toISOString();
  return { id, key: `${type}/${id}`, type, phase: 'point', time, actor: store, ...said };
}

const store = { kind: 'system', name: 'records' } as const;

function haltRecord(record: NewRecord, { at }: Halt): NewRecord {
  return at === '' ? record : { ...record, time: at };
}

function unknownOutcome(
  intent: StoredRecord,
  reason: 'recovered' | 'InstanceLost' | 'SentAgain',
  { now, newId }: Stamp,
): NewRecord {
  const { type, session, grant, target } = intent;
  return {
    id: newId(now),
    key: `recovered/${intent.id}`,
    type,
    phase: 'outcome',
    cause: intent.id,
    time: new Date(now).toISOString(),
    actor: store,
    ...(session === undefined ? {} : { session }),
    ...(grant === undefined ? {} : { grant }),
    ...(target === undefined ? {} : { target }),
    outcome: { upstream: 'unknown', reason },
  };
}
