/**
 * Settles who asked for each write that was stored, once, and has it recorded. A later review can change nothing of it:
 * the record is the answer from then on, also after a restart.
 */
import type { NewRecord, RecordActor, StoredRecord } from '../../../crds/audit/record.ts';
import {
  keyOfWrite,
  type Requester,
  type StoredWrite,
  unknownRequester,
} from '../../../crds/audit/requester.ts';
import type { ToldWrite, ToldWrites } from './told-writes.ts';

export interface RequestersDeps {
  readonly told: ToldWrites;
  /** The record of admission under this key, if there is one. */
  readonly find: (key: string) => Promise<StoredRecord | undefined>;
  /** Resolves when the record is durable. */
  readonly append: (record: NewRecord) => Promise<unknown>;
  readonly stamp: () => { readonly id: string; readonly time: string };
}

export interface Requesters {
  /** Notes what a review told. */
  tell(told: ToldWrite): void;
  /** Who asked for a write of which it is known that it was stored. Rejects when that cannot be recorded. */
  settle(stored: StoredWrite): Promise<Requester>;
  /** Notes what was stored of a kind before this process began to hear of it. */
  follow(kind: string, stored: readonly StoredWrite[]): void;
  /** Whether any review told of the write. */
  isTold(stored: StoredWrite): boolean;
}

/** The requesters of one process. */
export function createRequesters(deps: RequestersDeps): Requesters {
  const settling = new Map<string, Promise<Requester>>();
  return {
    tell: (told) => deps.told.tell(told),
    follow: (kind, stored) => deps.told.follow(kind, stored),
    isTold: (stored) => deps.told.has(stored),
    settle(stored) {
      const key = `stored/${keyOfWrite(stored)}`;
      const running = settling.get(key) ?? settleOnce(deps, stored, key);
      settling.set(key, running);
      return running.finally(() => settling.delete(key));
    },
  };
}

async function settleOnce(deps: RequestersDeps, stored: StoredWrite, key: string): Promise<Requester> {
  const known = await deps.find(key);
  if (known !== undefined) return known.requester ?? unknownRequester;
  const requester = deps.told.requesterOf(stored);
  await deps.append(storedRecord(stored, { key, requester, ...deps.stamp() }));
  deps.told.forget(stored);
  return requester;
}

function storedRecord(
  { kind, namespace, name, uid, generation, gone }: StoredWrite,
  given: Pick<NewRecord, 'id' | 'time' | 'key'> & { readonly requester: Requester },
): NewRecord {
  return {
    ...given,
    type: 'admission.stored',
    phase: 'point',
    actor: requesterActor(given.requester),
    source: { ip: 'unknown: kubernetes-api' },
    target: {
      area: 'kubernetes-api',
      action: gone ? 'DELETE' : 'WRITE',
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
      uid,
      generation,
    },
  };
}

/** The actor of a record about a write: a name only where it is proved, since readers take an actor for settled. */
export function requesterActor({ certainty, username, uid }: Requester): RecordActor {
  if (certainty !== 'proved' || username === undefined) return { kind: 'anonymous', name: 'unknown' };
  return { kind: 'customer_admin', name: username, ...(uid === undefined || uid === '' ? {} : { uid }) };
}
