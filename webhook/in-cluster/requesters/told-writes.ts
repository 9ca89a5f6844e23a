/**
 * What reviews told of writes that may come: who asks for which. It believes none of them; a write that was stored is
 * compared with what was told of it. Memory only: what was told and never stored is forgotten.
 */
import { LRUCache } from 'lru-cache';
import {
  keyOfWrite,
  type Requester,
  type StoredWrite,
  unknownRequester,
} from '../../../crds/audit/requester.ts';

/** What one review told. */
export interface ToldWrite {
  readonly write: StoredWrite;
  readonly requester: Omit<Requester, 'certainty'>;
  /** Whether the caller was the API server, by its client certificate. */
  readonly proved: boolean;
}

const maxWrites = 2000;
const keepForMs = 3_600_000;
/** Writes that were stored before anyone told of them: more than an installation has objects. */
const maxStored = 20_000;
/** Two who say different things are as good as ten. */
const maxTellers = 2;

/** Reviews by the write that they tell of. */
export class ToldWrites {
  // Apart, so that a caller without a certificate can make nothing be forgotten that the API server told.
  readonly #proved = new LRUCache<string, readonly ToldWrite[]>({ max: maxWrites, ttl: keepForMs });
  readonly #claimed = new LRUCache<string, readonly ToldWrite[]>({ max: maxWrites, ttl: keepForMs });
  readonly #stored = new LRUCache<string, true>({ max: maxStored });

  /** The write was stored before this process could hear of it: who tells of it from now on invents. */
  alreadyStored(write: StoredWrite): void {
    this.#stored.set(keyOfWrite(write), true);
  }

  tell(told: ToldWrite): void {
    if (!told.proved && this.#stored.has(keyOfWrite(told.write))) return;
    const reviews = told.proved ? this.#proved : this.#claimed;
    const key = keyOfWrite(told.write);
    const before = reviews.get(key) ?? [];
    const isNew = !before.some((other) => isSame(other, told));
    if (isNew && before.length < maxTellers) reviews.set(key, [...before, told]);
  }

  has(stored: StoredWrite): boolean {
    const key = keyOfWrite(stored);
    return this.#proved.has(key) || this.#claimed.has(key);
  }

  /** Who asked for a write that was stored. Several requesters of one write make it unknown: all but one are wrong. */
  requesterOf(stored: StoredWrite): Requester {
    const proved = this.#tellersOf(this.#proved, stored);
    const [certainty, [teller, ...others]] =
      proved.length > 0
        ? (['proved', proved] as const)
        : (['claimed', this.#tellersOf(this.#claimed, stored)] as const);
    return teller === undefined || others.length > 0 ? unknownRequester : { certainty, ...teller.requester };
  }

  forget(stored: StoredWrite): void {
    this.#proved.delete(keyOfWrite(stored));
    this.#claimed.delete(keyOfWrite(stored));
  }

  #tellersOf(reviews: LRUCache<string, readonly ToldWrite[]>, stored: StoredWrite): readonly ToldWrite[] {
    return (reviews.get(keyOfWrite(stored)) ?? []).filter(({ write }) => isThatWrite(write, stored));
  }
}

/** One requester may tell the same write twice: the API server asks again when another write came in between. */
function isSame(one: ToldWrite, other: ToldWrite): boolean {
  return (
    one.requester.username === other.requester.username &&
    one.requester.uid === other.requester.uid &&
    one.write.generation === other.write.generation &&
    one.write.fingerprint === other.write.fingerprint
  );
}

/** The API server counts a deletion that a finalizer holds up as one more generation. */
function isThatWrite(told: StoredWrite, stored: StoredWrite): boolean {
  const later = stored.generation - told.generation;
  return told.fingerprint === stored.fingerprint && (later === 0 || (stored.gone && later === 1));
}
