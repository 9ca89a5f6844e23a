/**
 * Is this refusal about the icon that browsers ask for beside each page? No person asked for it, and a record of it for every page
 * hides what people did: the first of a session within the hour stands in the records and says so, the others do not.
 */
import { LRUCache } from 'lru-cache';
import type { Exchange } from '../listener/request-gate.ts';

/** What the first one says in the records. */
export const iconDetail =
  'browsers ask for /favicon.ico beside each page; of one session this is recorded once an hour';

const againAfterMs = 3_600_000;
/** More sessions than there are at one time; one that is pushed out is recorded once more. */
const maxSessions = 10_000;

/** Whether a refusal is recorded, and if it is the first of its kind. */
export type IconRefusals = (
  exchange: { readonly request: Pick<Exchange['request'], 'method' | 'url' | 'headers'> },
  session: string | undefined,
) => 'no icon' | 'first' | 'again';

/** `clock` in monotonic milliseconds. */
export function createIconRefusals(clock: () => number): IconRefusals {
  const recorded = new LRUCache<string, number>({ max: maxSessions });
  return ({ request: { method, url, headers } }, session) => {
    const destination = headers['sec-fetch-dest'] ?? 'image';
    if (method !== 'GET' || url !== '/favicon.ico' || destination !== 'image' || session === undefined)
      return 'no icon';
    const last = recorded.get(session);
    if (last !== undefined && clock() - last < againAfterMs) return 'again';
    recorded.set(session, clock());
    return 'first';
  };
}
