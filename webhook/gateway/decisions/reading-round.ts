/**
 * The reads of all that are judged again in one turn: each object once for all of them. It judges nothing. Nothing in it
 * is older than the round, so who joins later than the first of them must begin a round of their own.
 */
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import { kinds } from '../../../crds/kinds.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import type { FreshReader } from './fresh-reader.ts';
import { ObjectReads } from './object-reads.ts';

/** Sessions of a namespace that are read one by one; beyond them one list is cheaper for the API server. */
const singleSessions = 8;

export class ReadingRound {
  readonly #reader: FreshReader;
  readonly #begun = new Map<string, Promise<unknown>>();
  readonly #reads = new Map<string, ObjectReads>();
  readonly #sessions = new Map<string, { single: number; all?: Promise<Map<string, SupportSession>> }>();

  constructor(reader: FreshReader) {
    this.#reader = reader;
  }

  /** The reads for grants of this namespace; what is cluster-wide is shared with those of other namespaces. */
  readsOf(namespace: string): ObjectReads {
    const known = this.#reads.get(namespace);
    if (known !== undefined) return known;
    const shared = { begun: this.#begun, session: (ref: NamespacedName) => this.#session(ref) };
    const reads = new ObjectReads(this.#reader, namespace, shared);
    this.#reads.set(namespace, reads);
    return reads;
  }

  async #session(ref: NamespacedName): Promise<SupportSession | undefined> {
    const read = this.#sessions.get(ref.namespace) ?? { single: 0 };
    this.#sessions.set(ref.namespace, read);
    read.single += 1;
    if (read.single <= singleSessions) return this.#reader.object<SupportSession>(kinds.SupportSession, ref);
    read.all ??= this.#all(ref.namespace);
    return (await read.all).get(ref.name);
  }

  async #all(namespace: string): Promise<Map<string, SupportSession>> {
    const sessions = await this.#reader.all<SupportSession>(kinds.SupportSession, namespace);
    return new Map(sessions.map((session) => [session.metadata.name, session]));
  }
}
