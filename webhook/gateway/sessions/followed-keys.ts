/**
 * The keys of a gateway whose Secret may change while it runs. A new key opens at once and seals only when the other gateways have
 * had the time to learn of it, so that none meets a cookie that it cannot open; an old one opens until no session of it can live.
 */
import {
  dropEarlier,
  type GatewayKeys,
  type KeyPurpose,
  type KeysClient,
  keepEarlier,
  keysFrom,
  loadMasterKeys,
} from './keys.ts';

/** So often the Secret is read. */
export const lookForKeysEveryMs = 20_000;
/** So long a new key opens only: two looks of every other gateway, and a slow one. */
export const sealsAfterMs = 50_000;
/** So long after it was replaced others may seal with a key: until the slowest gateway has looked and waited, and a minute's worth is over. */
const inUseForMs = 2 * sealsAfterMs + 60_000;
/** The longest session that a policy can allow, and an hour. */
const opensForMs = 25 * 3_600_000;

interface KnownKey {
  readonly master: Buffer;
  readonly keys: GatewayKeys;
  /** When it was seen first, monotonic; one that was there at the start seals at once. */
  readonly since: number;
  /** Until when it opens, monotonic; of the newest there is no end. */
  opensUntil?: number;
  /** Until when another gateway may seal with it, monotonic; of the newest there is no end. */
  inUseUntil?: number;
}

export interface FollowedKeys extends GatewayKeys {
  /** Reads the Secret again. Rejects when it cannot be read or holds no key; the known ones stay in force. */
  look(): Promise<void>;
}

/** Rejects when there is no key to begin with: without one nothing can be told from a forgery. */
export async function followKeys(
  client: KeysClient,
  namespace: string,
  monotonic: () => number,
): Promise<FollowedKeys> {
  const asKnown = (master: Buffer, since: number): KnownKey => ({ master, keys: keysFrom(master), since });
  const [first, ...before] = await loadMasterKeys(client, namespace);
  const atStart = (master: Buffer): KnownKey => asKnown(master, Number.NEGATIVE_INFINITY);
  // No one knows when the earlier one was replaced: at the latest now.
  const ending = (master: Buffer): KnownKey => ({
    ...atStart(master),
    opensUntil: monotonic() + opensForMs,
    inUseUntil: Number.NEGATIVE_INFINITY,
  });
  let known: KnownKey[] = [atStart(first), ...before.map(ending)];
  let hadEarlier = before.length > 0;
  const isOpen = ({ opensUntil = Number.POSITIVE_INFINITY }: KnownKey): boolean => monotonic() < opensUntil;
  const opening = (): readonly KnownKey[] => known.filter(isOpen);
  const sealing = (): KnownKey | undefined =>
    known.find(({ since }) => monotonic() >= since + sealsAfterMs) ?? known.at(-1);
  const isInUse = ({ inUseUntil = Number.POSITIVE_INFINITY }: KnownKey): boolean => monotonic() < inUseUntil;
  const withSealing = (those: readonly KnownKey[], purpose: KeyPurpose): readonly Buffer[] => {
    const one = sealing();
    const others = those.filter((each) => each !== one);
    return [...(one === undefined ? [] : [one]), ...others].map(({ keys }) => keys.keyFor(purpose));
  };
  const lookAtEarlier = async (earlier: Buffer | undefined): Promise<void> => {
    // Who takes it away means that nothing of it is genuine.
    if (earlier === undefined && hadEarlier) known = known.slice(0, 1);
    hadEarlier = earlier !== undefined;
    const its = earlier && known.find(({ master }) => master.equals(earlier));
    if (its !== undefined && !isOpen(its)) await dropEarlier(client, namespace, its.master);
  };
  return {
    keyFor: (purpose) => (sealing()?.keys ?? keysFrom(first)).keyFor(purpose),
    keysFor: (purpose) => withSealing(opening(), purpose),
    keysInUse: (purpose) => withSealing(known.filter(isInUse), purpose),
    async look() {
      const [newest, earlier] = await loadMasterKeys(client, namespace);
      const [present] = known;
      if (present === undefined || newest.equals(present.master)) return lookAtEarlier(earlier);
      const back = known.find(({ master }) => newest.equals(master));
      const next = back ?? asKnown(newest, monotonic());
      known = [next, ...opening().filter((each) => each !== next)];
      delete next.opensUntil;
      delete next.inUseUntil;
      present.opensUntil = monotonic() + opensForMs;
      present.inUseUntil = monotonic() + inUseForMs;
      hadEarlier = false;
      await keepEarlier(client, namespace, present.master);
    },
  };
}
