/** What stands in place of the values that are masked for one session, from the keys of the gateways: no gateway remembers any. */
import { LRUCache } from 'lru-cache';
import { type Pseudonyms, pseudonymsOf } from '../masking/pseudonyms.ts';
import type { GatewayKeys } from './keys.ts';

/** Whose session it is, as a decision has read it. */
export interface SeenSession {
  readonly grant?: { readonly metadata: { readonly uid?: string | undefined } } | undefined;
  readonly session?: { readonly spec: { readonly handle: string } } | undefined;
}

/** The pseudonyms of a session; undefined where there is none. */
export type PseudonymsFor = (seen: SeenSession) => Pseudonyms | undefined;

/** Grants whose names are known; the names of one that was forgotten are given again, and are the same but for chance. */
const mostGrants = 100;

export function createPseudonymsFor(keys: Pick<GatewayKeys, 'keysFor'>): PseudonymsFor {
  const names = new LRUCache<string, Map<string, string>>({ max: mostGrants });
  return ({ grant, session }) => {
    const uid = grant?.metadata.uid;
    if (uid === undefined || session === undefined) return undefined;
    const given = names.get(uid) ?? new Map<string, string>();
    names.set(uid, given);
    return pseudonymsOf({
      keys: keys.keysFor('masked-values'),
      grant: uid,
      session: session.spec.handle,
      names: given,
    });
  };
}
