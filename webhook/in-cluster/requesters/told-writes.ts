/**
 * What reviews told of writes that may come: who asks for which. It believes none of them; a write that was stored is
 * compared with what was told of it. Memory only: what was told and never stored is forgotten.
 */
import { LRUCache } from 'lru-cache';
import { canonicalize } from '../../../crds/audit/canonical.ts';
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

/** The kind of which the gateway ends objects without a review: what is told of those has nothing to be compared with. */
const unreviewed = 'SupportSession';

type Reviews = LRUCache<string, readonly ToldWrite[]>;

/** Reviews by the write that they tell of. */
export class ToldWrites {
  /** Claims were forgotten: the true one may be among them, and what is told now is not known to be the only one. */
  readonly #overflow = new LRUCache<'claims', true>({ max: 1, ttl: keepForMs });
  // Apart, so that a caller without a certificate can make nothing be forgotten that the API server told.
  readonly #proved: Reviews = new LRUCache({ max: maxWrites, ttl: keepForMs });
  readonly #claimed: Reviews = new LRUCache({
    max: maxWrites,
    ttl: keepForMs,
    dispose: (_reviews, _key, why) => {
      if (why === 'evict') this.#overflow.set('claims', true);
    },
  });
  readonly #stored = new LRUCache<string, true>({ max: maxStored });
  readonly #followed = new Set<string>();

  /**
   * What is stored of a kind is known from now on. Before, no claim is heard: it may tell of a write whose true review
   * this process missed. Who tells later of one of these writes invents.
   */
  follow(kind: string, stored: readonly StoredWrite[]): void {
    for (const write of stored) this.#stored.set(keyOfWrite(write), true);
    this.#followed.add(kind);
  }

  tell(told: ToldWrite): void {
    if (!told.proved && !this.#isHeard(told.write)) return;
    const reviews = told.proved ? this.#proved : this.#claimed;
    const key = keyOfReview(told.write);
    const before = reviews.get(key) ?? [];
    const isNew = !before.some((other) => isSame(other, told));
    if (isNew && before.length < maxTellers) reviews.set(key, [...before, told]);
  }

  #isHeard(write: StoredWrite): boolean {
    return this.#followed.has(write.kind) && !this.#stored.has(keyOfWrite(write));
  }

  has(stored: StoredWrite): boolean {
    return keysOfReviews(stored).some((key) => this.#proved.has(key) || this.#claimed.has(key));
  }

  /** Who asked for a write that was stored. Several requesters of one write make it unknown: all but one are wrong. */
  requesterOf(stored: StoredWrite): Requester {
    const proved = tellersOf(this.#proved, stored);
    const isProved = proved.length > 0;
    if (!isProved && (this.#overflow.has('claims') || stored.kind === unreviewed)) return unknownRequester;
    const [teller, ...others] = isProved ? proved : tellersOf(this.#claimed, stored);
    if (teller === undefined || others.length > 0) return unknownRequester;
    return { certainty: isProved ? 'proved' : 'claimed', ...teller.requester };
  }

  forget(stored: StoredWrite): void {
    for (const key of keysOfReviews(stored)) {
      this.#proved.delete(key);
      this.#claimed.delete(key);
    }
  }
}

function tellersOf(reviews: Reviews, stored: StoredWrite): readonly ToldWrite[] {
  const told = keysOfReviews(stored).flatMap((key) => reviews.get(key) ?? []);
  return told.filter(({ write }) => write.kind === stored.kind);
}

/** All that makes it this write: reviews that do not fit it must take no place of one that does. */
function keyOfReview({ uid, generation, fingerprint, gone }: StoredWrite): string {
  return `${uid}/${generation}/${fingerprint}/${gone ? 'gone' : ''}`;
}

/** The API server counts a deletion that a finalizer holds up as one more generation. */
function keysOfReviews(stored: StoredWrite): readonly string[] {
  const earlier = { ...stored, generation: stored.generation - 1 };
  return (stored.gone ? [stored, earlier] : [stored]).map(keyOfReview);
}

/** One requester may tell the same write twice: the API server asks again when another write came in between. */
function isSame(one: ToldWrite, other: ToldWrite): boolean {
  return canonicalize(told(one)) === canonicalize(told(other));
}

const told = ({ write: { kind }, requester: { username, uid, groups } }: ToldWrite) => ({
  kind,
  username: username ?? '',
  uid: uid ?? '',
  groups: groups ?? [],
});
