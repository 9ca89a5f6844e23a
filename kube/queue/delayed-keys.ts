/** Keys that wait for a moment, the earliest first: a binary heap. It has no timer. */

interface Entry<Value> {
  readonly key: string;
  readonly at: number;
  readonly value: Value;
}

export class DelayedKeys<Value> {
  readonly #heap: Entry<Value>[] = [];
  /** The entry that counts for a key; older ones of that key stay in the heap and are skipped. */
  readonly #valid = new Map<string, Entry<Value>>();

  get size(): number {
    return this.#valid.size;
  }

  /** Waits until `at`. A key that waits already keeps the earlier of the two moments. */
  add(key: string, at: number, value: Value): void {
    const known = this.#valid.get(key);
    if (known && known.at <= at) return;
    const entry = { key, at, value };
    this.#valid.set(key, entry);
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  /** The moment of the earliest key. */
  nextAt(): number | undefined {
    this.#dropOutdated();
    return this.#heap[0]?.at;
  }

  /** Takes out what is due at `now`, the earliest first. */
  takeDue(now: number): Entry<Value>[] {
    const due: Entry<Value>[] = [];
    for (let at = this.nextAt(); at !== undefined && at <= now; at = this.nextAt()) {
      const entry = this.#takeFirst();
      this.#valid.delete(entry.key);
      due.push(entry);
    }
    return due;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#valid.clear();
  }

  #dropOutdated(): void {
    for (let first = this.#heap[0]; first && this.#valid.get(first.key) !== first; first = this.#heap[0])
      this.#takeFirst();
  }

  #takeFirst(): Entry<Value> {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last) throw new RangeError('nothing waits');
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #rise(from: number): void {
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (this.#at(parent) <= this.#at(child)) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #sink(): void {
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      const least = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      if (this.#at(parent) <= this.#at(least)) return;
      this.#swap(parent, least);
      parent = least;
    }
  }

  #at(index: number): number {
    return this.#heap[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (!first || !second) throw new RangeError('outside of the heap');
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
