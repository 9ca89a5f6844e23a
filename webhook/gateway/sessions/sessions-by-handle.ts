/**
 * Which session has this handle? An application knows a session by its handle alone. What the watch holds answers nearly
 * always; one that another gateway has just made may not have come yet, and is looked for at the API server. It decides nothing.
 */
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { GatewayKeys } from './keys.ts';
import { sealIsValid } from './session-seal.ts';

export interface SessionsByHandleOptions {
  readonly keys: GatewayKeys;
  /** As the watch saw them last. */
  readonly seen: () => readonly SupportSession[];
  /** As the API server has them now. */
  readonly list: (namespace: string) => Promise<readonly SupportSession[]>;
}

/** The sessions of this namespace with these handles. Rejects when they could not be looked for. */
export type SessionsByHandle = (
  namespace: string,
  handles: readonly string[],
) => Promise<ReadonlyMap<string, SupportSession>>;

/** Handles as the gateway makes them; another text is that of none. */
const shape = /^[0-9a-f]{16}$/;

export function createSessionsByHandle({ keys, seen, list }: SessionsByHandleOptions): SessionsByHandle {
  // A session that was made by hand under the handle of a genuine one must not stand in its place.
  const among = (sessions: readonly SupportSession[], namespace: string, handles: ReadonlySet<string>) =>
    sessions.filter(
      (one) => one.metadata.namespace === namespace && handles.has(one.spec.handle) && sealIsValid(keys, one),
    );
  return async (namespace, handles) => {
    const wanted = new Set(handles.filter((handle) => shape.test(handle)));
    const found = new Map(among(seen(), namespace, wanted).map((one) => [one.spec.handle, one]));
    const missing = wanted.difference(found);
    if (missing.size === 0) return found;
    for (const one of among(await list(namespace), namespace, missing)) found.set(one.spec.handle, one);
    return found;
  };
}
