/** What is a controller? One kind of key and the work on it; which changes lead to which keys stands in triggers.ts. */
import type { KubeClient } from '../../kube/api/client.ts';
import type { RecordWriter } from '../writes/write-records.ts';
import type { Caches } from './caches.ts';

/** What every controller is given. */
export interface ControllerContext {
  readonly client: KubeClient;
  readonly caches: Caches;
  readonly trail: RecordWriter;
  readonly now: () => number;
  readonly releaseNamespace: string;
  readonly identitiesNamespace: string;
}

export interface Controller {
  /** The part of the key before the colon. */
  readonly name: 'grant' | 'policy' | 'application' | 'user' | 'matrix' | 'lock' | 'sweep';
  /**
   * Puts one thing right; `id` is a UID where there are several. Resolves to when something will change by itself (epoch
   * milliseconds), or to `gone` when there is nothing to look after any more.
   */
  handle(id: string, signal: AbortSignal): Promise<number | 'gone' | undefined>;
}
