/** A server in memory that caches can follow: it lists what it holds, and sends each change that a test makes. */
import type { ObjectList } from '../../../kube/api/client.ts';
import type { WatchEvent } from '../../../kube/api/watch-stream.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import type { WatchingClient } from '../../../kube/watch/reflector.ts';

type Event = WatchEvent<KubeObject>;

/** A resource and what may be selected of it. */
interface Selected {
  readonly plural: string;
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
}

interface Watcher extends Selected {
  readonly next: PromiseWithResolvers<Event>;
}

export class FollowedServer {
  readonly #held: Readonly<Record<string, readonly KubeObject[]>>;
  readonly #watchers = new Set<Watcher>();
  #arrival = Promise.withResolvers<void>();
  #version = 1;

  /** Objects by the plural of their kind. */
  constructor(held: Readonly<Record<string, readonly KubeObject[]>>) {
    this.#held = held;
  }

  /** The part of a client that a cache needs. */
  get client(): WatchingClient {
    return {
      list: async <T>(
        { plural }: Selected,
        { fieldSelector, labelSelector }: Partial<Selected> = {},
      ): Promise<ObjectList<T>> => {
        const items = (this.#held[plural] ?? []).filter((object) =>
          selects({ plural, fieldSelector, labelSelector }, object),
        );
        return { items: items as T[], resourceVersion: '1' };
      },
      versionOf: async () => '1',
      watch: async <T extends KubeObject>(
        { plural }: Selected,
        { fieldSelector, labelSelector, signal }: Partial<Selected> & { readonly signal: AbortSignal },
      ) => this.#eventsOf({ plural, fieldSelector, labelSelector }, signal) as AsyncIterable<WatchEvent<T>>,
    };
  }

  /** Sends one event to all that follow the object, as soon as one does. It gets a new resourceVersion. */
  async send(plural: string, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): Promise<void> {
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: `1.${this.#version}` };
    const followers = () =>
      [...this.#watchers].filter((one) => one.plural === plural && selects(one, object));
    while (followers().length === 0) await this.#arrival.promise;
    for (const { next } of followers()) next.resolve({ type, object: { ...object, metadata } });
  }

  /** One event after the other; a test waits for one before it sends the next. */
  async *#eventsOf(selected: Selected, signal: AbortSignal): AsyncGenerator<Event> {
    while (!signal.aborted) {
      const watcher = { ...selected, next: Promise.withResolvers<Event>() };
      this.#watchers.add(watcher);
      this.#arrival.resolve();
      this.#arrival = Promise.withResolvers();
      signal.addEventListener('abort', () => watcher.next.reject(signal.reason as Error), { once: true });
      yield await watcher.next.promise.finally(() => this.#watchers.delete(watcher));
    }
  }
}

/** Of labels, only that one is there. */
function selects({ fieldSelector, labelSelector = '' }: Selected, { metadata }: KubeObject): boolean {
  const isLabelled = !/^[a-z./-]+$/.test(labelSelector) || metadata.labels?.[labelSelector] !== undefined;
  if (!isLabelled) return false;
  return fieldSelector === undefined || fieldSelector === `metadata.name=${metadata.name}`;
}
