/**
 * Holds what clients keep open, so much of each and so much of all. Where there is one too many, the oldest goes, of the
 * client that has most: who comes new always gets in, and who has little is not pushed out by who has much.
 */

export interface PoolBounds {
  /** Most of one client. */
  readonly ofOne: number;
  /** Most of all together. */
  readonly ofAll: number;
}

export interface FairPool {
  /** Takes it in, for a client; `drop` ends it when its turn comes. The returned function takes it out. */
  add(client: string, drop: () => void): () => void;
  readonly size: number;
}

interface Held {
  readonly drop: () => void;
}

export function createFairPool({ ofOne, ofAll }: PoolBounds): FairPool {
  const clients = new Map<string, Set<Held>>();
  let size = 0;

  const remove = (client: string, held: Held): void => {
    const group = clients.get(client);
    if (group?.delete(held) !== true) return;
    size -= 1;
    if (group.size === 0) clients.delete(client);
  };
  const dropOldestOf = (client: string): void => {
    // A Set keeps the order in which its members came.
    const [oldest] = clients.get(client) ?? [];
    if (oldest === undefined) return;
    remove(client, oldest);
    oldest.drop();
  };
  const largest = (): string => {
    let found = { client: '', size: 0 };
    for (const [client, group] of clients) if (group.size > found.size) found = { client, size: group.size };
    return found.client;
  };
  return {
    add(client, drop) {
      const held: Held = { drop };
      const group = clients.get(client) ?? new Set();
      clients.set(client, group.add(held));
      size += 1;
      if (group.size > ofOne) dropOldestOf(client);
      else if (size > ofAll) dropOldestOf(largest());
      return () => remove(client, held);
    },
    get size() {
      return size;
    },
  };
}
