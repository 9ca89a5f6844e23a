/**
 * The store's own records of a start: what an unclean end left open, that it halted, that it has started. Pure: it makes
 * records and writes none.
 */
import type { NewRecord, StoredRecord } from '../../../../crds/audit/record.ts';
import type { Halt } from './halt-note.ts';

export interface Start {
  /** Intents without an outcome, of the run before. */
  readonly openIntents: readonly StoredRecord[];
  readonly halt: Halt | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly newId: (now: number) => string;
}

/**
 * The records of a start, in order, to be appended in one transaction: the outcomes of open intents first, so that no log ever
 * shows a start with an intent of the run before still open. What became of them is unknown and is never guessed.
 */
export function startRecords({ openIntents, halt, now, newId }: Start): NewRecord[] {
  const time = new Date(now).toISOString();
  const point = (type: 'audit.started' | 'audit.halted' | 'audit.recovered', message?: string): NewRecord => {
    const id = newId(now);
    const said = message === undefined ? {} : { message };
    return { id, key: `${type}/${id}`, type, phase: 'point', time, actor: store, ...said };
  };
  const halted = halt === undefined ? [] : [haltRecord(point('audit.halted', halt.reason), halt)];
  const recovered =
    openIntents.length === 0 && halt === undefined
      ? []
      : [point('audit.recovered', `closed ${openIntents.length} intents without an outcome as unknown`)];
  return [
    ...openIntents.map((intent) => unknownOutcome(intent, time, newId(now))),
    ...halted,
    point('audit.started'),
    ...recovered,
  ];
}

const store = { kind: 'system', name: 'records' } as const;

function haltRecord(record: NewRecord, { at }: Halt): NewRecord {
  return at === '' ? record : { ...record, time: at };
}

function unknownOutcome(intent: StoredRecord, time: string, id: string): NewRecord {
  const { type, session, grant, target } = intent;
  return {
    id,
    key: `recovered/${intent.id}`,
    type,
    phase: 'outcome',
    cause: intent.id,
    time,
    actor: store,
    ...(session === undefined ? {} : { session }),
    ...(grant === undefined ? {} : { grant }),
    ...(target === undefined ? {} : { target }),
    outcome: { upstream: 'unknown', reason: 'recovered' },
  };
}
