/**
 * TLS with applications, as requests find it: nothing is ever sent to a server whose certificate was not verified. What
 * failed is told to the operator, until it works again or is long ago; replicas tell what the others saw as well.
 */
import { LRUCache } from 'lru-cache';
import {
  isTlsFaultKey,
  mostTlsFaults,
  tlsFaultCode,
  tlsFaultEntry,
  tlsFaultKey,
  toldTlsFault,
} from '../../../crds/rules/request/tls-faults.ts';
import type { NamespacedName } from '../../../kube/objects.ts';

/** TLS with upstream did not come about, so that nothing of the request was sent. */
export class TlsFailure extends Error {
  override readonly name = 'TlsFailure';
  /** Of the closed list. */
  readonly code: string;

  constructor(cause: unknown) {
    super('TLS failed', { cause });
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    this.code = tlsFaultCode(typeof code === 'string' ? code : '');
  }
}

/** An entry that says the same is written anew only when it is so old: each write has the operator look at all applications. */
const repeatAfterMs = 5 * 60_000;

interface Found {
  /** Undefined where it worked. */
  readonly code: string | undefined;
  readonly at: number;
}

type Entries = Readonly<Record<string, string>>;

/** What this gateway found last, by application. */
export class TlsFaults {
  readonly #now: () => number;
  readonly #found = new LRUCache<string, Found>({ max: 1000 });

  constructor(now: () => number) {
    this.#now = now;
  }

  /** TLS with an application failed with this code, or came about. */
  note(application: NamespacedName, code: string | undefined): void {
    this.#found.set(tlsFaultKey(application), { code, at: this.#now() });
  }

  /** The entries to be told, beside what is told already. */
  entries(stored: Entries): Entries {
    const keys = new Set([...Object.keys(stored).filter(isTlsFaultKey), ...this.#found.keys()]);
    const told = [...keys].flatMap((key) => {
      const entry = this.#entry(key, stored[key]);
      return entry === undefined ? [] : [[key, entry] as const];
    });
    return Object.fromEntries(told.slice(0, mostTlsFaults));
  }

  #entry(key: string, stored: string | undefined): string | undefined {
    const now = this.#now();
    const told = toldTlsFault(stored, now);
    const found = this.#found.peek(key);
    // Another gateway saw it later.
    if (found === undefined || (told !== undefined && told.seenAt > found.at)) return told && stored;
    const { code, at } = found;
    if (code === undefined) return undefined;
    if (told?.code === code && at - told.seenAt < repeatAfterMs) return stored;
    const entry = tlsFaultEntry({ code, seenAt: at });
    return toldTlsFault(entry, now) && entry;
  }
}
