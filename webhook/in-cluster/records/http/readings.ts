/**
 * Records what people read, before they learn it, and bounded: reading makes records, so without a bound who may only read
 * could fill the disk. Equal readings within a minute are counted in one record, which the first of them pays for.
 */
import type { NewRecord } from '../../../../crds/audit/record.ts';
import type { Clock } from '../../../../kube/clock.ts';
import { newRecordId } from '../../../../trail/trail.ts';
import { validateAppend } from '../../../../trail/validate-append.ts';
import type { Caller } from '../../../callers/token-review.ts';
import { type RecordStore, takesEnds } from '../store.ts';
import { createReadingBounds, type ReadingBounds } from './reading-bounds.ts';

/** Who reads: the caller whom the API server knows, and the person for whom it stands. */
export interface RecordsReader {
  readonly person: string;
  readonly caller: Caller;
}

export interface PageRead {
  readonly reader: RecordsReader;
  /** Address of the connection. */
  readonly peer: string;
  readonly first: number;
  readonly last: number;
  /** What among them was searched for, in words; undefined where all of them were read. */
  readonly searched?: string;
}

const countedForMs = 60_000;

/** `recorded`: a record of it is there, or will be of what is counted from it on; `counted`: it leaves no record of its own. */
export type ReadingOutcome = 'recorded' | 'counted' | 'halted';

export interface Readings extends ReadingBounds {
  /** Records it, or counts it where it is equal to one of the last minute. What is neither may not be given. */
  record(read: PageRead): Promise<ReadingOutcome>;
  /** Records what was only counted so far; for the end of the process. */
  settle(): Promise<void>;
}

export interface ReadingsOptions {
  readonly store: Pick<RecordStore, 'append' | 'health'>;
  readonly clock: Clock;
}

/** Equal readings since the one that was recorded. */
interface Repeats {
  readonly read: PageRead;
  /** Monotonic: until when equal ones are counted. */
  readonly until: number;
  count: number;
  lastAt: number;
  cancel: () => void;
}

export function createReadings(options: ReadingsOptions): Readings {
  return new BoundedReadings(options);
}

class BoundedReadings implements Readings {
  readonly #store: ReadingsOptions['store'];
  readonly #clock: Clock;
  readonly #bounds: ReadingBounds;
  readonly #repeats = new Map<string, Repeats>();
  #isSettling = false;

  constructor({ store, clock }: ReadingsOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#bounds = createReadingBounds(clock);
  }

  begin(person: string): ReturnType<ReadingBounds['begin']> {
    return this.#bounds.begin(person);
  }

  mayHaveHead(person: string): boolean {
    return this.#bounds.mayHaveHead(person);
  }

  async record(read: PageRead): Promise<ReadingOutcome> {
    const key = keyOf(read);
    const known = this.#repeats.get(key);
    // Counting needs no disk; but while nothing can be recorded, nothing is read.
    if (known !== undefined && !takesEnds(this.#store.health())) return 'halted';
    if (known !== undefined && this.#clock.monotonic() < known.until) {
      known.count += 1;
      known.lastAt = this.#clock.now();
      return known.count === 1 ? 'recorded' : 'counted';
    }
    if (known !== undefined && !(await this.#close(key, known))) return 'halted';
    if (!(await this.#append(readRecord(read, this.#clock.now())))) return 'halted';
    // An equal one that came at the same time is recorded as well, and may have been counted on since.
    if (!this.#repeats.has(key)) this.#open(key, read);
    return 'recorded';
  }

  async settle(): Promise<void> {
    this.#isSettling = true;
    await Promise.all(Array.from(this.#repeats, async ([key, repeats]) => this.#close(key, repeats)));
  }

  #open(key: string, read: PageRead): void {
    const until = this.#clock.monotonic() + countedForMs;
    const repeats: Repeats = { read, until, count: 0, lastAt: this.#clock.now(), cancel: () => undefined };
    this.#repeats.set(key, repeats);
    this.#closeLater(key, repeats);
  }

  /** Ends the counting, with a record of what was counted. False while that cannot be stored: then it is kept, and tried again. */
  async #close(key: string, repeats: Repeats): Promise<boolean> {
    repeats.cancel();
    this.#repeats.delete(key);
    if (repeats.count === 0 || (await this.#append(repeatsRecord(repeats, this.#clock.now())))) return true;
    const since = this.#repeats.get(key);
    if (since !== undefined) {
      since.count += repeats.count;
      return false;
    }
    this.#repeats.set(key, repeats);
    if (!this.#isSettling) this.#closeLater(key, repeats);
    return false;
  }

  #closeLater(key: string, repeats: Repeats): void {
    repeats.cancel = this.#clock.after(countedForMs, () => {
      void this.#close(key, repeats).catch(() => undefined);
    });
  }

  async #append(record: NewRecord): Promise<boolean> {
    const writer = 'store';
    const accepted = validateAppend(writer, [record]);
    // Names come from the API server, and a text is cut or escaped, never refused.
    if (!accepted.ok) throw new Error(accepted.detail);
    return (await this.#store.append({ writer, records: accepted.records })).ok;
  }
}

/** Equal is what the same caller reads again from the same place; and the pages of one search, of which each begins elsewhere. */
function keyOf({ reader: { person, caller }, peer, first, last, searched }: PageRead): string {
  return JSON.stringify([
    person,
    caller.username,
    peer,
    ...(searched === undefined ? [first, last] : [searched]),
  ]);
}

/** The record of one page that was read. Names of the cluster's users are cleaned as every text of a record is. */
export function readRecord(read: PageRead, now: number): NewRecord {
  const { person, caller } = read.reader;
  const id = newRecordId(now);
  const isOwn = person === caller.username;
  return {
    id,
    key: `audit.read/${id}`,
    type: 'audit.read',
    phase: 'point',
    time: new Date(now).toISOString(),
    actor: {
      kind: person.startsWith('system:serviceaccount:') ? 'system' : 'customer_admin',
      name: person,
      ...(caller.uid === undefined || !isOwn ? {} : { uid: caller.uid }),
    },
    // Through a forwarded port everyone comes from the pod itself, which says nothing of where they are.
    ...(isLoopback(read.peer) ? {} : { source: { ip: read.peer } }),
    target: { area: 'records', action: 'read' },
    message: messageOf(read, whatWasRead(read)),
  };
}

function repeatsRecord({ read, count, lastAt }: Repeats, now: number): NewRecord {
  const times = count === 1 ? 'once more' : `${count} times more`;
  const what = `${whatWasRead(read)} ${times} until ${new Date(lastAt).toISOString()}, counted and not recorded one by one`;
  return { ...readRecord(read, now), message: messageOf(read, what) };
}

function whatWasRead({ first, last, searched }: PageRead): string {
  const range = `records ${first} to ${last}`;
  return searched === undefined ? `read ${range}` : `searched ${range} for ${searched}`;
}

function messageOf({ reader: { person, caller } }: PageRead, what: string): string {
  return person === caller.username ? what : `${what}, as ${caller.username}`;
}

function isLoopback(address: string): boolean {
  return address === '' || address === '::1' || /^(::ffff:)?127\./.test(address);
}
