/** With what does the operator call the API server? The client, the clock and the signal of one piece of work. */
import { programs } from '../../crds/names.ts';
import type { KubeClient } from '../../kube/api/client.ts';

/** Under which name the operator owns fields. */
export const fieldManager = programs.operator;

export interface Calls {
  readonly client: KubeClient;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Aborts when the same key has to be closed, or when the operator ends. */
  readonly signal?: AbortSignal;
}
