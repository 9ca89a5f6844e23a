/**
 * Says what is unwise in a write that is allowed in any case, because it narrows. Who may write such an object may send it as a
 * dry run as often as they like, and no record is left: so it is judged by the write alone. A lock is the one exception.
 */
import type { KubeClient } from '../../../kube/api/client.ts';
import { within } from '../../../process/deadline.ts';
import { isOurs, readsAt } from './judge.ts';
import { kindAdvice } from './kinds/index.ts';
import type { ReviewedWrite } from './kinds/kind-rule.ts';
import { lockAdvice } from './kinds/lock.ts';
import type { AdmissionRequest } from './review.ts';

export interface AdviceSettings {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Reads for a lock, until its advice is not waited for any more. */
  readonly client: Pick<KubeClient, 'get' | 'list'>;
  /** So long may a lock be held up by what is told of it, milliseconds. */
  readonly withinMs: number;
}

/** So many advices may read at once; of the locks beyond nothing is said. */
const mostReading = 4;

/** The advice of one process: warnings that may come late or not at all. It never rejects. */
export function createAdvice({ now, client, withinMs }: AdviceSettings) {
  let reading = 0;
  const ofLock = async (write: ReviewedWrite): Promise<readonly string[]> => {
    if (reading >= mostReading) return [];
    const end = new AbortController();
    const late = (cause: unknown): Error => new Error('no advice in time', { cause });
    reading += 1;
    const advice = lockAdvice(write, readsAt(client, end.signal).list).finally(() => {
      reading -= 1;
    });
    return within(advice, { ms: withinMs, late }).finally(() => end.abort());
  };
  return async (request: AdmissionRequest): Promise<readonly string[]> => {
    const { object, oldObject, kind } = request;
    if (!object || !isOurs(kind)) return [];
    const write = { object, old: oldObject ?? undefined };
    try {
      return kind.kind === 'SupportAccessLock' ? await ofLock(write) : kindAdvice[kind.kind](write, now());
    } catch {
      return [];
    }
  };
}
